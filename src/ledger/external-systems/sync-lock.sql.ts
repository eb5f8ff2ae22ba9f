/**
 * Who works on what. A run holds each of its systems, and shares the database with other runs; what must see all of it as it
 * is (a plan, the backfill) holds the whole. Within a run only the conclusions take turns, and sending to a system does.
 */
import { type Kysely, sql } from 'kysely';
import type { Database, SessionLock, Store } from '../../platform/postgres/index.ts';

export type { SessionLock as SyncLock } from '../../platform/postgres/index.ts';

/** Any number, as long as nothing else takes an advisory lock by it. */
const syncLockKey = 7_453_190_001;
const conclusionsLockKey = 7_453_190_002;
/** The first of two numbers; the second is the system's id. */
const systemLockKey = 745_318;
const drainLockKey = 745_319;

/** Takes the whole database: no run is in progress, and none begins. @returns undefined if one is. */
export function takeSyncLock(store: Store): Promise<SessionLock | undefined> {
  return store.takeLock({ numbers: [syncLockKey] });
}

export type SystemsLock =
  | { readonly taken: SessionLock }
  /** The id of the system that another run holds; undefined: something holds the whole database. */
  | { readonly taken?: never; readonly busy: number | undefined };

/** Takes the systems of a run, all or none. */
export async function takeSystemsLock(store: Store, systemIds: readonly number[]): Promise<SystemsLock> {
  const taken: SessionLock[] = [];
  const release = async (): Promise<void> => {
    for (const lock of taken.toReversed()) await lock.release();
  };
  const shared = await store.takeLock({ numbers: [syncLockKey], isShared: true });
  if (!shared) return { busy: undefined };
  taken.push(shared);
  for (const id of systemIds) {
    const lock = await store.takeLock({ numbers: [systemLockKey, id] });
    if (!lock) {
      await release();
      return { busy: id };
    }
    taken.push(lock);
  }
  return { taken: { signal: AbortSignal.any(taken.map((lock) => lock.signal)), release } };
}

/** Takes the turn of drawing conclusions, which rest on the records of all systems. @returns undefined if it is another run's. */
export function takeConclusionsLock(store: Store): Promise<SessionLock | undefined> {
  return store.takeLock({ numbers: [conclusionsLockKey] });
}

/**
 * Waits for the turn of drawing conclusions, and keeps it to the end of the transaction: for one conclusion outside of a run.
 * @throws TielineError DATABASE_BUSY where another holds it for longer than locks are waited for.
 */
export async function awaitConclusions(db: Kysely<Database>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${conclusionsLockKey}::bigint)`.execute(db);
}

/** Takes the lock that lets one process send to a system. @returns undefined if another process sends there. */
export function takeDrainLock(store: Store, systemId: number): Promise<SessionLock | undefined> {
  return store.takeLock({ numbers: [drainLockKey, systemId] });
}
