/** Work under a lock: it gets a database that refuses to be written once the lock is lost, and a signal that ends it then. */
import type { Kysely } from 'kysely';
import { TielineError } from '../../platform/errors/index.ts';
import { type Database, isDatabaseFault, type Store } from '../../platform/postgres/index.ts';
import {
  type SyncLock,
  takeConclusionsLock,
  takeSyncLock,
  takeSystemsLock,
} from '../../ledger/external-systems/index.ts';

/** The parts of a context that a lock concerns. */
export interface Lockable {
  readonly store: Store;
  readonly db: Kysely<Database>;
  readonly signal: AbortSignal;
}

/**
 * Does the work and gives the lock back. @throws what the work throws; LOCK_LOST instead once the lock was lost.
 */
export async function holding<C extends Lockable, T>(
  context: C,
  lock: SyncLock,
  work: (context: C) => Promise<T>,
): Promise<T> {
  const store = context.store.guardedBy(lock.signal);
  const signal = AbortSignal.any([context.signal, lock.signal]);
  try {
    return await work({ ...context, store, db: store.db, signal });
  } catch (error) {
    if (lock.signal.aborted && !context.signal.aborted && !isDatabaseFault(error)) throw lock.signal.reason;
    throw error;
  } finally {
    await lock.release();
  }
}

/** Runs `work` while no other process syncs with the systems. @throws TielineError SYNC_RUNNING naming the system that is busy. */
export async function underSystemsLock<
  C extends Lockable & { readonly systems: readonly { readonly id: number; readonly name: string }[] },
  T,
>(context: C, work: (context: C) => Promise<T>): Promise<T> {
  const systems = context.systems.toSorted((a, b) => a.id - b.id);
  const lock = await takeSystemsLock(
    context.store,
    systems.map((system) => system.id),
  );
  if (lock.taken) return await holding(context, lock.taken, work);
  const busy = systems.find((system) => system.id === lock.busy);
  throw busy
    ? new TielineError('SYNC_RUNNING', `Another process syncs with ${busy.name} now.`)
    : wholeIsBusy('A plan, the application of one, or a backfill');
}

const wholeIsBusy = (what: string): TielineError =>
  new TielineError('SYNC_RUNNING', `${what} is at work over this database.`);

/** Runs `work` while no sync runs over the database. @throws TielineError SYNC_RUNNING if one does. */
export async function underWholeLock<C extends Lockable, T>(
  context: C,
  work: (context: C) => Promise<T>,
): Promise<T> {
  const lock = await takeSyncLock(context.store);
  if (!lock) throw wholeIsBusy('A sync, a plan or a backfill');
  return await holding(context, lock, work);
}

/** Draws conclusions when it is this run's turn: they read what other runs' conclusions write. */
export async function inConclusionsTurn<
  C extends Lockable & { readonly sleep: (ms: number, signal: AbortSignal) => Promise<void> },
  T,
>(context: C, work: (context: C) => Promise<T>): Promise<T> {
  // A rehearsal holds the whole database, and is one transaction.
  if (context.store.isOne) return await work(context);
  for (;;) {
    context.signal.throwIfAborted();
    const lock = await takeConclusionsLock(context.store);
    if (lock) return await holding(context, lock, work);
    await context.sleep(200, context.signal);
  }
}
