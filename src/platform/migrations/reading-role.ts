/** Queries that people wrote, run as who may only read: the login that the owner gave, else a role of the embedded server. */
import type pg from 'pg';
import { messageOf, TielineError } from '../errors/index.ts';
import { type MetricsQueryOptions, runMetricsQuery } from '../postgres/index.ts';
import type { JsonObject, Secret } from '../values/index.ts';
import { ensureReader } from './grants.ts';

/** The reading role that the embedded server makes for itself. */
const ownReader = 'tieline_reader';

/**
 * Runs one query in a read-only transaction, with a time limit.
 * @returns the first `limit` rows. @throws USAGE with what PostgreSQL says; SETTING_INVALID where there is no reader.
 */
export async function queryAsReader(
  { pool }: { readonly pool: pg.Pool },
  query: string,
  {
    readerUrl,
    ...limits
  }: Pick<MetricsQueryOptions, 'limit' | 'timeoutMs'> & { readonly readerUrl: Secret | undefined },
): Promise<JsonObject[]> {
  if (readerUrl === undefined) await preparedReader(pool);
  const reader = readerUrl === undefined ? { role: ownReader } : { readerUrl };
  return await runMetricsQuery(pool, query, { ...reader, ...limits });
}

const prepared = new WeakMap<pg.Pool, Promise<void>>();

/** Once for each pool: the tables that there are do not change while a process runs. What failed is tried again. */
function preparedReader(pool: pg.Pool): Promise<void> {
  const before = prepared.get(pool);
  if (before) return before;
  const preparing = prepareReader(pool);
  prepared.set(pool, preparing);
  preparing.catch(() => prepared.delete(pool));
  return preparing;
}

async function prepareReader(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await ensureReader(client, ownReader);
  } catch (cause) {
    throw new TielineError(
      'SETTING_INVALID',
      `There is no reading role for metrics of one's own, and this role may not make one: ${messageOf(cause)}.`,
      {
        cause,
        remedy:
          'Give Tieline a login that may only read: `tieline db grants --reader ROLE` prints its rights, TIELINE_READER_DATABASE_URL names it.',
      },
    );
  } finally {
    client.release();
  }
}
