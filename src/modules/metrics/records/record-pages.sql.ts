/** A page of the records of a metric, and how many there are. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../../canonical/access/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import type { MetricRecord, RecordsQuery } from './metric-record.ts';

export interface Row extends Omit<MetricRecord, 'key' | 'title'> {
  readonly total: number;
}

const within = (reach: Scope): RawBuilder<boolean> => {
  if (reach.kind === 'everywhere') return sql`r.main`;
  const own = sql`r.system_id in (${sql.join([...reach.systemIds, ''].map((id) => sql.lit(id)))})`;
  return reach.unassigned ? sql`(${own} or r.system_id is null)` : sql`(${own})`;
};

/** SQL of a page of the records `r` of a query, with how many there are. Values stand in it as literals: an own query takes no parameters. */
export function pageOf(records: string, reach: Scope, query: RecordsQuery): RawBuilder<Row> {
  const { severity, band, part = 'counted', after, limit } = query;
  const is = (column: 'severity' | 'band', value: string | undefined): RawBuilder<boolean> =>
    value === undefined ? sql`true` : sql`r.${sql.ref(column)} = ${sql.lit(value)}`;
  const behind = after
    ? sql`where (f.record, coalesce(f.system_id, '')) > (${sql.lit(after.record)}, ${sql.lit(after.systemId)})`
    : sql``;
  return sql<Row>`
    found as materialized (
      select r.record, r.system_id, r.severity, r.band, r.amount::float8 as amount from (${sql.raw(records)}) r
       where ${part === 'counted' ? sql`r.counted` : sql`r.base`} and ${within(reach)} and ${is('severity', severity)} and ${is('band', band)}
    )
    select f.record, f.system_id as "systemId", f.severity, f.band, f.amount, (select count(*)::int from found) as total
      from (select 1) one left join lateral (select * from found f ${behind} order by f.record, coalesce(f.system_id, '') limit ${sql.lit(limit)}) f on true`;
}

/** The same of a query that names no relation of ours. */
export const pageAlone = (records: string, reach: Scope, query: RecordsQuery): RawBuilder<Row> =>
  sql<Row>`with ${pageOf(records, reach, query)}`;

/** Reads it within a time. @param facts SQL of the relations before it. @param db of a transaction. */
export async function readFacts(
  db: Kysely<Database>,
  facts: RawBuilder<unknown>,
  page: RawBuilder<Row>,
  patienceMs: number,
): Promise<Row[]> {
  await sql`select set_config('statement_timeout', ${String(patienceMs)}, true)`.execute(db);
  const { rows } = await sql<Row>`${facts} ${page}`.execute(db);
  return rows;
}
