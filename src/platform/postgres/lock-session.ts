/**
 * The advisory locks of a process, all on one connection of its pool: PostgreSQL gives them back when that connection ends, so a killed
 * process leaves none behind. One connection and not one a lock, because a worker that syncs five systems would keep ten of them idle.
 *
 * A connection can be lost without the process being killed (a restart, a firewall, an administrator). Then every lock is lost
 * with it: who holds one is notified by its signal, at once where the connection says so, else by the heartbeat.
 */
import type pg from 'pg';
import { messageOf, TielineError } from '../errors/index.ts';

export interface SessionLock {
  /** Aborted with LOCK_LOST when the connection that holds the lock is gone. */
  readonly signal: AbortSignal;
  release(): Promise<void>;
}

/** What is locked: one number of 64 bits, or two of 32. */
export interface LockKey {
  readonly numbers: readonly number[];
  /** Shared with others that share it; else alone. */
  readonly isShared?: boolean;
}

const heartbeatMs = 15_000;
/** An answer that takes longer counts as none: by then a firewall has dropped the connection, or the server is gone. */
const answerMs = 20_000;

interface Connection {
  readonly client: pg.PoolClient;
  readonly held: Map<string, { readonly key: LockKey; holders: Set<AbortController> }>;
  readonly stop: () => void;
}

const argumentsOf = ({ numbers }: LockKey): string =>
  numbers.length === 1 ? '$1::bigint' : '$1::int, $2::int';

/** The locks over one pool: taken with `Store.takeLock`. */
export class LockSession {
  readonly #pool: pg.Pool;
  #connection: Connection | undefined;
  /** Statements of one connection take turns. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** @returns undefined if another session holds it, in this process or another. */
  take(key: LockKey): Promise<SessionLock | undefined> {
    return this.#inTurn(async () => {
      const connection = (this.#connection ??= await this.#connect());
      const name = key.numbers.join(' ');
      const known = connection.held.get(name);
      // To PostgreSQL one session never blocks itself.
      if (known && !(known.key.isShared && key.isShared)) return undefined;
      if (!known) {
        const take = `pg_try_advisory_lock${key.isShared ? '_shared' : ''}`;
        const { rows } = await this.#ask<{ taken: boolean }>(
          connection,
          `select ${take}(${argumentsOf(key)}) as taken`,
          key.numbers,
        );
        if (rows[0]?.taken !== true) {
          this.#closeIfIdle(connection);
          return undefined;
        }
        connection.held.set(name, { key, holders: new Set() });
      }
      const controller = new AbortController();
      connection.held.get(name)?.holders.add(controller);
      return {
        signal: controller.signal,
        release: () => this.#inTurn(() => this.#giveBack(connection, name, controller)),
      };
    });
  }

  async #giveBack(connection: Connection, name: string, controller: AbortController): Promise<void> {
    const held = connection.held.get(name);
    if (connection !== this.#connection || !held?.holders.delete(controller)) return;
    if (held.holders.size > 0) return;
    connection.held.delete(name);
    const { key } = held;
    await this.#ask(
      connection,
      `select pg_advisory_unlock${key.isShared ? '_shared' : ''}(${argumentsOf(key)})`,
      key.numbers,
    ).catch(() => undefined); // the connection was given up then, and the lock with it
    this.#closeIfIdle(connection);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #connect(): Promise<Connection> {
    const client = await this.#pool.connect();
    const lost = (error?: Error): void => this.#lose(connection, error);
    const beat = setInterval(() => {
      void this.#inTurn(async () => {
        if (this.#connection === connection) await this.#ask(connection, 'select 1', []);
      }).catch(() => undefined);
    }, heartbeatMs);
    beat.unref();
    client.on('error', lost);
    client.on('end', lost);
    const connection: Connection = {
      client,
      held: new Map(),
      stop() {
        clearInterval(beat);
        client.removeListener('error', lost);
        client.removeListener('end', lost);
      },
    };
    return connection;
  }

  /** A statement that fails, or is not answered in time, means that the connection is gone. */
  async #ask<R extends pg.QueryResultRow>(
    connection: Connection,
    text: string,
    values: readonly number[],
  ): Promise<pg.QueryResult<R>> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => late.reject(new TielineError('DATABASE_UNREACHABLE', 'PostgreSQL does not answer.')),
      answerMs,
    );
    timer.unref();
    const asked = connection.client.query<R>(text, [...values]);
    asked.catch(() => undefined); // when it is late, nobody waits for it any more
    try {
      return await Promise.race([asked, late.promise]);
    } catch (error) {
      this.#lose(connection, error instanceof Error ? error : undefined);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #lose(connection: Connection, cause: Error | undefined): void {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    connection.stop();
    const why = cause ? `: ${messageOf(cause)}` : '';
    for (const { holders } of connection.held.values())
      for (const holder of holders)
        holder.abort(
          new TielineError('LOCK_LOST', `The connection that held the lock was lost${why}.`, { cause }),
        );
    connection.client.release(true);
  }

  #closeIfIdle(connection: Connection): void {
    if (connection.held.size > 0 || this.#connection !== connection) return;
    this.#connection = undefined;
    connection.stop();
    connection.client.release();
  }
}
