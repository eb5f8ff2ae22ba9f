/**
 * All rows of a list, in their order, however many: a server's cursor over their ids only, so that what is sorted is narrow, and the rows of
 * some hundred ids at a time. One snapshot for all of it; memory does not grow with the number of rows.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type Database, kyselyOver, type Store } from '../postgres/index.ts';

const rowsAtOnce = 2_000;
/** Where statements have a limit, the first row of a long list may take longer than a page of it: all of it is sorted before. */
const firstRowMs = 60_000;

/**
 * @param ids a query of one column `id`, in the order of the list. @param fetchRows of these ids, in their order.
 * @param signal ends it between two batches.
 */
export async function* streamRows<Row>(
  store: Store,
  ids: RawBuilder<unknown>,
  fetchRows: (db: Kysely<Database>, ids: readonly number[]) => Promise<readonly Row[]>,
  signal?: AbortSignal,
): AsyncGenerator<readonly Row[], void> {
  const client = await store.session();
  const db = kyselyOver(client);
  const fetchBatch = async (): Promise<readonly Row[]> => {
    const { rows } = await sql<{ id: number }>`fetch ${sql.lit(rowsAtOnce)} from list_rows`.execute(db);
    return rows.length === 0
      ? []
      : fetchRows(
          db,
          rows.map((row) => row.id),
        );
  };
  let broken: Error | undefined;
  /** The batch after the one that is being written: the database works on it meanwhile. */
  let next: Promise<readonly Row[]> = Promise.resolve([]);
  try {
    await client.query('begin isolation level repeatable read read only');
    await sql`
      select set_config('statement_timeout', ${`${firstRowMs}ms`}, true)
       where current_setting('statement_timeout') <> '0'`.execute(db);
    await sql`declare list_rows no scroll cursor for ${ids}`.execute(db);
    for (let rows = await fetchBatch(); rows.length > 0; rows = await next) {
      signal?.throwIfAborted();
      next = fetchBatch();
      // Where the reader is gone nobody waits for it any more.
      next.catch(() => undefined);
      yield rows;
    }
  } finally {
    // Also where the reader of an export is gone: nothing was written.
    await next.catch(() => undefined);
    await client.query('rollback').catch((failure: Error) => (broken = failure));
    client.release(broken);
  }
}
