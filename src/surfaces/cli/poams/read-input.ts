import type { z } from 'zod';
import { TielineError } from '../../../platform/errors/index.ts';

/** What was given, read by its shape. @throws TielineError USAGE that names each fault. */
export function read<Shape extends z.ZodType>(shape: Shape, given: unknown, what: string): z.output<Shape> {
  const parsed = shape.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new TielineError('USAGE', `${what} was not understood.`, {
    fields: parsed.error.issues.map(({ path, message }) => ({ field: path.join('.') || what, message })),
  });
}
