/** What is told of a metric by every door: no more than its reader needs. */
import type { MetricSeries } from './metric-values.ts';
import type { MetricRecords } from './records/metric-records.ts';

const measureWords = ({ key, title, unit, aggregate, direction }: MetricSeries['measure']) => ({
  key,
  title,
  unit,
  aggregate,
  direction,
});

export const seriesBody = ({
  metric: { code, name, title, definition },
  measure,
  ...series
}: MetricSeries) => ({
  metric: { code, name, title, definition },
  measure: measureWords(measure),
  ...series,
});

/** The values as rows of a CSV. `of`: the part that a line is for; null: the whole. */
export const seriesRows = ({ series }: Pick<MetricSeries, 'series'>) =>
  series.flatMap(({ of, points }) =>
    points.map(({ day, value, isComputed }) => ({ day, of, value, computed: isComputed })),
  );

/** @param next where the next page begins. */
export const recordsBody = (
  { metric: { code, name, title }, measure, ...records }: MetricRecords,
  next: string | null,
) => ({ metric: { code, name, title }, measure: measureWords(measure), ...records, next });
