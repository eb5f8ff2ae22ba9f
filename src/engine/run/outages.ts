/**
 * Continues after the database was away. The pool waits for a new connection; what was interrupted in the middle is done
 * again here, as a later command would: a sync continues where it was.
 */
import { TielineError } from '../../platform/errors/index.ts';
import { isDatabaseFault, isToBeDoneAgain, outlastedPatience } from '../../platform/postgres/index.ts';
import type { RunLog } from './run-context.ts';

export interface Outages {
  /** How long a database that is away, full or busy is put up with, counted from the last progress. Default: 60,000. */
  readonly outageMs?: number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly log: RunLog;
}

const usualOutageMs = 60_000;
const attemptsOfLosers = 5;
const longestPauseMs = 10_000;

const isFault = (error: unknown): error is TielineError =>
  isDatabaseFault(error) || (error instanceof TielineError && error.code === 'LOCK_LOST');

/**
 * @param work what may be done again after it was interrupted. @param progress anything that differs once the work has come further.
 * @throws what the work throws; the failure of the database if it does not pass within the time.
 */
export async function throughOutages<T>(
  outages: Outages,
  signal: AbortSignal,
  work: () => Promise<T>,
  progress: () => Promise<unknown> = () => Promise.resolve(undefined),
): Promise<T> {
  const patienceMs = outages.outageMs ?? usualOutageMs;
  let reached: unknown;
  let since = 0;
  let inARow = 0;
  let fault: TielineError | undefined;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      // While it was away another process has taken over: what counts is what happened to this one.
      if (fault && error instanceof TielineError && error.code === 'SYNC_RUNNING') throw fault;
      if (signal.aborted || !isFault(error)) throw error;
      fault = error;
    }
    const now = await progress().catch(() => reached);
    if (inARow === 0 || now !== reached) {
      since = performance.now();
      inARow = 0;
      reached = now;
    }
    inARow += 1;
    const isOver = isToBeDoneAgain(fault)
      ? inARow >= attemptsOfLosers
      : outlastedPatience(fault) || performance.now() - since >= patienceMs;
    if (isOver) throw fault;
    outages.log.warn({ code: fault.code }, `continues after the database was away: ${fault.message}`);
    await outages.sleep(Math.min(250 * 2 ** inARow, longestPauseMs), signal).catch(() => undefined);
    signal.throwIfAborted();
  }
}
