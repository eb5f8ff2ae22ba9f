import { openStore, type Tx } from './store.ts';
import pg from 'pg';

/** Classes of SQLSTATE in which it is the value that is refused, not the statement: data, constraint, raised by a trigger. */
const refusedValue = /^(22|23|P0001$)/;

/**
 * Runs `work` under a savepoint. What a rule of the database refuses (a column too short, a constraint, a trigger that
 * raises) is undone and given back as a value; every other failure is thrown.
 */
export async function underSavepoint<T>(
  tx: Tx,
  work: () => Promise<T>,
): Promise<{ ok: true; result: T } | { ok: false; field: string; message: string }> {
  await tx.client.query('savepoint work');
  try {
    const result = await work();
    await tx.client.query('release savepoint work');
    return { ok: true, result };
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || !refusedValue.test(error.code ?? '')) throw error;
    await tx.client.query('rollback to savepoint work');
    await tx.client.query('release savepoint work');
    return { ok: false, field: error.column ?? error.constraint ?? 'database', message: error.message };
  }
}

/** As `Store.transaction`, over a pool: for programs that have nothing else. @throws what `work` throws. */
export const inTransaction = <T>(pool: pg.Pool, work: (tx: Tx) => Promise<T>): Promise<T> =>
  openStore(pool).transaction(work);
