/**
 * A metric of one's own: SQL that gives the records it is about, one row each, run under the reading role with a time limit, in a read-only transaction.
 *
 *   record     needed: the key of the record
 *   system_id  its authorization boundary; needed for values by boundary, and for readers who do not see everything
 *   severity, band   what it is broken down by
 *   amount     what is summed or averaged; needed for every aggregate but count, share and ratio
 *   counted, base    true or false: of shares and ratios, above and below the line; left out, true
 *
 * The number is an aggregate over these rows, as that of a metric that ships, so each value leads to its records. Rejected: SQL that gives the number
 * itself, which nobody could look behind.
 */
import type { App } from '../../../engine/run/index.ts';
import { queryAsReader } from '../../../platform/migrations/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';

/** Of one query: what `tieline db grants` gives the reading role. */
const timeLimitMs = 30_000;

/** Runs SQL as the reader. @throws METRIC_INVALID with what PostgreSQL says; SETTING_INVALID where there is no reader. */
export async function runAsReader(
  app: App,
  query: string,
  { limit }: { readonly limit: number },
): Promise<JsonObject[]> {
  try {
    return await queryAsReader(app.queue, query, { readerUrl: app.readerUrl, timeoutMs: timeLimitMs, limit });
  } catch (error) {
    if (!(error instanceof TielineError) || error.code !== 'USAGE') throw error;
    throw new TielineError('METRIC_INVALID', error.message, { cause: error, remedy: error.remedy });
  }
}

const optional = {
  system_id: 'text',
  severity: 'text',
  band: 'text',
  counted: 'boolean',
  base: 'boolean',
  amount: 'float8',
} as const;
type OptionalColumn = keyof typeof optional;

/** The columns of a query: asked with a row that is there also where the query gives none. */
export async function columnsOf(app: App, query: string): Promise<ReadonlySet<string>> {
  const rows = await runAsReader(
    app,
    `select q.* from (select 1) one left join lateral (${query}\n) q on true`,
    { limit: 1 },
  );
  return new Set(Object.keys(rows[0] ?? {}));
}

/** SQL of the records of an own query, in the columns of every metric. @param there the columns that it gives. */
export function recordsOf(query: string, there: ReadonlySet<string>): string {
  const given = (name: OptionalColumn, otherwise: string): string =>
    there.has(name) ? `q.${name}::${optional[name]}` : otherwise;
  const flag = (name: 'counted' | 'base'): string =>
    there.has(name) ? `coalesce(${given(name, '')}, false)` : 'true';
  const system = given('system_id', 'null::text');
  return `select q.record::text as record, ${system} as system_id,
       row_number() over (partition by q.record::text order by ${system}) = 1 as main,
       ${given('severity', 'null::text')} as severity, ${given('band', 'null::text')} as band,
       ${flag('counted')} as counted, ${flag('base')} as base, ${given('amount', 'null::float8')} as amount
  from (${query}
) q`;
}
