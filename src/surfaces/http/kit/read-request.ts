/** Parses what came by the route's shapes, once, at the edge. */
import type { ZodType } from 'zod';
import { type FieldFault, TielineError } from '../../../platform/errors/index.ts';

const kinds = { params: 'address', query: 'query', body: 'body' } as const;

/** Where a text has a zero byte, which PostgreSQL keeps in none. @returns undefined where none has. */
function zeroByteIn(given: unknown, path: readonly string[] = []): readonly string[] | undefined {
  if (typeof given === 'string') return given.includes('\0') ? path : undefined;
  if (typeof given !== 'object' || given === null) return undefined;
  for (const [name, inner] of Object.entries(given)) {
    const found = name.includes('\0') ? path : zeroByteIn(inner, [...path, name]);
    if (found) return found;
  }
  return undefined;
}

/** @throws TielineError REQUEST_INVALID that names each place: `/milestones/2/date` in a body, the name of a parameter else. */
export function readPart(part: keyof typeof kinds, shape: ZodType | undefined, given: unknown): unknown {
  if (shape === undefined) return undefined;
  const zeroByte = zeroByteIn(given);
  if (zeroByte) throw refused(part, [{ path: zeroByte, message: 'must not have a zero byte' }]);
  const result = shape.safeParse(given ?? {});
  if (result.success) return result.data;
  throw refused(part, result.error.issues);
}

const refused = (
  part: keyof typeof kinds,
  faults: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): TielineError =>
  new TielineError('REQUEST_INVALID', `The ${kinds[part]} of the request is not what it must be.`, {
    fields: faults.map(({ path, message }): FieldFault => ({
      field: part === 'body' ? `/${path.map(String).join('/')}` : path.map(String).join('.') || kinds[part],
      message,
    })),
  });
