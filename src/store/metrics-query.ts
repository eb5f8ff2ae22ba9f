import type pg from 'pg';
import { TielineError, messageOf } from '../errors/tieline-error.ts';
import type { JsonObject } from '../model/json.ts';

export interface MetricsQueryOptions {
  /** A role that may only read (`tieline db grants --reader`); without one the query runs as the service, still reading only. */
  readonly role?: string;
  readonly timeoutMs: number;
  /** More rows than this are not taken. */
  readonly limit: number;
}

/**
 * Runs a query that a person wrote (metrics_definitions.sql_query): in a read-only transaction, as the reading role, with
 * a time limit, as one statement.
 * @returns the first `limit` rows.
 * @throws USAGE with PostgreSQL's reason: it writes, takes too long, reads what it may not, or is no single query.
 */
export async function runMetricsQuery(
  pool: pg.Pool,
  query: string,
  options: MetricsQueryOptions,
): Promise<JsonObject[]> {
  const client = await pool.connect();
  try {
    await client.query('begin read only');
    await client.query(`select set_config('statement_timeout', $1, true)`, [String(options.timeoutMs)]);
    if (options.role !== undefined) await client.query(`select set_config('role', $1, true)`, [options.role]);
    // A cursor takes a query only, and the extended protocol one statement only.
    await client.query({
      text: `declare metrics no scroll cursor for ${query}`,
      values: [],
      queryMode: 'extended',
    } as pg.QueryConfig);
    const { rows } = await client.query<JsonObject>(`fetch ${options.limit} from metrics`);
    return rows;
  } catch (cause) {
    throw new TielineError('USAGE', `The metrics query did not run: ${messageOf(cause)}.`, {
      cause,
      remedy: 'It must be one SELECT that the reading role may run, within the time limit.',
    });
  } finally {
    // Destroyed: neither role nor transaction may come back into the pool.
    client.release(true);
  }
}
