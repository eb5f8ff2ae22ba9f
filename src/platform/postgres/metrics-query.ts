/**
 * Queries that a person wrote (metrics_definitions.sql_query). They run under a login of their own, not under a role that the service
 * puts on: `SET ROLE` and `SET SESSION AUTHORIZATION` can be undone by the query itself (`set_config('role', 'none', true)`), and what
 * it does then, it does as the service.
 */
import pg from 'pg';
import { messageOf, TielineError } from '../errors/index.ts';
import { type JsonObject, Secret } from '../values/index.ts';
import { CarefulClient } from './careful-client.ts';
import { withCheckedTls } from './connection-url.ts';
import { scramVerifier } from './scram-verifier.ts';
import { valueParsers } from './value-parsers.ts';

export interface MetricsQueryOptions {
  /** A login that may only read, where the owner of the database gave one (TIELINE_READER_DATABASE_URL). It leads. */
  readonly readerUrl?: Secret;
  /** Else the reading role (`tieline db grants --reader`): the service makes a login of it, under a password that nobody learns. */
  readonly role?: string;
  readonly timeoutMs: number;
  /** More rows than this are not taken. */
  readonly limit: number;
}

/**
 * Runs a query in a read-only transaction, as the reader, with a time limit, as one statement.
 * @param pool of the service; with `role`, its server and database are the reader's too.
 * @returns the first `limit` rows.
 * @throws USAGE with PostgreSQL's reason: it writes, takes too long, reads what it may not, changes settings, or is not a single query.
 * @throws SETTING_INVALID where there is no login to run it.
 */
export async function runMetricsQuery(
  pool: pg.Pool,
  query: string,
  options: MetricsQueryOptions,
): Promise<JsonObject[]> {
  const reader = await connectReader(pool, options);
  try {
    await reader.query('begin read only');
    // Its own role, put on by name: a query that takes it off is seen by that.
    const before = await settingsOf(reader, options.timeoutMs);
    // A cursor takes a query only, and the extended protocol one statement only.
    await reader.query({
      text: `declare metrics no scroll cursor for ${query}`,
      values: [],
      queryMode: 'extended',
    } as pg.QueryConfig);
    const { rows } = await reader.query<JsonObject>(`fetch ${options.limit} from metrics`);
    if ((await shownSettings(reader)) !== before) throw new Error('it changes settings of its session');
    return rows;
  } catch (cause) {
    throw new TielineError('USAGE', `The metrics query did not run: ${messageOf(cause)}.`, {
      cause,
      remedy: 'It must be one SELECT that the reading role may run, within the time limit.',
    });
  } finally {
    await reader.end().catch(() => undefined);
  }
}

async function settingsOf(reader: pg.Client, timeoutMs: number): Promise<string> {
  await reader.query(
    `select set_config('TimeZone', 'UTC', true), set_config('statement_timeout', $1, true), set_config('role', session_user, true)`,
    [String(timeoutMs)],
  );
  return await shownSettings(reader);
}

async function shownSettings(reader: pg.Client): Promise<string> {
  const { rows } = await reader.query<{ shown: string }>(
    `select concat_ws(' ', session_user, current_user, current_setting('role'), current_setting('transaction_read_only'),
                      current_setting('statement_timeout'), current_setting('search_path')) as shown`,
  );
  return rows[0]?.shown ?? '';
}

async function connectReader(pool: pg.Pool, options: MetricsQueryOptions): Promise<pg.Client> {
  const open = async (url: string): Promise<pg.Client> => {
    const client = new CarefulClient({
      connectionString: withCheckedTls(url),
      connectionTimeoutMillis: 10_000,
      application_name: 'tieline metrics',
      // Beyond the server's own limit: a server that does not end it must not hold us.
      query_timeout: options.timeoutMs + 5_000,
      types: valueParsers,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  if (options.readerUrl !== undefined) return await open(options.readerUrl.reveal());
  if (options.role === undefined)
    throw new TielineError('SETTING_INVALID', 'There is no login to run metrics queries with.', {
      remedy: 'Set TIELINE_READER_DATABASE_URL to a login that may only read.',
    });
  return await openAsRole(pool, options.role, open);
}

/** Two processes must not set the password of one role between each other's setting and using it. */
const readerLock = 7_415_264;

async function openAsRole(
  pool: pg.Pool,
  role: string,
  open: (url: string) => Promise<pg.Client>,
): Promise<pg.Client> {
  const service = await pool.connect();
  try {
    await service.query('select pg_advisory_lock($1)', [readerLock]);
    await checkRole(service, role);
    const password = new Secret(crypto.randomUUID() + crypto.randomUUID());
    const verifier = pg.escapeLiteral(scramVerifier(password));
    await service.query(`alter role ${pg.escapeIdentifier(role)} login password ${verifier}`);
    return await open(urlAs(pool, role, password));
  } catch (cause) {
    if (cause instanceof TielineError) throw cause;
    throw new TielineError(
      'SETTING_INVALID',
      `No login could be made of the reading role ${role}: ${messageOf(cause)}.`,
      { cause, remedy: 'Set TIELINE_READER_DATABASE_URL to a login that may only read.' },
    );
  } finally {
    // Destroyed, which gives the lock back too.
    service.release(true);
  }
}

async function checkRole(service: pg.ClientBase, role: string): Promise<void> {
  const { rows } = await service.query<{ mighty: boolean }>(
    `select rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls
            or exists (select from pg_auth_members m where m.member = r.oid) as mighty from pg_roles r where rolname = $1`,
    [role],
  );
  const found = rows[0];
  if (found?.mighty === false) return;
  throw new TielineError(
    'SETTING_INVALID',
    found
      ? `The reading role ${role} may do more than read: it has attributes or is a member of other roles.`
      : `There is no role ${role}.`,
    { remedy: 'Make a role that may only read (`tieline db grants --reader ROLE` prints its grants).' },
  );
}

function urlAs(pool: pg.Pool, role: string, password: Secret): string {
  const url = new URL(pool.options.connectionString ?? '');
  url.username = encodeURIComponent(role);
  url.password = encodeURIComponent(password.reveal());
  return url.href;
}
