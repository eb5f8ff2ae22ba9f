/** Values as they were kept, cut to a scope: who sees everything is given those of the organization, everybody else those of their boundaries. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../../canonical/access/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';

export interface ValueRow {
  readonly metric: string;
  readonly measure: string;
  /** `2026-11-27`. */
  readonly day: string;
  readonly systemId: string | null;
  readonly severity: string | null;
  readonly band: string | null;
  readonly value: number;
  readonly counted: number;
  readonly base: number;
  readonly amount: number;
  /** Of how many values it is made: those of several boundaries are added here, and the number is made of the parts (`series.ts`). */
  readonly joined: number;
  readonly isComputed: boolean;
}

const part = (name: string): RawBuilder<unknown> =>
  sql`coalesce(sum((v.additional_data ->> ${sql.lit(name)})::float8), 0)`;

/**
 * SQL of one row for each metric, measure, day, severity and band, the values of all boundaries in it: twenty boundaries over a quarter are 90 rows and not
 * 1,800. The value is that of the only one, else the largest. @param eachBoundary a row for each of them.
 */
const columns = (eachBoundary: boolean): RawBuilder<unknown> => sql`
  d.metric_name as metric, v.measure, to_char(v.taken_on, 'YYYY-MM-DD') as day, ${eachBoundary ? sql`v.system_id` : sql`null`} as "systemId", v.severity, v.band,
  max(v.value)::float8 as value, ${part('counted')} as counted, ${part('base')} as base, ${part('amount')} as amount, count(*)::int as joined,
  bool_or(v.is_computed) as "isComputed"`;
const grouping = (eachBoundary: boolean): RawBuilder<unknown> =>
  sql`group by d.metric_name, v.measure, v.taken_on, v.severity, v.band${eachBoundary ? sql`, v.level, v.system_id` : sql``}`;

/** SQL of the level that a caller is given: one row for everything, or a row for each boundary. @param each of every boundary, also for who sees all. */
function levelOf(scope: Scope, each: boolean): RawBuilder<boolean> {
  if (scope.kind === 'everywhere')
    return each ? sql`v.level in ('boundary', 'unassigned')` : sql`v.level = 'organization'`;
  const own = sql`v.level = 'boundary' and v.system_id = any(${[...scope.systemIds]}::text[])`;
  return scope.unassigned ? sql`(${own} or v.level = 'unassigned')` : sql`(${own})`;
}

export interface ValueQuery {
  readonly metric: string;
  readonly measure?: string | undefined;
  readonly from: string;
  readonly to: string;
  /** A row for each boundary, severity or band; undefined: the whole. */
  readonly by?: 'system' | 'severity' | 'band' | undefined;
}

/** The values of a metric over time, in the order of days. */
export async function readValues(db: Kysely<Database>, scope: Scope, query: ValueQuery): Promise<ValueRow[]> {
  const { metric, measure, from, to, by } = query;
  const { rows } = await sql<ValueRow>`
    select ${columns(by === 'system')}
      from metrics_values v join metrics_definitions d on d.id = v.metric_id
     where d.metric_name = ${metric} and ${measure === undefined ? sql`true` : sql`v.measure = ${measure}`}
       and v.taken_on between ${from}::date and ${to}::date and v.calculated_at >= ${from}::date and v.calculated_at < ${to}::date + 1
       and ${levelOf(scope, by === 'system')}
       and v.severity is ${by === 'severity' ? sql`not null` : sql`null`} and v.band is ${by === 'band' ? sql`not null` : sql`null`}
     ${grouping(by === 'system')}
     order by v.taken_on, v.measure, "systemId", v.severity, v.band`.execute(db);
  return rows;
}

export interface TakeRow {
  readonly metric: string;
  readonly day: string;
  readonly takenAt: Date;
  readonly isComputed: boolean;
  readonly lacks: readonly string[];
  readonly problem: string | null;
}

/** The last day on which each metric was taken; `before`: the last one up to a day. */
export async function lastTakes(db: Kysely<Database>, before?: string): Promise<TakeRow[]> {
  const { rows } = await sql<TakeRow>`
    select distinct on (t.metric_id) d.metric_name as metric, to_char(t.taken_on, 'YYYY-MM-DD') as day, t.taken_at as "takenAt",
           t.is_computed as "isComputed", t.lacks, t.problem
      from metrics_takes t join metrics_definitions d on d.id = t.metric_id
     where ${before === undefined ? sql`true` : sql`t.taken_on <= ${before}::date`}
     order by t.metric_id, t.taken_on desc`.execute(db);
  return rows;
}

/** The days on which a metric was taken. */
export async function takenDays(
  db: Kysely<Database>,
  { metric, from, to }: Pick<ValueQuery, 'metric' | 'from' | 'to'>,
): Promise<{ readonly day: string; readonly isComputed: boolean }[]> {
  const { rows } = await sql<{ day: string; isComputed: boolean }>`
    select to_char(t.taken_on, 'YYYY-MM-DD') as day, t.is_computed as "isComputed"
      from metrics_takes t join metrics_definitions d on d.id = t.metric_id
     where d.metric_name = ${metric} and t.taken_on between ${from}::date and ${to}::date and t.lacks = '{}' and t.problem is null
     order by t.taken_on`.execute(db);
  return rows;
}

/** The whole values of many metrics on one day each. @param days by the name of the metric. */
export async function valuesOn(
  db: Kysely<Database>,
  scope: Scope,
  days: ReadonlyMap<string, string>,
): Promise<ValueRow[]> {
  if (days.size === 0) return [];
  const { rows } = await sql<ValueRow>`
    select ${columns(false)}
      from (select * from unnest(${[...days.keys()]}::text[], ${[...days.values()]}::date[]) asked(name, day)) asked
      join metrics_definitions d on d.metric_name = asked.name
      join metrics_values v on v.metric_id = d.id and v.taken_on = asked.day
       and v.calculated_at >= ${[...days.values()].toSorted()[0]}::date and v.calculated_at < ${[...days.values()].toSorted().at(-1)}::date + 1
     where ${levelOf(scope, false)} and v.severity is null and v.band is null
     ${grouping(false)}
     order by d.metric_name, v.measure`.execute(db);
  return rows;
}

/** The first day of which there is any value. */
export async function firstDay(db: Kysely<Database>, metric: string): Promise<string | undefined> {
  const { rows } = await sql<{ day: string | null }>`
    select to_char(min(t.taken_on), 'YYYY-MM-DD') as day
      from metrics_takes t join metrics_definitions d on d.id = t.metric_id where d.metric_name = ${metric} and t.lacks = '{}' and t.problem is null`.execute(
    db,
  );
  return rows[0]?.day ?? undefined;
}
