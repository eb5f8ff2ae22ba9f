/**
 * Says how far long work is, where other processes see it, and ends it when a person asks for that from another process. One timer does
 * both: what was noted last is written at most once a second, and the wish to end is read as often, also while the work waits.
 */
import type { Kysely } from 'kysely';
import { TielineError } from '../../platform/errors/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import {
  beginProgress,
  endProgress,
  findCanceller,
  type ProgressNote,
  saveProgress,
} from './progress.sql.ts';

/** Where progress is written, and the wish to end is read. Both say who wants it to end, if anybody does. */
export interface ProgressPlace {
  save(note: ProgressNote): Promise<string | undefined>;
  look(): Promise<string | undefined>;
}

export interface Watched {
  /** Ends with the caller's, and when a person wants the work to end. */
  readonly signal: AbortSignal;
  /** What is noted last counts. */
  readonly note: (progress: ProgressNote) => void;
}

const everyMs = 1_000;
/** A sign of life is written at least so often. */
const aliveMs = 10_000;

const cancelled = (by: string): TielineError =>
  new TielineError('CANCELLED', `Stopped by ${by === '' ? 'a person' : by}.`);

/** @throws what the work throws; TielineError CANCELLED instead where a person ended it. */
export async function watching<T>(
  place: ProgressPlace,
  signal: AbortSignal,
  work: (watched: Watched) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  let noted: ProgressNote = {};
  let isNew = false;
  let writtenAt = performance.now();
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    const write = isNew || performance.now() - writtenAt >= aliveMs;
    isNew = false;
    if (write) writtenAt = performance.now();
    const by = await (write ? place.save(noted) : place.look());
    if (by !== undefined) ending.abort(cancelled(by));
  };
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking || ending.signal.aborted) return;
    isLooking = true;
    // A database that is away is the work's to find out.
    looking = look()
      .catch(() => undefined)
      .finally(() => (isLooking = false));
  }, everyMs);
  try {
    return await work({
      signal: AbortSignal.any([signal, ending.signal]),
      note(progress) {
        noted = progress;
        isNew = true;
      },
    });
  } catch (error) {
    if (ending.signal.aborted && !signal.aborted) throw ending.signal.reason;
    throw error;
  } finally {
    clearInterval(timer);
    await looking;
  }
}

/**
 * Work of an operation, watched from other processes. @param kind the event that tells of progress.
 * @throws what the work throws; TielineError CANCELLED instead where a person ended it.
 */
export async function withProgress<T>(
  db: Kysely<Database>,
  {
    operationId,
    signal,
    kind = 'operation.progress',
  }: {
    readonly operationId: string;
    readonly signal: AbortSignal;
    readonly kind?: 'operation.progress' | 'import.progress';
  },
  work: (watched: Watched) => Promise<T>,
): Promise<T> {
  await beginProgress(db, operationId);
  const place = {
    save: (note: ProgressNote) => saveProgress(db, operationId, note, kind),
    look: () => findCanceller(db, operationId),
  };
  try {
    return await watching(place, signal, work);
  } finally {
    // Where the database is away, the row stays until the operation continues or somebody looks.
    await endProgress(db, operationId).catch(() => undefined);
  }
}
