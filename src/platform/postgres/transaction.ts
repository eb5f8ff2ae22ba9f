import { setTimeout as delay } from 'node:timers/promises';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { isToBeDoneAgain } from './database-faults.ts';
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

/** What must not be aborted for anything to be written over the pool. */
const guards = new WeakMap<pg.Pool, AbortSignal>();

/** The pools that guarded ones stand for. */
const bases = new WeakMap<pg.Pool, pg.Pool>();

/** The pool itself, of one that is guarded. */
export const basePoolOf = (pool: pg.Pool): pg.Pool => bases.get(pool) ?? pool;

/** What is written only as long as something holds: a lock, say. */
export interface GuardedDatabase {
  readonly pool: pg.Pool;
  readonly db: Kysely<Database>;
}

/**
 * The same pool for work that may go on only until it is aborted: from then on no connection of it is handed out and no
 * transaction over it is committed, so that nothing is written by who has lost the right to.
 */
export function guardedBy(pool: pg.Pool, until: AbortSignal): GuardedDatabase {
  const outer = guards.get(pool);
  const signal = outer ? AbortSignal.any([outer, until]) : until;
  const guarded = {
    options: pool.options,
    async query(...args: unknown[]) {
      signal.throwIfAborted();
      return (pool.query as (...given: unknown[]) => Promise<unknown>).apply(pool, args);
    },
    async connect() {
      signal.throwIfAborted();
      return pool.connect();
    },
    end: () => Promise.resolve(),
  } as unknown as pg.Pool; // what our code and Kysely ask of a pool
  guards.set(guarded, signal);
  bases.set(guarded, basePoolOf(pool));
  const within = enclosing.get(pool);
  if (within) enclosing.set(guarded, within);
  return { pool: guarded, db: new Kysely<Database>({ dialect: new PostgresDialect({ pool: guarded }) }) };
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
    if (keep) guards.get(pool)?.throwIfAborted();
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
    // If this fails too, the connection is gone; what failed first is what counts.
    await client.query('rollback to savepoint enclosed; release savepoint enclosed').catch(() => undefined);
    throw error;
  }
}

/** How often a transaction that lost to another one (serialization failure, deadlock) is done. */
const attemptsInAll = 5;

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it throws. Over the pool of
 * `inOneTransaction` it is a savepoint there. One that lost to another transaction is done again, so `work` must do nothing
 * outside of the database that may not be done twice; where it does, `inTransactionOnce`.
 * @throws what `work` throws, or the failure to commit.
 */
export async function inTransaction<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await inTransactionOnce(pool, work);
    } catch (error) {
      if (attempt === attemptsInAll || isEnclosed(pool) || !isToBeDoneAgain(error)) throw error;
      await delay(Math.random() * 50 * 2 ** attempt);
    }
}

/** As `inTransaction`, for work that cannot be done twice, such as taking in a stream. */
export async function inTransactionOnce<T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> {
  const within = enclosing.get(pool);
  if (within) return underEnclosing(within, work);
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work({ db: kyselyOver(client), client });
    guards.get(pool)?.throwIfAborted();
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
