/** Changes of records, or of a whole system, about which a person decided. */
import { sql, type Kysely } from 'kysely';
import type { JsonObject } from '../../platform/values/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { stateAfter, statesBefore } from './outbox-moves.sql.ts';

interface RecordKey {
  readonly entity: string;
  readonly entityId: string;
}

/** Sets aside what was to be sent of these records and has certainly not gone out. */
export async function supersedeAll(
  db: Kysely<Database>,
  systemId: number,
  records: readonly RecordKey[],
): Promise<void> {
  await sql`
    update sync_outbox o set state = ${stateAfter('withdrawn')}, settled_at = tieline_now()
      from jsonb_to_recordset(${storableJson(records)}::jsonb) as g(entity text, "entityId" text)
     where o.external_system_id = ${systemId} and o.entity_type = g.entity and o.entity_id = g."entityId"
       and o.state in (${statesBefore('withdrawn', 'refusal_settled')})`.execute(db);
}

/** Sets aside what was to be sent over a link that is broken, and has certainly not gone out. */
export async function supersedeUpdates(
  db: Kysely<Database>,
  systemId: number,
  record: RecordKey,
): Promise<void> {
  await sql`
    update sync_outbox set state = ${stateAfter('withdrawn')}, settled_at = tieline_now()
     where external_system_id = ${systemId} and entity_type = ${record.entity} and entity_id = ${record.entityId}
       and change_kind = 'update' and state in (${statesBefore('withdrawn', 'refusal_settled')})`.execute(db);
}

/** Withdraws everything that waits for a system. What may have arrived is looked up, if ever there is a connection again. */
export async function withdrawAllOf(db: Kysely<Database>, systemId: number, note: JsonObject): Promise<void> {
  await sql`
    update sync_outbox set state = ${stateAfter('withdrawn')}, settled_at = tieline_now(), failure = ${storableJson(note)}::jsonb
     where external_system_id = ${systemId}
       and (state in (${statesBefore('withdrawn')}) or state in (${statesBefore('refusal_settled')}) and failure ->> 'outcome' is distinct from 'unclear')`.execute(
    db,
  );
  await sql`
    update sync_outbox set state = ${stateAfter('retried_unclear')}, settled_at = null
     where external_system_id = ${systemId} and state in (${statesBefore('retried_unclear')})`.execute(db);
}

/**
 * Lets a change that was settled long ago give up its key, so that the same record can be made once more under the key by
 * which the remote knows it.
 */
export async function freeIdempotencyKey(db: Kysely<Database>, systemId: number, key: string): Promise<void> {
  await sql`
    update sync_outbox set idempotency_key = left(idempotency_key, 80) || ' #' || id
     where external_system_id = ${systemId} and idempotency_key = ${key}
       and state in ('confirmed', 'superseded', 'dropped', 'failed')`.execute(db);
}

/** Changes of a record that a remote refused, or whose outcome stayed unclear; oldest first. @param systemId null: it was not kept with the conflict. */
export async function listFailedRows(
  db: Kysely<Database>,
  systemId: number | null,
  record: RecordKey,
): Promise<{ readonly id: number; readonly kind: 'create' | 'update'; readonly payload: JsonObject }[]> {
  const { rows } = await sql<{ id: number; kind: 'create' | 'update'; payload: JsonObject }>`
    select id::int, change_kind as kind, payload from sync_outbox
     where external_system_id = coalesce(${systemId}, external_system_id) and entity_type = ${record.entity} and entity_id = ${record.entityId}
       and state = 'failed' order by id`.execute(db);
  return rows;
}
