import type pg from 'pg';

/** Any number, as long as nothing else takes an advisory lock by it. */
const syncLockKey = 7_453_190_001;

export interface SyncLock {
  release(): Promise<void>;
}

/** The first of the two numbers of a lock on sending to one system; the second is the system's id. */
const drainLockKey = 745_319;

async function tryLock(
  pool: pg.Pool,
  take: string,
  giveBack: string,
  keys: readonly number[],
): Promise<SyncLock | undefined> {
  const client = await pool.connect();
  let taken = false;
  try {
    const { rows } = await client.query<{ taken: boolean }>(`select ${take} as taken`, [...keys]);
    taken = rows[0]?.taken === true;
  } finally {
    if (!taken) client.release();
  }
  if (!taken) return undefined;
  return {
    async release() {
      await client.query(`select ${giveBack}`, [...keys]).catch(() => undefined);
      client.release();
    },
  };
}

/**
 * Takes the lock that lets one process sync over this database. PostgreSQL gives it back when the connection ends,
 * so a killed process leaves no lock behind.
 * @returns undefined if another process holds it.
 */
export function takeSyncLock(pool: pg.Pool): Promise<SyncLock | undefined> {
  return tryLock(pool, 'pg_try_advisory_lock($1::bigint)', 'pg_advisory_unlock($1::bigint)', [syncLockKey]);
}

/** Takes the lock that lets one process send to a system. @returns undefined if another process holds it. */
export function takeDrainLock(pool: pg.Pool, systemId: number): Promise<SyncLock | undefined> {
  return tryLock(pool, 'pg_try_advisory_lock($1::int, $2::int)', 'pg_advisory_unlock($1::int, $2::int)', [
    drainLockKey,
    systemId,
  ]);
}
