import type { Kysely } from 'kysely';
import pg from 'pg';
import { messageOf, TielineError } from '../errors/index.ts';
import { ConnectionPool } from './connection-pool.ts';
import { remedyOfRefusal, withCheckedTls } from './connection-url.ts';
import { Secret } from '../values/index.ts';
import { isDatabaseFault, outlastedPatience } from './database-faults.ts';
import type { Database } from './schema.ts';
import { ProductClock } from './product-clock.ts';
import type { Timings } from '../timings/index.ts';
import { openStore, type Store } from './store.ts';
import { valueParsers } from './value-parsers.ts';

const oldestServer = 140_000;

export interface DatabaseOptions {
  /** Where statements are counted. Default: nowhere. */
  readonly timings?: Timings | undefined;
  /** What `pg_stat_activity` shows for our connections. Default: tieline. */
  readonly applicationName?: string;
  /** The schema of Tieline's own tables; it comes first in the search path, `public` after it. Default: found by itself. */
  readonly schema?: string;
  /** The most connections of the pool. Default: 10. */
  readonly maxConnections?: number;
  /** How long the server may take to accept one connection, in milliseconds. Default: 10,000. */
  readonly connectTimeoutMs?: number;
  /** How long a database that goes away after it was opened is waited for, in milliseconds. Default: 60,000. */
  readonly outageMs?: number;
  /** Whether it is waited for from the start, and not only once it has answered. Default: false. */
  readonly waitsAtStart?: boolean;
  /** The longest that a statement waits for a lock of another session, in milliseconds. Default: 30,000. */
  readonly lockWaitMs?: number;
  /** The longest that one statement may run, in milliseconds; it fails with 57014 then. Default: no limit. */
  readonly statementMs?: number;
  /** Ends all waiting, and within five seconds every statement that still runs. */
  readonly signal?: AbortSignal;
}

export interface OpenDatabase {
  readonly db: Kysely<Database>;
  readonly store: Store;
  /** For what has to be given a pool: the migration runner, the library of the job queue. */
  readonly pool: pg.Pool;
  readonly clock: ProductClock;
  /** Ends every connection; waits for running queries. May be called twice. */
  close(): Promise<void>;
}

/** The search path for a schema of Tieline's own tables, as SQL. */
function searchPathOf(schema: string): string {
  return `${pg.escapeIdentifier(schema)}, public`;
}

/**
 * Opens a pool on a PostgreSQL of version 14 or newer. Every connection has the time zone UTC, an application
 * name and, if a schema is given, the search path. Instants are Date objects both ways (see value-parsers.ts).
 *
 * Throws SETTING_INVALID (not a postgres URL), DATABASE_UNREACHABLE, DATABASE_UNSUITABLE (too old). No message holds
 * the password.
 */
export async function openDatabase(
  url: Secret | string,
  options: DatabaseOptions = {},
): Promise<OpenDatabase> {
  const text = typeof url === 'string' ? url : url.reveal();
  const place = placeOf(text);
  const clock = new ProductClock();
  const pool = new ConnectionPool({
    clock,
    timings: options.timings,
    connectionString: withCheckedTls(text),
    max: options.maxConnections ?? 10,
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    outageMs: options.outageMs ?? 60_000,
    signal: options.signal,
    types: valueParsers,
    // By SET and not by start-up options: poolers such as PgBouncer refuse those.
    // pg awaits the promise before it hands out the connection; its type declarations still say void.
    onConnect: (client) => prepareConnection(client, options, clock) as unknown as void,
  });
  // pg hides the password from whoever prints the pool, but not the URL that it came in.
  Object.defineProperty(pool.options, 'connectionString', { value: withCheckedTls(text), enumerable: false });
  if (options.waitsAtStart) pool.waitForOutages();
  try {
    await checkUntilCertain(pool, place, options.waitsAtStart ?? false);
  } catch (cause) {
    await pool.end();
    if (cause instanceof TielineError && cause.code !== 'DATABASE_UNREACHABLE') throw cause;
    const said = cause instanceof TielineError && cause.cause !== undefined ? cause.cause : cause;
    const remedy = remedyOfRefusal(said) ?? (cause instanceof TielineError ? cause.remedy : undefined);
    throw new TielineError(
      'DATABASE_UNREACHABLE',
      `No connection to PostgreSQL at ${place}: ${messageOf(said)}.`,
      { cause, ...(remedy === undefined ? {} : { remedy }) },
    );
  }
  pool.waitForOutages();
  const store = openStore(pool);
  let closing: Promise<void> | undefined;
  return {
    db: store.db,
    store,
    pool,
    clock,
    close: () => {
      closing ??= pool.end();
      return closing;
    },
  };
}

/**
 * Where Tieline's own tables are found without a setting: the schema of its ledger, and the schema of those
 * whose names were taken. Only schemas of the ledger's owner count, so that nobody else can put a table before ours.
 */
const ownSchemas = `
  select string_agg(quote_ident(n.nspname), ', ' order by n.nspname <> 'tieline')
    from (select c.relnamespace, c.relowner from pg_class c
           where c.relname = 'tieline_migrations' and c.relkind = 'r'
           order by array_position(current_schemas(false), (select nspname from pg_namespace where oid = c.relnamespace)) nulls last
           limit 1) ledger
    join pg_namespace n on n.nspowner = ledger.relowner
   where n.nspname = 'tieline' or n.oid = ledger.relnamespace and n.nspname <> all (current_schemas(false))`;

/** A path that leads nowhere (`search_path = ''`) ends in `public`, where a fresh database is migrated into. */
const ownSearchPath = `
  concat_ws(', ', (${ownSchemas}), nullif(nullif(current_setting('search_path'), ''), '""'),
            case when array_remove(current_schemas(false), 'pg_catalog') = '{}' then 'public' end)`;

/**
 * What the session needs is set here, whatever the role or the database sets as its default: transactions that see what others
 * commit; no limit on how long a statement or a pause between two of them may take (a page keeps its transaction open while
 * the remote answers), but one on waiting for a lock; no compilation of statements, which for our large ones takes several times as long as
 * they run (20,000 plugins stored again: 16 s of CPU instead of 2); no clock but the server's (product-clock.ts); and TCP probes, so that neither a firewall nor this server takes an idle connection for dead,
 * and a dead one is noticed within a minute.
 */
async function prepareConnection(
  client: pg.ClientBase,
  options: DatabaseOptions,
  clock: ProductClock,
): Promise<void> {
  const asked = Date.now();
  const { rows } = await client.query<{ serverMs: number }>(
    `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "serverMs", set_config('tieline.clock_ahead', '', false),
            set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO, YMD', false), set_config('application_name', $1, false),
            set_config('default_transaction_isolation', 'read committed', false), set_config('default_transaction_deferrable', 'off', false),
            set_config('statement_timeout', $4, false), set_config('lock_timeout', $3, false),
            set_config('idle_in_transaction_session_timeout', '0', false), set_config('idle_session_timeout', '0', false),
            case when current_setting('server_version_num')::int4 >= 170000 then set_config('transaction_timeout', '0', false) end,
            set_config('jit', 'off', false),
            set_config('tcp_keepalives_idle', '30', false), set_config('tcp_keepalives_interval', '10', false), set_config('tcp_keepalives_count', '3', false),
            set_config('search_path', coalesce($2, ${ownSearchPath}), false)`,
    [
      options.applicationName ?? 'tieline',
      options.schema === undefined ? null : searchPathOf(options.schema),
      String(options.lockWaitMs ?? 30_000),
      String(options.statementMs ?? 0),
    ],
  );
  const answered = Date.now();
  clock.note({ asked, answered, server: rows[0]?.serverMs ?? answered });
}

/** How often a connection may be cut the moment it is there before the start is given up. */
const cutAtMost = 10;

async function checkUntilCertain(pool: ConnectionPool, place: string, waits: boolean): Promise<void> {
  for (let cut = 1; ; cut += 1)
    try {
      await checkServer(pool, place);
      return;
    } catch (error) {
      const mayPass = isDatabaseFault(error) && !outlastedPatience(error);
      if (!waits || !mayPass || cut >= cutAtMost) throw error;
    }
}

async function checkServer(pool: pg.Pool, place: string): Promise<void> {
  const { rows } = await pool.query<{ number: number; version: string }>(
    `SELECT current_setting('server_version_num')::int4 AS number, current_setting('server_version') AS version`,
  );
  const server = rows[0];
  if (server === undefined || server.number < oldestServer)
    throw new TielineError(
      'DATABASE_UNSUITABLE',
      `PostgreSQL at ${place} is version ${server?.version ?? 'unknown'}; Tieline needs 14 or newer.`,
    );
}

/** host:port/database of a postgres URL, for messages: never the user information or the parameters. */
function placeOf(text: string): string {
  // The TypeError of URL holds the whole text, password included: it is not kept as a cause.
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol))
    throw new TielineError('SETTING_INVALID', 'DATABASE_URL is not a PostgreSQL URL.', {
      remedy:
        'Write it as postgres://user:password@host:5432/database, with special characters percent-encoded.',
    });
  // A socket's directory is in the parameters; it leads.
  const socket = url.searchParams.get('host');
  if (socket?.startsWith('/')) return `${socket}${url.pathname}`;
  return `${socket ?? (url.hostname || 'localhost')}:${url.port || '5432'}${url.pathname}`;
}
