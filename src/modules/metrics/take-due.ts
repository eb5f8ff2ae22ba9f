/**
 * When a worker takes metrics: once a day (UTC), after the first sync of the day that came to its end, or at six in the morning where there was none by then.
 * The year of history is computed after the first take. Of several workers one does it: a take of a large record takes a minute, and a second one
 * would only repeat it.
 */
import type { App } from '../../engine/run/index.ts';
import { withPauses } from '../../platform/timings/index.ts';
import { computeHistory } from './history.ts';
import { isTakeDue } from './takes.sql.ts';
import { type TakeOutcome, takeMetrics } from './take-metrics.ts';

const dueLock = { numbers: [0x7469656c, 0x6d657472] } as const;

/**
 * Takes them where it is time, and computes what is missing of the past.
 * @returns undefined where it is not time, or another process is at it.
 */
export async function takeDueMetrics(app: App, signal: AbortSignal): Promise<TakeOutcome | undefined> {
  if (!(await isTakeDue(app.db, app.now()))) return undefined;
  const held = await app.store.takeLock(dueLock);
  if (!held) return undefined;
  try {
    // Another process may have taken them between the question and the lock.
    if (!(await isTakeDue(app.db, app.now()))) return undefined;
    return await takeNow(app, signal);
  } finally {
    await held.release();
  }
}

async function takeNow(app: App, signal: AbortSignal): Promise<TakeOutcome> {
  const outcome = await takeMetrics(app, { signal });
  const { day, milliseconds, metrics } = outcome;
  app.log.info(
    {
      day,
      milliseconds: Math.round(milliseconds),
      metrics: metrics.length,
      lacking: metrics.filter(({ lacks }) => lacks.length > 0).length,
      failed: metrics.filter(({ problem }) => problem !== undefined).map(({ name }) => name),
    },
    'metrics taken',
  );
  const computed = await computeHistory(app, { signal });
  if (computed.length > 0) app.log.info({ days: computed.length }, 'history of metrics computed');
  return outcome;
}

/** @returns what a worker calls each minute: takes what is due, with pauses after failures; it throws what failed. */
export const dueMetrics = (app: App, signal: AbortSignal): (() => Promise<void>) =>
  withPauses(app.now, () => takeDueMetrics(app, signal));
