/** The journal, read: what operations changed, value by value. */
import { sql, type Kysely } from 'kysely';
import type { Json } from '../model/json.ts';
import type { Database } from './schema.ts';

export interface JournalRow {
  readonly id: number;
  readonly systemId: number | null;
  readonly entity: string;
  readonly entityId: string;
  readonly field: string | null;
  readonly before: Json;
  readonly after: Json;
  readonly direction: 'inbound' | 'outbound' | 'internal';
  readonly decidedBy: string;
  readonly reason: string | null;
}

/** What these operations changed, oldest first, in pages after `afterId`. */
export async function listJournal(
  db: Kysely<Database>,
  operationIds: readonly string[],
  afterId: number,
  limit: number,
): Promise<JournalRow[]> {
  const { rows } = await sql<JournalRow>`
    select id::int8::float8 as id, external_system_id as "systemId", entity_type as entity, entity_id as "entityId", field_name as field,
           before_value as before, after_value as after, direction, decided_by as "decidedBy", reason
      from sync_changes
     where operation_id = any(${[...operationIds]}::uuid[]) and id > ${afterId}
     order by id limit ${limit}`.execute(db);
  return rows;
}
