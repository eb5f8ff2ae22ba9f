/** Which operations the steps of runs began: each bears its run (`markWorkflowRun`). */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../../../platform/postgres/index.ts';
import type { OpenRun } from './runs.sql.ts';

/** Operations that begin from here on have a higher number. */
export async function lastOperationNumber(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ last: number }>`
    select coalesce(max(id), 0)::float8 as last from ingestion_batches`.execute(db);
  return rows[0]?.last ?? 0;
}

/**
 * The operation of what a step did, begun by its action after that number: the journal of its changes is there, and from there it is undone. Operations
 * that others began meanwhile are few, and told apart by their run.
 * @returns undefined where the action began none: it only put something into a ledger to be sent.
 */
export async function findOperationOfRun(
  db: Kysely<Database>,
  { executionId }: Pick<OpenRun, 'executionId'>,
  after: number,
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select b.batch_id as id from ingestion_batches b
     where b.id > ${after} and b.correlation_id = ${executionId}::uuid and b.parent_operation_id is null
     order by exists (select from sync_changes c where c.operation_id = b.batch_id) desc, b.id limit 1`.execute(
    db,
  );
  return rows[0]?.id;
}

/** Facts of the run that an operation was done by; undefined: none. */
export async function findRunsOfOperations(
  db: Kysely<Database>,
  operationIds: readonly string[],
): Promise<ReadonlyMap<string, { readonly executionId: string; readonly depth: number }>> {
  if (operationIds.length === 0) return new Map();
  const { rows } = await sql<{ operationId: string; executionId: string; depth: number }>`
    select b.batch_id as "operationId", e.execution_id as "executionId", e.depth
      from ingestion_batches b join workflow_executions e on e.execution_id = b.correlation_id
     where b.batch_id = any(${[...operationIds]}::uuid[])`.execute(db);
  return new Map(rows.map(({ operationId, ...run }) => [operationId, run]));
}
