/**
 * A migration works before the log is there, often by the owner of the database on a machine without the key of the log: so who works with the
 * database next puts into the log what the ledger of migrations says.
 */
import type { App } from '../../engine/run/index.ts';
import { recordSecurityEvent } from '../../ledger/security/index.ts';
import { listUntoldMigrations } from './migrations.sql.ts';

/** Any number of processes look; one of them records. */
const migrationsLock = { numbers: [0x7469656c, 0x6c6f676d] };

/** Records one event for what was migrated since the last one. */
export async function recordMigrations({ db, store }: Pick<App, 'db' | 'store'>): Promise<void> {
  if ((await listUntoldMigrations(db)).length === 0) return;
  const held = await store.takeLock(migrationsLock);
  if (!held) return;
  try {
    const migrations = await listUntoldMigrations(db);
    if (migrations.length === 0) return;
    const at = new Date(Math.max(...migrations.map(({ appliedAt }) => appliedAt.getTime())));
    await recordSecurityEvent(db, {
      kind: 'database_migrated',
      at,
      origin: { way: 'none' },
      object: { type: 'database', id: migrations.at(-1)?.name ?? '' },
      details: { count: migrations.length, migrations: migrations.map(({ name }) => name) },
    });
  } finally {
    await held.release();
  }
}
