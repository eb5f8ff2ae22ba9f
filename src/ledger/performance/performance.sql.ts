/**
 * What was measured of Tieline's own work, kept: the history by minutes (`performance_metrics`, a month of it) and the sums of all times
 * (`performance_totals`), from which monitoring counts.
 */
import { type Kysely, sql } from 'kysely';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import type { Timing, TimingKind } from '../../platform/timings/index.ts';

const rowsOf = (timings: readonly Timing[]): string =>
  storableJson(
    timings.map(({ kind, component, operation, calls, failed, totalMs, longestMs, histogram }) => ({
      kind,
      component: component.slice(0, 100),
      operation: operation.slice(0, 255),
      calls,
      failed,
      total: totalMs,
      longest: longestMs,
      histogram: [...histogram],
    })),
  );

/** Adds a part of the history. @param process which one measured, as `host:pid`. */
export async function insertTimings(
  db: Kysely<Database>,
  timings: readonly Timing[],
  process: string,
): Promise<void> {
  if (timings.length === 0) return;
  await sql`
    insert into performance_metrics (metric_type, component, operation, value, unit, tags, recorded_at)
    select g.kind, g.component, g.operation, round((g.total / g.calls)::numeric, 4), 'ms',
           jsonb_build_object('calls', g.calls, 'failed', g.failed, 'longestMs', round(g.longest::numeric, 2), 'histogram', g.histogram, 'process', ${process}::text), tieline_now()
      from jsonb_to_recordset(${rowsOf(timings)}::jsonb)
           g(kind text, component text, operation text, calls bigint, failed bigint, total float8, longest float8, histogram jsonb)`.execute(
    db,
  );
}

/** Adds to the sums of all times. */
export async function addToTotals(db: Kysely<Database>, timings: readonly Timing[]): Promise<void> {
  if (timings.length === 0) return;
  // In the order of the key, so that two processes do not wait for each other.
  await sql`
    insert into performance_totals as t (metric_type, component, operation, calls, failed, total_ms, histogram)
    select g.kind, g.component, g.operation, sum(g.calls), sum(g.failed), sum(g.total),
           (select array_agg(h.n order by h.place) from (select e.place, sum(e.n::bigint)::bigint as n from unnest(array_agg(g.histogram)) as hs(j)
              cross join lateral jsonb_array_elements_text(hs.j) with ordinality e(n, place) group by e.place) h)
      from jsonb_to_recordset(${rowsOf(timings)}::jsonb)
           g(kind text, component text, operation text, calls bigint, failed bigint, total float8, histogram jsonb)
     group by 1, 2, 3 order by 1, 2, 3
    on conflict (metric_type, component, operation) do update
       set calls = t.calls + excluded.calls, failed = t.failed + excluded.failed, total_ms = t.total_ms + excluded.total_ms,
           histogram = (select array_agg(coalesce(a, 0) + coalesce(b, 0) order by place)
                          from unnest(t.histogram, excluded.histogram) with ordinality u(a, b, place)),
           updated_at = tieline_now()`.execute(db);
}

export interface PerformanceRow {
  readonly kind: TimingKind;
  readonly component: string;
  readonly operation: string;
  readonly calls: number;
  readonly failed: number;
  readonly averageMs: number;
  readonly longestMs: number;
  readonly histogram: readonly number[];
}

/** What was measured since an instant, summed up by operation, what took longest in all first. @param kind undefined: all. */
export async function sumTimings(
  db: Kysely<Database>,
  {
    since,
    kind,
    limit,
  }: { readonly since: Date; readonly kind?: TimingKind | undefined; readonly limit: number },
): Promise<PerformanceRow[]> {
  const { rows } = await sql<PerformanceRow>`
    select m.metric_type as kind, m.component, m.operation, sum(m.calls)::float8 as calls, sum(m.failed)::float8 as failed,
           (sum(m.value * m.calls) / sum(m.calls))::float8 as "averageMs", max(m.longest)::float8 as "longestMs",
           (select array_agg(h.n order by h.place) from (select e.place, sum(e.n::bigint)::float8 as n from unnest(array_agg(m.histogram)) as hs(j)
              cross join lateral jsonb_array_elements_text(hs.j) with ordinality e(n, place) group by e.place) h) as histogram
      from (select p.metric_type, p.component, coalesce(p.operation, '') as operation, p.value, (p.tags ->> 'calls')::bigint as calls,
                   (p.tags ->> 'failed')::bigint as failed, (p.tags ->> 'longestMs')::numeric as longest, p.tags -> 'histogram' as histogram
              from performance_metrics p
             where p.recorded_at >= ${since}::timestamptz and p.unit = 'ms' and p.tags ? 'calls'
               and ${kind === undefined ? sql`true` : sql`p.metric_type = ${kind}`}) m
     group by 1, 2, 3
     order by sum(m.value * m.calls) desc, 2, 3
     limit ${limit}`.execute(db);
  return rows;
}

export interface TotalRow {
  readonly kind: TimingKind;
  readonly component: string;
  readonly operation: string;
  readonly calls: number;
  readonly failed: number;
  readonly totalMs: number;
  readonly histogram: readonly number[];
}

/** The sums of all times, by operation. */
export async function listTotals(db: Kysely<Database>): Promise<TotalRow[]> {
  const { rows } = await sql<TotalRow>`
    select t.metric_type as kind, t.component, t.operation, t.calls::float8 as calls, t.failed::float8 as failed,
           t.total_ms as "totalMs", t.histogram::float8[] as histogram
      from performance_totals t order by 1, 2, 3`.execute(db);
  return rows;
}

/** Removes the sums of what was not seen since: a connection that is gone, an operation that has another name now. */
export async function forgetTotals(db: Kysely<Database>, before: Date): Promise<void> {
  await sql`delete from performance_totals where updated_at < ${before}::timestamptz`.execute(db);
}
