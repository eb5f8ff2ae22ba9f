/**
 * The pool over which all of Tieline talks to PostgreSQL. Three things it adds to pg's: failures come as what they mean
 * (database-faults.ts); a connection that is not available now is waited for; statements that still run some seconds after the
 * process was asked to end are cancelled.
 *
 * Waiting is here, and not in each use case, because it is the same for all: nothing was begun yet. What is interrupted in the middle
 * of a transaction is for the use case to do again (engine/run/outages.ts), since only that knows what a repetition means.
 */
import { callbackify } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { CarefulClient } from './careful-client.ts';
import { asDatabaseFault, noteOutlasted } from './database-faults.ts';
import { statementClass, type Timings } from '../timings/index.ts';
import type { ProductClock } from './product-clock.ts';
import { namedQuery } from './prepared.ts';

export interface Patience {
  /** How long a connection is waited for while the database is away, in milliseconds. */
  readonly outageMs: number;
  /** Ends all waiting, and what still runs some seconds later. */
  readonly signal?: AbortSignal | undefined;
}

export interface PoolOptions extends pg.PoolConfig, Patience {
  /** How long the server may take to accept one connection. */
  readonly connectTimeoutMs: number;
  /** Where it was moved, each connection is told before it is handed out. */
  readonly clock: ProductClock;
  /** Where statements are counted, by what they do to which table. */
  readonly timings?: Timings | undefined;
}

/** How long a free connection of the pool is waited for: longer means that the pool is too small for what is done at once. */
const freeConnectionMs = 60_000;
const longestPauseMs = 2_000;

/** The statements of these sessions that wait for a lock, or have run for some seconds, are cancelled. */
const cancelling = `
  select pg_cancel_backend(pid) from pg_stat_activity
   where pid = any ($1::int[]) and state = 'active'
     and (wait_event_type = 'Lock' and query_start < clock_timestamp() - interval '1 second'
          or query_start < clock_timestamp() - interval '5 seconds')`;

type AnyQuery = (...args: unknown[]) => unknown;

const cancelled = '57014';

/** Gives failures of promises as what they mean; what is called back (the pool's own use) is passed through. */
const understood = (
  result: unknown,
  lost: () => Error | undefined,
  signal: AbortSignal | undefined,
): unknown =>
  result instanceof Promise
    ? result.catch((error: Error) => {
        // What was cancelled since the process is to end, was interrupted.
        const isEnd = signal?.aborted === true && 'code' in error && error.code === cancelled;
        throw isEnd && signal.reason instanceof Error ? signal.reason : asDatabaseFault(error, lost());
      })
    : result;

/** Counts what a statement takes, the waiting for one before it on the same connection included. A stream (COPY) is no promise, and not counted. */
function timed(result: unknown, query: unknown, timings: Timings | undefined): unknown {
  if (!timings || !(result instanceof Promise)) return result;
  const text = typeof query === 'object' && query !== null && 'text' in query ? query.text : query;
  if (typeof text !== 'string') return result;
  const begun = performance.now();
  const record = (failed: boolean): void =>
    timings.record('query', 'postgres', statementClass(text), performance.now() - begun, failed);
  return result.then(
    (answer: unknown) => {
      record(false);
      return answer;
    },
    (error: unknown) => {
      record(true);
      throw error;
    },
  );
}

function connectionOf(
  connectTimeoutMs: number,
  signal: AbortSignal | undefined,
  timings: Timings | undefined,
): typeof pg.Client {
  return class Connection extends CarefulClient {
    /** Why the connection was lost: what is asked of it afterwards only says that it is gone. */
    #lost: Error | undefined;

    constructor(config?: pg.ClientConfig) {
      // What is not said here is inherited, the URL among it, which is not enumerable.
      super(
        Object.assign(Object.create(config ?? null) as pg.ClientConfig, {
          connectionTimeoutMillis: connectTimeoutMs,
          keepAlive: true,
          keepAliveInitialDelayMillis: 30_000,
        }),
      );
      this.on('error', (error: Error) => (this.#lost ??= error));
      const query = this.query.bind(this) as AnyQuery;
      const asked: AnyQuery = (...args) =>
        timed(
          understood(query(...namedQuery(args)), () => this.#lost, signal),
          args[0],
          timings,
        );
      this.query = asked as typeof this.query;
    }
  };
}

export class ConnectionPool extends pg.Pool {
  readonly #patience: { outageMs: number; readonly signal: AbortSignal | undefined };
  readonly #sessions = new Set<pg.PoolClient>();
  readonly #connectionString: string | undefined;
  readonly #clock: ProductClock;
  #downSince: number | undefined;
  #failedAt = 0;

  constructor({ outageMs, signal, connectTimeoutMs, clock, timings, ...config }: PoolOptions) {
    super({
      ...config,
      connectionTimeoutMillis: freeConnectionMs,
      Client: connectionOf(connectTimeoutMs, signal, timings) as unknown as new () => pg.ClientBase, // pg hands it the options; its types say nothing of that
    });
    this.#patience = { outageMs: 0, signal };
    this.#connectionString = config.connectionString;
    this.#clock = clock;
    this.#outageMs = outageMs;
    // A server that ends an idle connection must not end the process; the next query reports it.
    this.on('error', () => undefined);
    this.on('connect', (client) => {
      client.on('error', () => undefined);
      this.#sessions.add(client);
    });
    this.on('remove', (client) => this.#sessions.delete(client));
    signal?.addEventListener('abort', () => void this.#cancelWhatRuns(), { once: true });
    const query = super.query.bind(this) as AnyQuery;
    const asked: AnyQuery = (...args) =>
      timed(
        understood(query(...args), () => undefined, signal),
        args[0],
        timings,
      );
    this.query = asked as typeof this.query;
  }

  readonly #outageMs: number;

  /** From now on a database that is away is waited for: the first answer is there, so its address is right. */
  waitForOutages(): void {
    this.#patience.outageMs = this.#outageMs;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(
    callback: (
      error: Error | undefined,
      client: pg.PoolClient | undefined,
      done: (release?: Error | boolean) => void,
    ) => void,
  ): void;
  override connect(
    callback?: (
      error: Error | undefined,
      client: pg.PoolClient | undefined,
      done: (release?: Error | boolean) => void,
    ) => void,
  ): Promise<pg.PoolClient> | void {
    if (!callback) return this.#connectPatiently();
    callbackify(() => this.#connectPatiently())((error, client) =>
      callback(error ?? undefined, client, (release) => client?.release(release)),
    );
  }

  async #connectPatiently(): Promise<pg.PoolClient> {
    for (let tried = 0; ; tried += 1) {
      try {
        const client = await super.connect();
        this.#downSince = undefined;
        const { moved } = this.#clock;
        if (moved !== undefined)
          await client.query(`select set_config('tieline.clock_ahead', $1, false)`, [moved]);
        return client;
      } catch (cause) {
        const fault = asDatabaseFault(cause instanceof Error ? cause : new Error(String(cause)));
        const isAway = 'code' in fault && fault.code === 'DATABASE_UNREACHABLE';
        if (!isAway) throw fault;
        if (this.#isOutOfPatience()) throw this.#patience.outageMs > 0 ? noteOutlasted(fault) : fault;
        const { signal } = this.#patience;
        const pauseMs = Math.min(100 * 2 ** tried, longestPauseMs);
        await delay(pauseMs, undefined, signal ? { signal } : {}).catch(() => undefined);
      }
    }
  }

  /** Counted from the first failure, over all that wait: after an outage of so long each further attempt fails at once. */
  #isOutOfPatience(): boolean {
    const now = performance.now();
    // Nobody has tried for a while: this is another outage.
    if (now - this.#failedAt > this.#patience.outageMs) this.#downSince = undefined;
    this.#failedAt = now;
    this.#downSince ??= now;
    return (
      this.#patience.signal?.aborted === true ||
      now - this.#downSince >= this.#patience.outageMs ||
      this.ending
    );
  }

  /** On a connection beside the pool, whose own may all be busy; until the pool is closed. */
  async #cancelWhatRuns(): Promise<void> {
    while (!this.ending) {
      await delay(1000, undefined, { ref: false });
      const pids = [...this.#sessions].flatMap((client) => processIdOf(client) ?? []);
      if (pids.length === 0 || this.ending) continue;
      const client = new CarefulClient({
        ...(this.#connectionString === undefined ? {} : { connectionString: this.#connectionString }),
        connectionTimeoutMillis: 2000,
      });
      client.on('error', () => undefined);
      try {
        await client.connect();
        await client.query(cancelling, [pids]);
      } catch {
        // Tried again in a second; the server may be the very thing that is away.
      } finally {
        await client.end().catch(() => undefined);
      }
    }
  }
}

/** The backend of a session. */
export function processIdOf(client: pg.ClientBase): number | undefined {
  return 'processID' in client && typeof client.processID === 'number' ? client.processID : undefined;
}
