import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
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

/** Pools that stand for one open transaction: what is begun over them is a savepoint in it. */
const enclosing = new WeakMap<pg.Pool, pg.PoolClient>();

/** Whether all that is done over the pool is one transaction, on one connection. */
export const isEnclosed = (pool: pg.Pool): boolean => enclosing.has(pool);

/** What a transaction as a whole looks like to code that makes transactions of its own. */
export interface EnclosingTransaction {
  readonly pool: pg.Pool;
  readonly db: Kysely<Database>;
}

/**
 * Runs `work` over a pool that stands for one transaction, so that code which commits page by page happens whole or not at
 * all. `work` says at its end whether it is to stand. One thing at a time: the connection is one.
 * @returns what `work` yields, whether it was committed or rolled back. @throws what `work` throws, after the rollback.
 */
export async function inOneTransaction<T>(
  pool: pg.Pool,
  work: (enclosing: EnclosingTransaction) => Promise<{ readonly keep: boolean; readonly result: T }>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const shared = {
      query: client.query.bind(client),
      connect: () => Promise.resolve(client),
    } as unknown as pg.Pool; // what our code asks of a pool: query, and connect through inTransaction, which finds it here
    enclosing.set(shared, client);
    const { keep, result } = await work({ pool: shared, db: kyselyOver(client) });
    await client.query(keep ? 'commit' : 'rollback');
    return result;
  } catch (error) {
    await client.query('rollback').catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    client.release(broken);
  }
}

async function underEnclosing<T>(client: pg.PoolClient, work: (tx: Tx) => Promise<T>): Promise<T> {
  await client.query('savepoint enclosed');
  try {
    const result = await work({ db: kyselyOver(client), client });
    await client.query('release savepoint enclosed');
    return result;
  } catch (error) {
    await client.query('rollback to savepoint enclosed');
    await client.query('release savepoint enclosed');
    throw error;
  }
}

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it throws. Over the pool of
 * `inOneTransaction` it is a savepoint there.
 * @throws what `work` throws, or the failure to commit.
 */
export async function inTransaction<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const within = enclosing.get(pool);
  if (within) return underEnclosing(within, work);
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

/** Classes of SQLSTATE in which it is the value that is refused, not the statement: data, constraint, raised by a trigger. */
const refusedValue = /^(22|23|P0001$)/;

/**
 * Runs `work` under a savepoint. What a rule of the database refuses (a column too short, a constraint, a trigger that
 * raises) is undone and given back as a value; every other failure is thrown.
 */
export async function underSavepoint<T>(
  tx: Tx,
  work: () => Promise<T>,
): Promise<{ ok: true; result: T } | { ok: false; field: string; message: string }> {
  await tx.client.query('savepoint work');
  try {
    const result = await work();
    await tx.client.query('release savepoint work');
    return { ok: true, result };
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || !refusedValue.test(error.code ?? '')) throw error;
    await tx.client.query('rollback to savepoint work');
    await tx.client.query('release savepoint work');
    return { ok: false, field: error.column ?? error.constraint ?? 'database', message: error.message };
  }
}
