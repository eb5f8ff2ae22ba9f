/** All rows of a list, page by page, and its columns as its shape names them. */
import type { ZodObject } from 'zod';
import type { After, Page } from '../../../platform/lists/index.ts';

const pageSize = 2_000;

/** Rows of all pages, one page in memory at a time. */
export async function* everyPage<Row>(
  read: (after: After | undefined, limit: number) => Promise<Page<Row>>,
): AsyncGenerator<Row> {
  let after: After | undefined;
  do {
    const page = await read(after, pageSize);
    yield* page.items;
    after = page.next;
  } while (after);
}

/** Rows of batches, one batch in memory at a time. */
export async function* everyRow<Row>(batches: AsyncIterable<readonly Row[]>): AsyncGenerator<Row> {
  for await (const rows of batches) yield* rows;
}

/** The fields of a row's shape as columns, in its order. */
export const columnsOf = <Row extends object>(
  shape: ZodObject,
): readonly (readonly [heading: string, value: (row: Row) => unknown])[] =>
  Object.keys(shape.shape).map((name) => [name, (row) => (row as Record<string, unknown>)[name]] as const); // a field of that shape
