/** All rows of a list, page by page, and its columns as its shape names them. */
import type { ZodObject } from 'zod';

export { everyPage } from '../../../platform/lists/index.ts';

/** Rows of batches, one batch in memory at a time. */
export async function* everyRow<Row>(batches: AsyncIterable<readonly Row[]>): AsyncGenerator<Row> {
  for await (const rows of batches) yield* rows;
}

/** The fields of a row's shape as columns, in its order. */
export const columnsOf = <Row extends object>(
  shape: ZodObject,
): readonly (readonly [heading: string, value: (row: Row) => unknown])[] =>
  Object.keys(shape.shape).map((name) => [name, (row) => (row as Record<string, unknown>)[name]] as const); // a field of that shape
