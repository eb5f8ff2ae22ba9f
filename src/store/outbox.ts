/**
 * The outbox: outbound work as rows, written in the transaction of the decision (design section 5).
 *
 *   pending ──send──► sent ──answer──► confirmed
 *                      │  └──────────► failed      the remote refused; a person must act
 *                      └─no answer: stays sent, and is looked up at the remote before it is sent again
 *
 * A decision made again for the same record and values bears the same key, so it is one row however often it is made.
 */
import { sql, type Kysely } from 'kysely';
import type { Json, JsonObject } from '../model/json.ts';
import { storableJson } from './copy-rows.ts';
import type { Database } from './schema.ts';

export interface OutboxRow {
  readonly id: number;
  readonly external_system_id: number;
  readonly entity_type: string;
  readonly entity_id: string;
  readonly change_kind: 'create' | 'update';
  readonly external_id: string | null;
  readonly parent_external_id: string | null;
  readonly base_version: string | null;
  readonly payload: JsonObject;
  readonly idempotency_key: string;
  readonly operation_id: string;
  readonly state: 'pending' | 'sent';
  readonly attempts: number;
  readonly reason: string;
}

export interface OutboundChange {
  readonly entity: string;
  readonly entityId: string;
  readonly kind: 'create' | 'update';
  readonly externalId?: string;
  readonly parentExternalId?: string;
  readonly baseVersion?: string;
  readonly payload: JsonObject;
  readonly idempotencyKey: string;
  readonly reason: string;
}

/**
 * Puts changes into the outbox. One that is there already is left as it is, unless it failed because the remote
 * record had moved on: then it is made pending again, upon the new version.
 * @returns how many rows were put in or made pending again.
 */
export async function enqueueChanges(
  db: Kysely<Database>,
  source: { systemId: number; operationId: string },
  changes: readonly OutboundChange[],
): Promise<number> {
  if (changes.length === 0) return 0;
  const { rows } = await sql<{ n: number }>`
    with put as (
      insert into sync_outbox as known (external_system_id, operation_id, entity_type, entity_id, change_kind, external_id,
                                        parent_external_id, base_version, payload, idempotency_key, reason)
      select ${source.systemId}, ${source.operationId}::uuid, c.entity, c."entityId", c.kind, c."externalId",
             c."parentExternalId", c."baseVersion", c.payload, c."idempotencyKey", c.reason
        from jsonb_to_recordset(${storableJson(changes)}::jsonb)
          as c(entity text, "entityId" text, kind text, "externalId" text, "parentExternalId" text, "baseVersion" text,
               payload jsonb, "idempotencyKey" text, reason text)
      on conflict (external_system_id, idempotency_key) do update
        set state = 'pending', base_version = excluded.base_version, operation_id = excluded.operation_id,
            failure = null, settled_at = null
        where known.state = 'failed' and known.failure ->> 'outcome' = 'conflict'
      returning 1
    )
    select count(*)::int as n from put`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Open rows of a system, oldest first, after `afterId`. */
export async function listOpenRows(
  db: Kysely<Database>,
  systemId: number,
  afterId: number,
  limit: number,
): Promise<OutboxRow[]> {
  const { rows } = await sql<OutboxRow>`
    select id::int, external_system_id, entity_type, entity_id, change_kind, external_id, parent_external_id,
           base_version, payload, idempotency_key, operation_id, state, attempts, reason
      from sync_outbox
     where external_system_id = ${systemId} and state in ('pending', 'sent') and id > ${afterId}
     order by id limit ${limit}`.execute(db);
  return rows;
}

/** Committed before the request goes out, so that a crash leaves a trace of what may have arrived. */
export async function markSent(db: Kysely<Database>, id: number): Promise<void> {
  await sql`update sync_outbox set state = 'sent', sent_at = now(), attempts = attempts + 1 where id = ${id}`.execute(
    db,
  );
}

export async function markConfirmed(
  db: Kysely<Database>,
  id: number,
  externalId: string | null,
): Promise<void> {
  await sql`
    update sync_outbox
       set state = 'confirmed', settled_at = now(), failure = null, external_id = coalesce(${externalId}, external_id)
     where id = ${id}`.execute(db);
}

export async function markFailed(db: Kysely<Database>, id: number, failure: Json): Promise<void> {
  await sql`
    update sync_outbox set state = 'failed', settled_at = now(), failure = ${storableJson(failure)}::jsonb
     where id = ${id}`.execute(db);
}

/** Rows by entity and state, for one run or (without) for all. */
export async function countOutbox(
  db: Kysely<Database>,
  operationIds?: readonly string[],
): Promise<{ entity_type: string; change_kind: string; state: string; n: number }[]> {
  const { rows } = await sql<{ entity_type: string; change_kind: string; state: string; n: number }>`
    select entity_type, change_kind, state, count(*)::int as n
      from sync_outbox
     where ${operationIds ? sql`operation_id = any(${[...operationIds]}::uuid[])` : sql`true`}
     group by entity_type, change_kind, state
     order by entity_type, change_kind, state`.execute(db);
  return rows;
}

/** Changes of these operations that the remote refused, with what it said. */
export async function listRefusedRows(
  db: Kysely<Database>,
  operationIds: readonly string[],
  limit: number,
): Promise<{ identifier: string; reason: string }[]> {
  const { rows } = await sql<{ identifier: string; reason: string }>`
    select entity_type || ' ' || entity_id as identifier,
           concat_ws('; ', failure ->> 'message',
                     (select string_agg(f ->> 'field' || ': ' || (f ->> 'message'), '; ') from jsonb_array_elements(failure -> 'fields') f)) as reason
      from sync_outbox
     where operation_id = any(${[...operationIds]}::uuid[]) and state = 'failed'
     order by id limit ${limit}`.execute(db);
  return rows;
}
