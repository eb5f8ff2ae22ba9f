import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { TielineError, messageOf } from '../errors/tieline-error.ts';
import { CarefulClient } from './careful-client.ts';
import { remedyOfRefusal, withCheckedTls } from './connection-url.ts';
import { Secret } from '../model/secret.ts';
import type { Database } from './schema.ts';
import { valueParsers } from './value-parsers.ts';

const oldestServer = 140_000;

export interface DatabaseOptions {
  /** What `pg_stat_activity` shows for our connections. Default: tieline. */
  readonly applicationName?: string;
  /** The schema of Tieline's own tables; it comes first in the search path, `public` after it. Default: found by itself. */
  readonly schema?: string;
  /** The most connections of the pool. Default: 10. */
  readonly maxConnections?: number;
  /** How long to wait for one connection. Default: 10,000. */
  readonly connectTimeoutMs?: number;
}

export interface OpenDatabase {
  readonly db: Kysely<Database>;
  readonly pool: pg.Pool;
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
  const pool = new pg.Pool({
    connectionString: withCheckedTls(text),
    Client: CarefulClient,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
    types: valueParsers,
    // By SET and not by start-up options: poolers such as PgBouncer refuse those.
    // pg awaits the promise before it hands out the connection; its type declarations still say void.
    onConnect: (client) => prepareConnection(client, options) as unknown as void,
  });
  // pg hides the password from whoever prints the pool, but not the URL that it came in.
  Object.defineProperty(pool.options, 'connectionString', { value: text, enumerable: false });
  // A server that ends an idle connection must not end the process; the next query reports it.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    await checkServer(pool, place);
  } catch (cause) {
    await pool.end();
    if (cause instanceof TielineError) throw cause;
    const remedy = remedyOfRefusal(cause);
    throw new TielineError(
      'DATABASE_UNREACHABLE',
      `No connection to PostgreSQL at ${place}: ${messageOf(cause)}.`,
      { cause, ...(remedy === undefined ? {} : { remedy }) },
    );
  }
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  let closing: Promise<void> | undefined;
  return {
    db,
    pool,
    close: () => {
      closing ??= pool.end();
      return closing;
    },
  };
}

/**
 * Where Tieline's own tables are found without being told: the schema of its ledger, and the schema in which those lie
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

async function prepareConnection(client: pg.ClientBase, options: DatabaseOptions): Promise<void> {
  await client.query(
    `SELECT set_config('TimeZone', 'UTC', false), set_config('DateStyle', 'ISO, YMD', false), set_config('application_name', $1, false),
            set_config('search_path', coalesce($2, concat_ws(', ', (${ownSchemas}), current_setting('search_path'))), false)`,
    [
      options.applicationName ?? 'tieline',
      options.schema === undefined ? null : searchPathOf(options.schema),
    ],
  );
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
