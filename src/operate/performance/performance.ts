/** What Tieline's own work took, as an operator reads it. */
import type { Kysely } from 'kysely';
import { type PerformanceRow, sumTimings } from '../../ledger/performance/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { boundsMs, type TimingKind } from '../../platform/timings/index.ts';

export interface MeasuredWork extends Omit<PerformanceRow, 'histogram'> {
  /** 95 of 100 took at most this long, in milliseconds: the bound of the histogram; never more than the longest. */
  readonly p95Ms: number;
}

const shown = 200;

/** Pure: the bound under which 95 of 100 lie. */
export function p95Of({ histogram, longestMs }: Pick<PerformanceRow, 'histogram' | 'longestMs'>): number {
  const calls = histogram.reduce((sum, n) => sum + n, 0);
  let below = 0;
  for (const [place, n] of histogram.entries()) {
    below += n;
    if (below >= 0.95 * calls) return Math.min(longestMs, boundsMs[place] ?? longestMs);
  }
  return longestMs;
}

/**
 * What was measured in the time before now, by operation; what took longest in all comes first. Processes keep it every five minutes, and when they end.
 * @param hours how far back; the history is a month long.
 */
export async function fetchPerformance(
  { db, now }: { readonly db: Kysely<Database>; readonly now: () => Date },
  { hours, kind }: { readonly hours: number; readonly kind?: TimingKind | undefined },
): Promise<{ readonly since: Date; readonly items: MeasuredWork[]; readonly isCut: boolean }> {
  const since = new Date(now().getTime() - hours * 3_600_000);
  const rows = await sumTimings(db, { since, kind, limit: shown + 1 });
  const items = rows.slice(0, shown).map((row): MeasuredWork => {
    const { histogram: _histogram, ...work } = row;
    return { ...work, p95Ms: p95Of(row) };
  });
  return { since, items, isCut: rows.length > shown };
}
