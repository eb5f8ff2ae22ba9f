/** An edit of many records as an operation: what it is about and how far it has come. */
import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../../platform/values/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { noCounts, recordCounts } from './operations.sql.ts';

/** What such an operation is called as a step. */
export const bulkStep = 'bulk edit';

export interface BulkState {
  readonly token: string;
  readonly principalId: string;
  readonly by: string;
  readonly entity: string;
  readonly changes: JsonObject;
  readonly shiftDays: number | null;
  readonly reason: string | null;
  /** Each with the version that was shown, by id. */
  readonly records: readonly (readonly [id: string, version: string])[];
  /** How many of them are dealt with. */
  readonly done: number;
}

/** The edit that a person began under a token. */
export async function findBulk(
  db: Kysely<Database>,
  principalId: string,
  token: string,
): Promise<{ readonly operationId: string; readonly isDone: boolean } | undefined> {
  const { rows } = await sql<{ operationId: string; isDone: boolean }>`
    select batch_id::text as "operationId", status like 'completed%' as "isDone" from ingestion_batches
     where operation_type = 'update' and batch_type = ${bulkStep}
       and metadata #>> '{bulk,token}' = ${token} and metadata #>> '{bulk,principalId}' = ${principalId}
     order by id limit 1`.execute(db);
  return rows[0];
}

/** As it stands. In a transaction, others that continue it wait. */
export async function fetchBulk(db: Kysely<Database>, operationId: string): Promise<BulkState> {
  const { rows } = await sql<{ bulk: BulkState }>`
    select metadata -> 'bulk' as bulk from ingestion_batches where batch_id = ${operationId}::uuid for update`.execute(
    db,
  );
  return rows[0]?.bulk as BulkState; // such an operation is begun with it
}

export async function saveBulkPosition(
  db: Kysely<Database>,
  operationId: string,
  {
    done,
    ...counts
  }: {
    readonly done: number;
    readonly read: number;
    readonly updated: number;
    readonly unchanged: number;
    readonly held: number;
  },
): Promise<void> {
  await sql`
    update ingestion_batches set metadata = jsonb_set(metadata, '{bulk,done}', ${storableJson(done)}::jsonb) where batch_id = ${operationId}::uuid`.execute(
    db,
  );
  await recordCounts(db, operationId, { ...noCounts, ...counts });
}

/** What became of the records so far. */
export async function listBulkOutcomes(
  db: Kysely<Database>,
  operationId: string,
): Promise<{ readonly changed: ReadonlySet<string>; readonly refused: ReadonlyMap<string, string> }> {
  const changed = await sql<{ id: string }>`
    select distinct entity_id as id from sync_changes where operation_id = ${operationId}::uuid`.execute(db);
  const refused = await sql<{ id: string; message: string }>`
    select record_identifier as id, coalesce(error_message, '') as message from ingestion_errors where batch_id = ${operationId}::uuid`.execute(
    db,
  );
  return {
    changed: new Set(changed.rows.map((row) => row.id)),
    refused: new Map(refused.rows.map((row) => [row.id, row.message])),
  };
}
