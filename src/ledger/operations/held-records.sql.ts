import { sql, type Kysely } from 'kysely';
import type { Json } from '../../platform/values/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';

export interface HeldRecord {
  readonly table: string;
  readonly identifier: string;
  readonly type: string;
  readonly message: string;
  readonly raw: unknown;
}

/** Keeps records that could not be imported, with the reason and the record itself, in ingestion_errors. */
export async function insertHeldRecords(
  db: Kysely<Database>,
  operationId: string,
  records: readonly HeldRecord[],
): Promise<void> {
  if (records.length === 0) return;
  await sql`
    insert into ingestion_errors (batch_id, table_name, record_identifier, error_type, error_message, raw_data, created_at)
    select ${operationId}::uuid, left("table", 100), left(identifier, 255), left(type, 100), message, raw, tieline_now()
      from jsonb_to_recordset(${storableJson(records)}::jsonb)
        as held("table" text, identifier text, type text, message text, raw jsonb)`.execute(db);
}

export function listHeldRecords(
  db: Kysely<Database>,
  operationIds: readonly string[],
  limit: number,
): Promise<{ record_identifier: string | null; error_type: string | null; error_message: string | null }[]> {
  return db
    .selectFrom('ingestion_errors')
    .select(['record_identifier', 'error_type', 'error_message'])
    .where('batch_id', 'in', [...operationIds])
    .orderBy('id')
    .limit(limit)
    .execute();
}

export async function hasHeldRecords(db: Kysely<Database>, operationId: string): Promise<boolean> {
  const row = await db
    .selectFrom('ingestion_errors')
    .select('id')
    .where('batch_id', '=', operationId)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** What an operation could not import, of one table. */
export async function listHeldOf(
  db: Kysely<Database>,
  operationId: string,
  table: string,
): Promise<{ readonly identifier: string; readonly message: string; readonly raw: Json }[]> {
  const { rows } = await sql<{ identifier: string; message: string; raw: Json }>`
    select distinct on (record_identifier) record_identifier as identifier, coalesce(error_message, '') as message, raw_data as raw
      from ingestion_errors
     where batch_id = ${operationId}::uuid and table_name = ${table} and record_identifier is not null
     order by record_identifier, id desc`.execute(db);
  return rows;
}
