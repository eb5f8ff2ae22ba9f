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

/** @param next where the next page begins. */
export const recordsBody = (
  { metric: { code, name, title }, measure, ...records }: MetricRecords,
  next: string | null,
) => ({ metric: { code, name, title }, measure: measureWords(measure), ...records, next });
