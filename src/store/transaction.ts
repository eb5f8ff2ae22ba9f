import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import type { Database } from './schema.ts';

/**
 * A transaction that the caller owns: typed queries and, for COPY, the connection itself.
 * Whoever takes a `Tx` in its signature neither begins nor ends it.
 */
export interface Tx {
  readonly db: Kysely<Database>;
  readonly client: pg.PoolClient;
}

/** Kysely over one given connection, so that COPY and typed queries share a transaction. */
function kyselyOver(client: pg.PoolClient): Kysely<Database> {
  const pool = {
    connect: () =>
      Promise.resolve({
        query: client.query.bind(client),
        release: () => undefined,
      }),
    end: () => Promise.resolve(),
  };
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool: pool as never }) }); // the dialect calls nothing else of a pool
}

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it throws.
 * @throws what `work` throws, or the failure to commit.
 */
export async function inTransaction<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work({ db: kyselyOver(client), client });
    await client.query('commit');
    return result;
  } catch (error) {
    // A failed rollback means that the connection is gone, and with it the transaction.
    await client.query('rollback').catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    client.release(broken);
  }
}
