/** Stored values of metrics as a report prints them: how each stands now against its target, and the last value of each month of a year. */
import type { Kysely } from 'kysely';
import type { Scope } from '../../../canonical/access/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import { type ListedMetric, listMetrics, metricSeries } from '../../metrics/index.ts';
import type { MetricFacts, MetricsFacts, SeriesFacts } from './snapshot.ts';

type Wanted = Pick<SeriesFacts, 'metric' | 'measure' | 'by'>;

/** What reports draw over time. */
const wanted: readonly Wanted[] = [
  { metric: 'open-findings', measure: 'findings', by: 'severity' },
  { metric: 'monthly-flow', measure: 'new', by: null },
  { metric: 'monthly-flow', measure: 'closed', by: null },
  { metric: 'overdue-findings', measure: 'value', by: null },
  { metric: 'scan-coverage', measure: 'days_30', by: null },
  { metric: 'credentialed-scans', measure: 'value', by: null },
  { metric: 'bod-26-04-tiers', measure: 'value', by: 'band' },
];

/** The first day of the month so many months before. */
function monthBefore(day: string, months: number): string {
  const at = new Date(`${day.slice(0, 7)}-01T00:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() - months);
  return at.toISOString().slice(0, 10);
}

/** Of a metric what reports print; its SQL is none of that. */
const factsOf = ({
  code,
  name,
  title,
  category,
  definition,
  formula,
  source,
  takenOn,
  isComputed,
  needs,
  problem,
  measures,
}: ListedMetric): MetricFacts => ({
  code,
  name,
  title,
  category,
  definition,
  formula,
  source,
  takenOn,
  isComputed,
  needs,
  problem,
  measures,
});

/**
 * @param scope whose values: of the organization, or of these boundaries together. @param to the last day.
 * @param hasSeries whether the year by months is wanted, which is most of the work.
 */
export async function listMetricFacts(
  db: Kysely<Database>,
  scope: Scope,
  { at, to, hasSeries }: { readonly at: Date; readonly to: string; readonly hasSeries: boolean },
): Promise<MetricsFacts> {
  const app = { db, now: () => at };
  const metrics = await listMetrics(app, scope);
  const from = monthBefore(to, 11);
  const series: SeriesFacts[] = [];
  for (const { metric, measure, by } of hasSeries ? wanted : []) {
    const read = await metricSeries(app, scope, {
      metric,
      measure,
      from,
      to,
      ...(by === null ? {} : { by }),
    });
    for (const { of, points } of read.series) {
      // The points are in the order of days: the last one of a month stays.
      const months = new Map(points.map(({ day, value }) => [day.slice(0, 7), { day, value }]));
      series.push({
        metric,
        measure,
        by,
        of,
        months: [...months].map(([month, point]) => ({ month, ...point })),
      });
    }
  }
  return {
    months: Array.from({ length: 12 }, (_, n) => monthBefore(to, 11 - n).slice(0, 7)),
    metrics: metrics.map(factsOf),
    series,
  };
}
