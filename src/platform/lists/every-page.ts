import type { After, Page } from './page.ts';

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
