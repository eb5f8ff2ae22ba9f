/**
 * The outbox: outbound work as rows, written in the transaction of the decision (decision 0011). Their states, and what moves
 * them, are the table of `engine/outbox/outbox-states.ts`, drawn in section 10 of src/engine/merge/SPEC.md.
 *
 * The policies in force move what was not sent between waiting and pending, or supersede it (outbox-consent.ts).
 * A decision made again for the same record and values carries the same key, so it is one row however often it is made.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import type { OutboxEvent, OutboxState } from './outbox-states.ts';
import { recordEvents } from '../../ledger/events/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { stateAfter, statesBefore } from './outbox-moves.sql.ts';

export type { OutboxState };

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
  readonly before_values: JsonObject | null;
  readonly idempotency_key: string;
  readonly operation_id: string;
  readonly state: 'pending' | 'sent';
  readonly attempts: number;
  readonly reason: string;
  /** Back-off: whether it may be sent now. */
  readonly is_due: boolean;
  /** Sending was paused since it was planned: the next sync plans it again before it goes out. */
  readonly must_replan: boolean;
}

export interface OutboundChange {
  readonly entity: string;
  readonly entityId: string;
  readonly kind: 'create' | 'update';
  readonly externalId?: string;
  readonly parentExternalId?: string;
  readonly baseVersion?: string;
  readonly payload: JsonObject;
  /** What both sides last agreed on for the fields of the payload. */
  readonly before?: JsonObject;
  readonly idempotencyKey: string;
  readonly reason: string;
  /** The severity of the weakness that the record is about; absent: it is about none, or it is unknown. */
  readonly severity?: string | undefined;
  /** Whether a person must agree before it goes out. */
  readonly needsApproval?: boolean;
}

/** The channel on which a worker is notified that something is to be sent; the payload is the external system's id. */
export const outboxChannel = 'tieline_outbox';

/**
 * Puts changes into the outbox. One that is there already is left as it is, unless it failed because the remote
 * record had moved on, or yielded to a decision that was withdrawn: then it is open again, based on the new version. What a
 * person dropped stays dropped: the same change of the same values is not put in again.
 * @returns how many rows were put in or opened again.
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
                                        parent_external_id, base_version, payload, before_values, idempotency_key, reason, severity, state)
      select ${source.systemId}, ${source.operationId}::uuid, c.entity, c."entityId", c.kind, c."externalId",
             c."parentExternalId", c."baseVersion", c.payload, c.before, c."idempotencyKey", c.reason, c.severity,
             case when c."needsApproval" then ${stateAfter('queued_for_approval')} else ${stateAfter('queued')} end
        from jsonb_to_recordset(${storableJson(changes)}::jsonb)
          as c(entity text, "entityId" text, kind text, "externalId" text, "parentExternalId" text, "baseVersion" text,
               payload jsonb, before jsonb, "idempotencyKey" text, reason text, severity text, "needsApproval" boolean)
       where not exists (select from sync_outbox d
                          where d.external_system_id = ${source.systemId} and d.entity_type = c.entity and d.entity_id = c."entityId"
                            and d.state = 'dropped' and d.change_kind = c.kind and d.payload = c.payload
                            and d.before_values is not distinct from c.before)
      on conflict (external_system_id, idempotency_key) do update
        set state = excluded.state, base_version = excluded.base_version, operation_id = excluded.operation_id,
            payload = excluded.payload, before_values = excluded.before_values, reason = excluded.reason, severity = excluded.severity,
            parent_external_id = excluded.parent_external_id,
            failure = null, settled_at = null, not_before = null, plan_id = null, approved_at = null, approved_by = null, composed = null,
            must_replan = false
        where known.state in (${statesBefore('queued', 'queued_for_approval')})
          and (known.state <> 'failed' or known.failure ->> 'outcome' = 'conflict')
      returning 1
    )
    select count(*)::int as n, case when count(*) > 0 then pg_notify(${outboxChannel}, ${String(source.systemId)}) end from put`.execute(
    db,
  );
  const queued = rows[0]?.n ?? 0;
  if (queued > 0) await recordEvents(db, [{ kind: 'outbox.changed', count: queued }]);
  return queued;
}

/**
 * Sets aside what was decided about these records earlier and has not gone out, but for the changes that `keep` names: the
 * present decision takes their place. @param about the changes that are meant: those of some payload field, or those without it.
 */
export async function supersedeUnsent(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly entity: string },
  records: { readonly entityIds: readonly string[]; readonly keep: readonly string[] },
  about: { readonly field: string; readonly named: boolean },
): Promise<void> {
  if (records.entityIds.length === 0) return;
  await sql`
    update sync_outbox
       set state = ${stateAfter('withdrawn')}, settled_at = tieline_now()
     where external_system_id = ${source.systemId} and entity_type = ${source.entity} and change_kind = 'update'
       and state in (${statesBefore('withdrawn')}) and entity_id = any(${[...records.entityIds]}::text[])
       and idempotency_key <> all(${[...records.keep]}::text[])
       and (payload ? ${about.field}) = ${about.named}`.execute(db);
}

/** Sets aside every update of an entity that has not gone out and that a whole plan no longer comes to. @param keep their keys. */
export async function supersedeAllBut(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly entity: string },
  keep: readonly string[],
): Promise<void> {
  await sql`
    update sync_outbox
       set state = ${stateAfter('withdrawn')}, settled_at = tieline_now()
     where external_system_id = ${source.systemId} and entity_type = ${source.entity} and change_kind = 'update'
       and state in (${statesBefore('withdrawn')}) and idempotency_key <> all(${[...keep]}::text[])`.execute(
    db,
  );
}

/**
 * Sets aside updates that wait to go to records of a system that take part in sync no more: their link was broken, the
 * record is missing there, or their authorization boundary was excluded. Plans do not come to these records any more.
 */
export async function supersedeUnlinked(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly entity: string },
): Promise<void> {
  await sql`
    update sync_outbox o
       set state = ${stateAfter('withdrawn')}, settled_at = tieline_now()
     where o.external_system_id = ${source.systemId} and o.entity_type = ${source.entity} and o.change_kind = 'update'
       and o.state in (${statesBefore('withdrawn')})
       and not exists (select from sync_links l
                        where l.external_system_id = o.external_system_id and l.entity_type = o.entity_type
                          and l.entity_id = o.entity_id and l.retired_at is null and l.missing_since is null)`.execute(
    db,
  );
}

/** As `supersedeUnsent`, of records that were to be made and are not there yet. */
export async function supersedeCreates(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly entity: string },
  records: { readonly entityIds: readonly string[]; readonly keep: readonly string[] },
): Promise<void> {
  if (records.entityIds.length === 0) return;
  await sql`
    update sync_outbox
       set state = ${stateAfter('withdrawn')}, settled_at = tieline_now()
     where external_system_id = ${source.systemId} and entity_type = ${source.entity} and change_kind = 'create'
       and state in (${statesBefore('withdrawn', 'refusal_settled')}) and entity_id = any(${[...records.entityIds]}::text[])
       and idempotency_key <> all(${[...records.keep]}::text[])`.execute(db);
}

/**
 * Brings back what was to make a record and was withdrawn because it was linked to one that is there: it is not that one after all. The
 * next sync plans it again and asks for the consent that policies want; one that was given before was given to something else.
 */
export async function reopenCreates(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly entity: string },
  entityId: string,
): Promise<void> {
  await sql`
    update sync_outbox
       set state = ${stateAfter('queued_for_approval')}, settled_at = null, failure = null, plan_id = null, approved_at = null, approved_by = null, must_replan = true
     where external_system_id = ${source.systemId} and entity_type = ${source.entity} and entity_id = ${entityId}
       and change_kind = 'create' and state = 'superseded' and sent_at is null`.execute(db);
}

const openColumns = sql`id::int, external_system_id, entity_type, entity_id, change_kind, external_id, parent_external_id,
           base_version, payload, before_values, idempotency_key, operation_id, state, attempts, reason,
           coalesce(not_before <= tieline_now(), true) as is_due, must_replan`;

/** Open rows of a system, oldest first, after `afterId`. */
export async function listOpenRows(
  db: Kysely<Database>,
  systemId: number,
  afterId: number,
  limit: number,
): Promise<OutboxRow[]> {
  const { rows } = await sql<OutboxRow>`
    select ${openColumns}
      from sync_outbox
     where external_system_id = ${systemId} and state in ('pending', 'sent') and id > ${afterId}
     order by id limit ${limit}`.execute(db);
  return rows;
}

/** Whether anything may be sent to the system now. */
export async function hasDueRows(db: Kysely<Database>, systemId: number): Promise<boolean> {
  const { rows } = await sql<{ due: boolean }>`
    select exists (select from sync_outbox where external_system_id = ${systemId} and state in ('pending', 'sent') and not must_replan
                      and coalesce(not_before <= tieline_now(), true)) as due`.execute(db);
  return rows[0]?.due ?? false;
}

/** Moves one row of the outbox as an event demands. @throws Error if the event cannot happen in the state that it is in. */
async function moveRow(
  db: Kysely<Database>,
  id: number,
  event: OutboxEvent,
  also: RawBuilder<unknown>,
): Promise<void> {
  const { numAffectedRows } = await sql`
    update sync_outbox set state = ${stateAfter(event)}, ${also}
     where id = ${id} and state in (${statesBefore(event)})`.execute(db);
  if (numAffectedRows !== 1n) throw new Error(`The change ${id} is not in a state to be ${event}.`);
}

/** Sets a row aside that was not taken, because what it was decided on is no longer so. */
export function markMovedOn(db: Kysely<Database>, id: number): Promise<void> {
  return moveRow(db, id, 'moved_on', sql`settled_at = tieline_now()`);
}

/** A row that may have arrived, and is looked up again when `seconds` have passed. */
export function markUnanswered(db: Kysely<Database>, id: number, seconds: number): Promise<void> {
  return moveRow(db, id, 'unanswered', sql`not_before = tieline_now() + make_interval(secs => ${seconds})`);
}

/** A row that was looked up and has not arrived: it is sent again. */
export function markNotArrived(db: Kysely<Database>, id: number): Promise<void> {
  return moveRow(db, id, 'not_arrived', sql`not_before = tieline_now()`);
}

/**
 * The remote has these changes. @param rows `externalId`: how it calls the record; null: as before.
 * @throws Error if one of them is not in a state to be confirmed; none is then.
 */
export async function markConfirmed(
  db: Kysely<Database>,
  rows: readonly { readonly id: number; readonly externalId: string | null }[],
): Promise<void> {
  const { numAffectedRows } = await sql`
    update sync_outbox o
       set state = ${stateAfter('confirmed')}, settled_at = tieline_now(), failure = null, external_id = coalesce(c."externalId", o.external_id)
      from jsonb_to_recordset(${storableJson(rows)}::jsonb) as c(id bigint, "externalId" text)
     where o.id = c.id and o.state in (${statesBefore('confirmed')})`.execute(db);
  if (numAffectedRows !== BigInt(rows.length))
    throw new Error(
      `Not each of the changes ${rows.map(({ id }) => id).join(', ')} is in a state to be confirmed.`,
    );
}

/** @param event `unspellable`: it could not even go out. */
export async function markFailed(
  db: Kysely<Database>,
  id: number,
  event: 'refused' | 'unspellable',
  failure: Json,
): Promise<void> {
  await moveRow(db, id, event, sql`settled_at = tieline_now(), failure = ${storableJson(failure)}::jsonb`);
  await recordEvents(db, [
    { kind: 'outbox.changed', subject: String(id), count: 1 },
    { kind: 'inbox.changed' },
  ]);
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

/** POA&Ms that these operations proposed, and whose due date was past already when they did: by what they promise, or are obliged to. */
export async function countOverdueCreates(
  db: Kysely<Database>,
  operationIds: readonly string[],
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from sync_outbox o
     where operation_id = any(${[...operationIds]}::uuid[]) and entity_type = 'poam' and change_kind = 'create'
       and state not in ('superseded', 'dropped')
       and (payload ->> 'scheduled_completion' < to_char(created_at, 'YYYY-MM-DD')
            or exists (select from ingestion_poams p join poam_due_dates d on d.poam_ref = p.id
                        where p.poam_id = o.entity_id and d.obliged_by < o.created_at::date))`.execute(db);
  return rows[0]?.n ?? 0;
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
