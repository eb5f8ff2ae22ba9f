/**
 * A year of history, computed once: from when findings were found, fixed and came back, and from the dates and the journal of POA&Ms. Each day of the last
 * month, before it each seventh day. The values are marked as computed: they are of the boundaries, severities and acceptances of today. A day before the
 * first finding, or before the first POA&M was on record, has no value: nothing is invented.
 */
import type { App } from '../../engine/run/index.ts';
import { catalogue } from './catalogue/catalogue.ts';
import { momentOfDay } from './facts/moment.ts';
import { takeAt } from './take-metrics.ts';
import { findKnown, type Known } from './takes.sql.ts';
import type { Metric } from './metric.ts';
import { dayAfter } from './values/series.ts';

const historyDays = 365;
const dailyDays = 31;

/** The days of the past that have a value, the latest first. @param today `2026-11-27`. */
export const historyOf = (today: string): string[] =>
  Array.from({ length: historyDays }, (_, n) => n + 1)
    .filter((ago) => ago <= dailyDays || (ago - dailyDays) % 7 === 0)
    .map((ago) => dayAfter(today, -ago));

/** The metrics that a day lacks and that can be computed of it. */
const lackingOn = (day: string, known: Known): Metric[] =>
  catalogue.filter(({ name, history }) => {
    if (history === undefined || known.taken.has(`${name} ${day}`)) return false;
    const first = known[history];
    return first !== null && day >= first;
  });

/**
 * Computes the days of the last year that have no value yet, each in a transaction of its own: one that was interrupted continues where it was.
 * @returns the days that were computed.
 */
export async function computeHistory(
  app: App,
  {
    signal,
    report = () => undefined,
  }: { readonly signal?: AbortSignal; readonly report?: (day: string, done: number) => void } = {},
): Promise<string[]> {
  const now = app.now();
  const today = now.toISOString().slice(0, 10);
  const known = await findKnown(app.db, dayAfter(today, -historyDays));
  const computed: string[] = [];
  for (const day of historyOf(today)) {
    signal?.throwIfAborted();
    const metrics = lackingOn(day, known);
    if (metrics.length === 0) continue;
    await app.store.transaction((tx) =>
      takeAt(tx.db, {
        moment: momentOfDay(day),
        metrics,
        takenAt: now,
        clock: () => performance.now(),
        signal,
      }),
    );
    computed.push(day);
    report(day, computed.length);
  }
  return computed;
}
