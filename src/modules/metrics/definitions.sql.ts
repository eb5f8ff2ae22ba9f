/** The rows of metrics_definitions and metrics_targets: what ships, what somebody here defined, and what is aimed at. */
import { type Kysely, sql } from 'kysely';
import type { MetricUnit, TargetComparison } from '../../canonical/metrics/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import { catalogue } from './catalogue/catalogue.ts';
import type { Measure, Metric } from './metric.ts';

const measuresOf = (metric: Metric): JsonObject[] =>
  metric.measures.map(({ key, title, unit, aggregate, direction }) => ({
    key,
    title,
    unit,
    aggregate,
    direction,
  }));

const levelsOf = (metric: Metric): string => ['organization', 'boundary', ...metric.by].join(', ');

/** Brings the rows of the metrics that ship to what the files say. @returns the id of each metric by its name, own ones among them. */
export async function ensureDefinitions(
  db: Kysely<Database>,
  now: Date,
): Promise<ReadonlyMap<string, number>> {
  const shipped = catalogue.map((metric) => ({
    code: metric.code,
    name: metric.name,
    title: metric.title,
    category: metric.category,
    definition: metric.definition,
    formula: metric.formula,
    source: metric.source,
    query: metric.records,
    levels: levelsOf(metric),
    unit: metric.measures[0].unit,
    target: metric.measures[0].target?.target ?? null,
    measures: measuresOf(metric),
  }));
  await sql`
    insert into metrics_definitions as d (code, metric_name, title, metric_category, calculation_method, formula, source, sql_query, aggregation_level,
                                     unit_of_measure, target_value, measures, defined_by, defined_at)
    select s.code, s.name, s.title, s.category, s.definition, s.formula, s.source, s.query, s.levels, s.unit, s.target, s.measures, 'Tieline', ${now}
      from jsonb_to_recordset(${storableJson(shipped)}::jsonb)
           s(code text, name text, title text, category text, definition text, formula text, source text, query text, levels text, unit text, target numeric, measures jsonb)
    on conflict (metric_name) do update
       set target_value = coalesce((select t.target from metrics_targets t
                                     where t.metric_id = d.id and t.measure = excluded.measures -> 0 ->> 'key' and t.system_id is null and t.ended_at is null),
                                   excluded.target_value),
           code = excluded.code, title = excluded.title, metric_category = excluded.metric_category, calculation_method = excluded.calculation_method,
           formula = excluded.formula, source = excluded.source, sql_query = excluded.sql_query, aggregation_level = excluded.aggregation_level,
           unit_of_measure = excluded.unit_of_measure, measures = excluded.measures, defined_at = excluded.defined_at
     where not d.is_own
       and (d.code, d.title, d.metric_category, d.calculation_method, d.formula, d.source, d.sql_query, d.aggregation_level, d.unit_of_measure, d.measures)
           is distinct from (excluded.code, excluded.title, excluded.metric_category, excluded.calculation_method, excluded.formula, excluded.source,
                             excluded.sql_query, excluded.aggregation_level, excluded.unit_of_measure, excluded.measures)`.execute(
    db,
  );
  const { rows } = await sql<{ id: number; name: string }>`
    select id, metric_name as name from metrics_definitions`.execute(db);
  return new Map(rows.map(({ id, name }) => [name, id]));
}

/** What the organization aims at by the leading measure of each metric: set here, else as it ships. By the metric's name. */
export async function listOrganizationTargets(db: Kysely<Database>): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ name: string; target: number }>`
    select metric_name as name, target_value::float8 as target from metrics_definitions where target_value is not null`.execute(
    db,
  );
  return new Map(rows.map(({ name, target }) => [name, target]));
}

export interface OwnMetricRow {
  readonly id: number;
  readonly name: string;
  readonly title: string;
  readonly definition: string;
  readonly query: string;
  readonly levels: string;
  readonly unit: MetricUnit;
  readonly measures: readonly Pick<Measure, 'key' | 'title' | 'unit' | 'aggregate' | 'direction'>[];
  readonly definedBy: string | null;
}

/** The metrics that somebody here defined and that are taken. */
export async function listOwnMetrics(db: Kysely<Database>): Promise<OwnMetricRow[]> {
  const { rows } = await sql<OwnMetricRow>`
    select id, metric_name as name, coalesce(title, metric_name) as title, calculation_method as definition, coalesce(sql_query, '') as query,
           coalesce(aggregation_level, '') as levels, unit_of_measure as unit, measures, defined_by as "definedBy"
      from metrics_definitions where is_own and ended_at is null order by metric_name`.execute(db);
  return rows;
}

export interface NewOwnMetric extends Omit<OwnMetricRow, 'id' | 'definedBy'> {
  readonly by: string;
  readonly now: Date;
}

/** Saves an own metric; one of the same name becomes this one, its values are kept. @returns its id. */
export async function saveOwnMetric(db: Kysely<Database>, metric: NewOwnMetric): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into metrics_definitions (metric_name, title, metric_category, calculation_method, sql_query, aggregation_level, unit_of_measure, measures,
                                     is_own, defined_by, defined_at)
    values (${metric.name}, ${metric.title}, 'own', ${metric.definition}, ${metric.query}, ${metric.levels}, ${metric.unit},
            ${storableJson(metric.measures)}::jsonb, true, ${metric.by}, ${metric.now})
    on conflict (metric_name) do update
       set title = excluded.title, calculation_method = excluded.calculation_method, sql_query = excluded.sql_query,
           aggregation_level = excluded.aggregation_level, unit_of_measure = excluded.unit_of_measure, measures = excluded.measures,
           defined_by = excluded.defined_by, defined_at = excluded.defined_at, ended_at = null
     where metrics_definitions.is_own
    returning id`.execute(db);
  return rows[0]?.id ?? 0;
}

/** @returns whether there was such an own metric. */
export async function endOwnMetric(db: Kysely<Database>, name: string, now: Date): Promise<boolean> {
  const { rows } = await sql`
    update metrics_definitions set ended_at = ${now} where is_own and ended_at is null and metric_name = ${name} returning id`.execute(
    db,
  );
  return rows.length > 0;
}

export interface TargetRow {
  readonly metric: string;
  readonly measure: string;
  /** Null: of the organization, and of every boundary without one of its own. */
  readonly systemId: string | null;
  readonly comparison: TargetComparison;
  readonly target: number;
  readonly setBy: string;
}

/** The targets in force that somebody here set. */
export async function listTargets(db: Kysely<Database>): Promise<TargetRow[]> {
  const { rows } = await sql<TargetRow>`
    select d.metric_name as metric, t.measure, t.system_id as "systemId", t.comparison, t.target::float8 as target, t.set_by as "setBy"
      from metrics_targets t join metrics_definitions d on d.id = t.metric_id where t.ended_at is null`.execute(
    db,
  );
  return rows;
}

export interface NewTarget {
  readonly metricId: number;
  readonly measure: string;
  readonly systemId: string | null;
  /** Null: there is none any more, and what is behind it (the organization's, the shipped one) holds again. */
  readonly aim: { readonly comparison: TargetComparison; readonly target: number } | null;
  /** What it ships with; null: nothing. */
  readonly shipped: number | null;
  readonly reason: string | undefined;
  readonly by: string;
  readonly now: Date;
}

/** Ends the target in force and sets another one. */
export async function saveTarget(db: Kysely<Database>, target: NewTarget): Promise<void> {
  const { metricId, measure, systemId, aim, shipped, reason, by, now } = target;
  await sql`
    update metrics_targets set ended_at = ${now}
     where metric_id = ${metricId} and measure = ${measure} and system_id is not distinct from ${systemId}::text and ended_at is null`.execute(
    db,
  );
  if (aim)
    await sql`
      insert into metrics_targets (metric_id, measure, system_id, comparison, target, reason, set_by, set_at)
      values (${metricId}, ${measure}, ${systemId}, ${aim.comparison}, ${aim.target}, ${reason ?? null}, ${by}, ${now})`.execute(
      db,
    );
  // What readers of the plan's column see: the target of the leading measure that holds for the organization.
  if (systemId === null)
    await sql`
      update metrics_definitions set target_value = ${aim?.target ?? shipped}
       where id = ${metricId} and measures -> 0 ->> 'key' = ${measure}`.execute(db);
}
