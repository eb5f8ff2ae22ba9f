import type { Kysely } from 'kysely';
import pg from 'pg';
import type { Database } from './schema.ts';

/**
 * A transaction that the caller owns: typed queries and, for COPY, the connection itself.
 * Whoever takes a `Tx` in its signature neither begins nor ends it.
 */
export interface Tx {
  readonly db: Kysely<Database>;
  readonly client: pg.PoolClient;
}

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
