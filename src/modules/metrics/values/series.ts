/** Values over time, made of rows: pure. */
import type { MetricAggregate } from '../../../canonical/metrics/index.ts';
import type { ValueRow } from './read-values.sql.ts';
import { canJoin, joined, type Parts, valueOf } from './value-of.ts';

export interface Point {
  /** `2026-11-27`. */
  readonly day: string;
  readonly value: number;
  readonly isComputed: boolean;
}

const partsOf = ({ counted, base, amount, value }: ValueRow): Parts => ({
  counted,
  base,
  amount,
  largest: value,
  median: value,
  p90: value,
});

/**
 * The value of several boundaries together.
 * @returns undefined where there is none: no rows, or numbers that cannot be joined (a percentile of two boundaries needs their records).
 */
export function valueTogether(aggregate: MetricAggregate, rows: readonly ValueRow[]): number | undefined {
  const [first, ...others] = rows;
  if (first === undefined) return undefined;
  if (others.length === 0 && first.joined === 1) return first.value;
  return canJoin(aggregate) ? valueOf(aggregate, joined(rows.map(partsOf))) : undefined;
}

/**
 * One series of rows of one measure, a point for each day. A count that has no row on a day on which the metric was taken was zero then.
 * @param taken the days on which it was taken.
 */
export function seriesOf(
  aggregate: MetricAggregate,
  rows: readonly ValueRow[],
  taken: readonly { readonly day: string; readonly isComputed: boolean }[],
): Point[] {
  const byDay = Map.groupBy(rows, ({ day }) => day);
  const isCounted = aggregate === 'count' || aggregate === 'sum';
  return taken.flatMap(({ day, isComputed }) => {
    const value = valueTogether(aggregate, byDay.get(day) ?? []) ?? (isCounted ? 0 : undefined);
    return value === undefined ? [] : [{ day, value, isComputed }];
  });
}

/** What a stretch of time came to. */
export interface Period {
  readonly from: string;
  readonly to: string;
  /** On how many days there is a value. */
  readonly days: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly mean: number | null;
}

export function periodOf(points: readonly Point[], from: string, to: string): Period {
  const within = points.filter(({ day }) => day >= from && day <= to);
  const sum = within.reduce((total, { value }) => total + value, 0);
  return {
    from,
    to,
    days: within.length,
    first: within[0]?.value ?? null,
    last: within.at(-1)?.value ?? null,
    mean: within.length === 0 ? null : sum / within.length,
  };
}

const dayMs = 86_400_000;
const leastPoints = 5;
export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);

/**
 * The straight line through the values (least squares), continued. It knows nothing of why a number changes, and says so where it is shown.
 * @returns [] of fewer than five values. Never below zero.
 */
export function continuation(
  points: readonly Point[],
  days: number,
): { readonly day: string; readonly value: number }[] {
  const last = points.at(-1);
  if (last === undefined || points.length < leastPoints) return [];
  const at = (day: string): number => (Date.parse(day) - Date.parse(last.day)) / dayMs;
  const n = points.length;
  const meanX = points.reduce((sum, { day }) => sum + at(day), 0) / n;
  const meanY = points.reduce((sum, { value }) => sum + value, 0) / n;
  const spread = points.reduce((sum, { day }) => sum + (at(day) - meanX) ** 2, 0);
  if (spread === 0) return [];
  const slope = points.reduce((sum, { day, value }) => sum + (at(day) - meanX) * (value - meanY), 0) / spread;
  return [0, days].map((ahead) => ({
    day: dayAfter(last.day, ahead),
    value: Math.max(0, meanY + slope * (ahead - meanX)),
  }));
}
