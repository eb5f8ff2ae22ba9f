/**
 * What the use cases are given of the database: queries, transactions, locks. Two kinds of it: over a pool, where each transaction has a
 * connection of its own, and over one open transaction, where all of them are savepoints. The code that is given one cannot tell which,
 * unless it asks, and cannot bypass it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import type pg from 'pg';
import { isToBeDoneAgain } from './database-faults.ts';
import { type LockKey, LockSession, type SessionLock } from './lock-session.ts';
import type { Database } from './schema.ts';

/**
 * A transaction that the caller owns: typed queries and, for COPY, the connection itself.
 * Whoever takes a `Tx` in its signature neither begins nor ends it.
 */
export interface Tx {
  readonly db: Kysely<Database>;
  readonly client: pg.PoolClient;
}

/** The result of work that is one whole, and whether it is to be kept. */
export interface Concluded<T> {
  readonly keep: boolean;
  readonly result: T;
}

export interface Store {
  /** Typed queries, each a transaction of its own unless the store is one. */
  readonly db: Kysely<Database>;
  /** Whether all that is done over it is one transaction, on one connection: one thing at a time then. */
  readonly isOne: boolean;
  /** The most connections that there are at once. */
  readonly maxConnections: number;
  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it throws. One that lost to another
   * transaction (serialization failure, deadlock) is done again, so `work` must do nothing outside of the database that may
   * not be done twice; where it does, `transactionOnce`.
   * @throws what `work` throws, or the failure to commit.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** As `transaction`, for work that cannot be done twice, such as importing a stream. */
  transactionOnce<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Runs `work` over a store that is one transaction, so that code which commits page by page happens whole or not at all.
   * `work` says at its end whether it is to be kept.
   * @returns what `work` yields, whether it was committed or rolled back. @throws what `work` throws, after the rollback.
   */
  asOne<T>(work: (store: Store) => Promise<Concluded<T>>): Promise<T>;
  /**
   * The same store for work that may continue only until it is aborted: from then on no connection is handed out and no
   * transaction is committed, so that nothing is written by who has lost the right to.
   */
  guardedBy(until: AbortSignal): Store;
  /** Takes a lock, if it is free: held neither by another process nor by this one. @returns undefined if it is held. */
  takeLock(key: LockKey): Promise<SessionLock | undefined>;
  /** A connection of its own, for what a transaction is not enough for (LISTEN, settings). Who takes it releases it. */
  session(): Promise<pg.PoolClient>;
}

/** The store over a pool. Once a pool: its locks are all on one connection. */
export function openStore(pool: pg.Pool): Store {
  return new PoolStore(pool, new LockSession(pool));
}

/** Kysely over one given connection, so that COPY and typed queries share a transaction. */
export function kyselyOver(client: pg.PoolClient, until?: AbortSignal): Kysely<Database> {
  const kept: PostgresPoolClient = { query: client.query.bind(client), release: () => undefined };
  return kyselyOn(() => Promise.resolve(kept), until);
}

function kyselyOn(connect: () => Promise<PostgresPoolClient>, until?: AbortSignal): Kysely<Database> {
  const pool: PostgresPool = {
    options: {},
    async connect() {
      until?.throwIfAborted();
      return connect();
    },
    end: () => Promise.resolve(),
  };
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

const both = (outer: AbortSignal | undefined, until: AbortSignal): AbortSignal =>
  outer ? AbortSignal.any([outer, until]) : until;

/** How often a transaction that lost to another one is done. */
const attemptsInAll = 5;

class PoolStore implements Store {
  readonly db: Kysely<Database>;
  readonly isOne = false;
  readonly #pool: pg.Pool;
  readonly #locks: LockSession;
  readonly #until: AbortSignal | undefined;

  constructor(pool: pg.Pool, locks: LockSession, until?: AbortSignal) {
    this.#pool = pool;
    this.#locks = locks;
    this.#until = until;
    this.db = until
      ? kyselyOn(() => pool.connect(), until)
      : new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  }

  get maxConnections(): number {
    return this.#pool.options.max;
  }

  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1)
      try {
        return await this.transactionOnce(work);
      } catch (error) {
        if (attempt === attemptsInAll || !isToBeDoneAgain(error)) throw error;
        await delay(Math.random() * 50 * 2 ** attempt);
      }
  }

  transactionOnce<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#begun(async (client) => ({
      keep: true,
      result: await work({ db: kyselyOver(client), client }),
    }));
  }

  asOne<T>(work: (store: Store) => Promise<Concluded<T>>): Promise<T> {
    return this.#begun((client) => work(new TransactionStore(client, this)));
  }

  guardedBy(until: AbortSignal): Store {
    return new PoolStore(this.#pool, this.#locks, both(this.#until, until));
  }

  takeLock(key: LockKey): Promise<SessionLock | undefined> {
    return this.#locks.take(key);
  }

  async session(): Promise<pg.PoolClient> {
    this.#until?.throwIfAborted();
    return this.#pool.connect();
  }

  async #begun<T>(work: (client: pg.PoolClient) => Promise<Concluded<T>>): Promise<T> {
    const client = await this.session();
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const { keep, result } = await work(client);
      if (keep) this.#until?.throwIfAborted();
      await client.query(keep ? 'commit' : 'rollback');
      return result;
    } catch (error) {
      // A failed rollback means that the connection is gone, and with it the transaction.
      await client.query('rollback').catch((failure: Error) => (broken = failure));
      throw error;
    } finally {
      client.release(broken);
    }
  }
}

/** A store that is one open transaction of another: what loses to another loses the whole, so nothing is done again in it. */
class TransactionStore implements Store {
  readonly db: Kysely<Database>;
  readonly isOne = true;
  readonly #client: pg.PoolClient;
  readonly #around: Store;
  readonly #until: AbortSignal | undefined;

  constructor(client: pg.PoolClient, around: Store, until?: AbortSignal) {
    this.#client = client;
    this.#around = around;
    this.#until = until;
    this.db = kyselyOver(client, until);
  }

  get maxConnections(): number {
    return this.#around.maxConnections;
  }

  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.transactionOnce(work);
  }

  transactionOnce<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const client = this.#client;
    return this.#enclosed(async () => ({
      keep: true,
      result: await work({ db: kyselyOver(client), client }),
    }));
  }

  asOne<T>(work: (store: Store) => Promise<Concluded<T>>): Promise<T> {
    return this.#enclosed(() => work(this));
  }

  guardedBy(until: AbortSignal): Store {
    return new TransactionStore(this.#client, this.#around, both(this.#until, until));
  }

  /** Held on the connection for locks, as over the pool: it outlives a savepoint that is rolled back. */
  takeLock(key: LockKey): Promise<SessionLock | undefined> {
    return this.#around.takeLock(key);
  }

  async session(): Promise<pg.PoolClient> {
    this.#until?.throwIfAborted();
    return this.#around.session();
  }

  async #enclosed<T>(work: () => Promise<Concluded<T>>): Promise<T> {
    this.#until?.throwIfAborted();
    const undo = 'rollback to savepoint enclosed; release savepoint enclosed';
    await this.#client.query('savepoint enclosed');
    try {
      const { keep, result } = await work();
      if (keep) this.#until?.throwIfAborted();
      await this.#client.query(keep ? 'release savepoint enclosed' : undo);
      return result;
    } catch (error) {
      // If this fails too, the connection is gone; what failed first is what counts.
      await this.#client.query(undo).catch(() => undefined);
      throw error;
    }
  }
}
