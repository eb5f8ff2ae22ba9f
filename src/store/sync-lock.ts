import type pg from 'pg';

/** Any number, as long as nothing else takes an advisory lock by it. */
const syncLockKey = 7_453_190_001;

export interface SyncLock {
  release(): Promise<void>;
}

/**
 * Takes the lock that lets one process sync over this database. PostgreSQL gives it back when the connection ends,
 * so a killed process leaves no lock behind.
 * @returns undefined if another process holds it.
 */
export async function takeSyncLock(pool: pg.Pool): Promise<SyncLock | undefined> {
  const client = await pool.connect();
  const { rows } = await client.query<{ taken: boolean }>(
    'select pg_try_advisory_lock($1::bigint) as taken',
    [syncLockKey],
  );
  if (rows[0]?.taken !== true) {
    client.release();
    return undefined;
  }
  return {
    async release() {
      await client.query('select pg_advisory_unlock($1::bigint)', [syncLockKey]).catch(() => undefined);
      client.release();
    },
  };
}
