/** A metric over time: series, comparison of two periods, targets met and missed, the straight continuation. */
import type { Scope } from '../../canonical/access/index.ts';
import { isTargetMet } from '../../canonical/metrics/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { App } from '../../engine/run/index.ts';
import { listTargets } from './definitions.sql.ts';
import { requireBoundary } from './records/metric-records.ts';
import { findMetric, type KnownMetric, measureOf, type Target, targetOf } from './list-metrics.ts';
import { firstDay, readValues, takenDays, type ValueRow, type ValueQuery } from './values/read-values.sql.ts';
import { continuation, dayAfter, type Period, periodOf, type Point, seriesOf } from './values/series.ts';
import { canJoin } from './values/value-of.ts';

export interface SeriesQuery extends Omit<ValueQuery, 'metric' | 'from' | 'to'> {
  /** Code or name. */
  readonly metric: string;
  /** Default: 90 days up to `to`. */
  readonly from?: string | undefined;
  /** Default: today. */
  readonly to?: string | undefined;
  /** Only of this boundary. */
  readonly system?: string | undefined;
  /** A period to compare with, as long or not. */
  readonly against?: { readonly from: string; readonly to: string } | undefined;
}

export interface Series {
  /** The boundary, severity or band that it is of; null: the whole. */
  readonly of: string | null;
  readonly points: readonly Point[];
  /** How many days met the target, and how many missed it; null: there is no target. */
  readonly met: number | null;
  readonly missed: number | null;
}

export interface MetricSeries {
  readonly metric: KnownMetric;
  readonly measure: KnownMetric['measures'][number];
  readonly from: string;
  readonly to: string;
  readonly by: NonNullable<SeriesQuery['by']> | null;
  readonly target: Target | null;
  readonly series: readonly Series[];
  /** The straight line through the whole, continued for 30 days. */
  readonly continuation: readonly { readonly day: string; readonly value: number }[];
  readonly comparison: { readonly now: Period; readonly before: Period } | null;
  /** The first day of which there is a value: before it there is no history. */
  readonly begins: string | null;
  /** Said where there is nothing to show. */
  readonly remark: string | null;
}

const usualDays = 90;
const continuedDays = 30;
const seriesAtMost = 500;

const groupOf = (by: SeriesQuery['by']): ((row: ValueRow) => string | null) => {
  switch (by) {
    case undefined:
      return () => null;
    case 'system':
      return ({ systemId }) => systemId ?? 'unassigned';
    case 'severity':
      return ({ severity }) => severity;
    case 'band':
      return ({ band }) => band;
  }
};

function refuse(metric: KnownMetric, by: SeriesQuery['by']): void {
  if (by === undefined || metric.by.includes(by)) return;
  throw new TielineError('FILTER_INVALID', `${metric.title} is not broken down by ${by}.`, {
    remedy: `It is by ${metric.by.join(', ') || 'nothing'}.`,
  });
}

/** @throws METRIC_UNKNOWN; RECORD_UNKNOWN of a boundary out of scope; FILTER_INVALID where it is not broken down so. */
export async function metricSeries(
  app: Pick<App, 'db' | 'now'>,
  scope: Scope,
  query: SeriesQuery,
): Promise<MetricSeries> {
  const metric = await findMetric(app, query.metric);
  const measure = measureOf(metric, query.measure);
  refuse(metric, query.by);
  const to = query.to ?? app.now().toISOString().slice(0, 10);
  const from = query.from ?? dayAfter(to, 1 - usualDays);
  const reach = await requireBoundary(app, scope, query.system);
  const read = async (
    span: { from: string; to: string },
    by: SeriesQuery['by'],
  ): Promise<Map<string | null, Point[]>> => {
    const days = await takenDays(app.db, { metric: metric.name, ...span });
    const rows = await readValues(app.db, reach, { metric: metric.name, measure: measure.key, by, ...span });
    const groups = Map.groupBy(rows, groupOf(by));
    const sees = reach.kind === 'everywhere' || metric.by.includes('system');
    if (by === undefined && sees && !groups.has(null)) groups.set(null, []);
    return new Map(
      [...groups].slice(0, seriesAtMost).map(([of, group]) => [of, seriesOf(measure.aggregate, group, days)]),
    );
  };
  const found = await read({ from, to }, query.by);
  const whole = query.by === undefined ? (found.get(null) ?? []) : [];
  const target = targetOf(await listTargets(app.db), metric, {
    measure: measure.key,
    systemId: query.system,
  });
  const { against } = query;
  const earlier = against && (await read(against, undefined)).get(null);
  const begins = (await firstDay(app.db, metric.name)) ?? null;
  return {
    metric,
    measure,
    from,
    to,
    by: query.by ?? null,
    target,
    series: [...found].map(([of, points]): Series => ({ of, points, ...hits(points, target) })),
    continuation: continuation(whole, continuedDays),
    comparison:
      against && query.by === undefined
        ? { now: periodOf(whole, from, to), before: periodOf(earlier ?? [], against.from, against.to) }
        : null,
    begins,
    remark: remarkOf({
      metric,
      measure,
      reach,
      begins,
      isEmpty: [...found.values()].every((points) => points.length === 0),
    }),
  };
}

function hits(points: readonly Point[], target: Target | null): Pick<Series, 'met' | 'missed'> {
  if (target === null) return { met: null, missed: null };
  const met = points.filter(({ value }) => isTargetMet(value, target)).length;
  return { met, missed: points.length - met };
}

function remarkOf(of: {
  readonly metric: KnownMetric;
  readonly measure: KnownMetric['measures'][number];
  readonly reach: Scope;
  readonly begins: string | null;
  readonly isEmpty: boolean;
}): string | null {
  if (!of.isEmpty) return null;
  const isOfMany =
    of.reach.kind === 'boundaries' && of.reach.systemIds.length + Number(of.reach.unassigned) > 1;
  if (of.begins === null) return `${of.metric.title} has no value yet.`;
  if (isOfMany && !canJoin(of.measure.aggregate))
    return 'A percentile of several boundaries is no sum of theirs: name one boundary, or show it by boundary.';
  return `There is no history before ${of.begins}.`;
}
