/** Parses what came by the route's shapes, once, at the edge. */
import type { ZodType } from 'zod';
import { type FieldFault, TielineError } from '../../../platform/errors/index.ts';

const kinds = { params: 'address', query: 'query', body: 'body' } as const;

/** @throws TielineError REQUEST_INVALID that names each place: `/milestones/2/date` in a body, the name of a parameter else. */
export function readPart(part: keyof typeof kinds, shape: ZodType | undefined, given: unknown): unknown {
  if (shape === undefined) return undefined;
  const result = shape.safeParse(given ?? {});
  if (result.success) return result.data;
  const fields: FieldFault[] = result.error.issues.map(({ path, message }) => ({
    field: part === 'body' ? `/${path.map(String).join('/')}` : path.map(String).join('.') || kinds[part],
    message,
  }));
  throw new TielineError('REQUEST_INVALID', `The ${kinds[part]} of the request is not what it must be.`, {
    fields,
  });
}
