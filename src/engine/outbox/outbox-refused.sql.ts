/** Changes that the remote refused: which may be taken now, and which are overtaken. */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { JsonObject } from '../../platform/values/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { outboxChannel } from './outbox.sql.ts';
import { stateAfter, statesBefore } from './outbox-moves.sql.ts';
import { closeRefusals } from '../../ledger/conflicts/index.ts';

/** SQL of a refused row `o` that has certainly not taken effect; one whose outcome is unclear may have. */
const certainlyRefused = sql`o.state in (${statesBefore('refusal_settled')}) and o.failure ->> 'outcome' in ('rejected', 'unmappable', 'conflict', 'missing')`;

export interface RefusedRow {
  readonly id: number;
  readonly entity: string;
  readonly entityId: string;
  readonly kind: 'create' | 'update';
  readonly externalId: string | null;
  readonly parentExternalId: string | null;
  readonly payload: JsonObject;
  readonly failure: JsonObject;
  /** Whether what it depends on at the remote was seen changed since: its system, that system's controls, its POA&M, its milestones. */
  readonly isMoved: boolean;
}

/** Rows that the remote refused for what they say (not because the record had moved on or is gone), oldest first. */
export async function listRefused(
  db: Kysely<Database>,
  systemId: number,
  entities: readonly string[],
): Promise<RefusedRow[]> {
  const { rows } = await sql<RefusedRow>`
    select o.id::int, o.entity_type as entity, o.entity_id as "entityId", o.change_kind as kind, o.external_id as "externalId",
           o.parent_external_id as "parentExternalId", o.payload, o.failure,
           exists (select from sync_links l
                    where l.external_system_id = o.external_system_id and l.confirmed_at > o.settled_at
                      and (l.entity_type = 'poam' and o.entity_type = 'milestone' and l.external_id = o.parent_external_id
                           or l.entity_type = 'milestone' and o.entity_type = 'poam'
                              and l.entity_id in (select m.id::text from ingestion_poam_milestones m where m.poam_id = o.entity_id)))
             or o.entity_type = 'poam' and exists (
                  select from ingestion_poams p
                   where p.poam_id = o.entity_id
                     and (exists (select from ingestion_controls c where c.system_id = p.system_id
                                     and greatest(c.created_at, c.updated_at) > o.settled_at at time zone 'UTC')
                          or exists (select from ingestion_systems s where s.system_id = p.system_id
                                        and s.updated_at > o.settled_at at time zone 'UTC'))) as "isMoved"
      from sync_outbox o
     where o.external_system_id = ${systemId} and o.state = 'failed' and o.failure ->> 'outcome' in ('rejected', 'unmappable')
       and o.entity_type = any(${[...entities]}::text[])
     order by o.id`.execute(db);
  return rows;
}

/** Opens refused rows again. @param rows with what they are to say now; `asks`: whether a person must agree to it first. */
export async function reopenRefused(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly operationId: string },
  rows: readonly { readonly id: number; readonly payload: JsonObject; readonly asks: boolean }[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    with opened as (
      update sync_outbox o
         set state = case when given.asks then ${stateAfter('queued_for_approval')} else ${stateAfter('retried')} end, payload = given.payload,
             plan_id = case when given.asks then null else o.plan_id end,
             -- What a person agreed to was what it said then.
             approved_at = case when given.asks or o.payload <> given.payload then null else o.approved_at end,
             approved_by = case when given.asks or o.payload <> given.payload then null else o.approved_by end, operation_id = ${source.operationId}::uuid,
             failure = null, settled_at = null, not_before = null
        from jsonb_to_recordset(${storableJson(rows)}::jsonb) as given(id bigint, payload jsonb, asks boolean)
       where o.id = given.id and o.state in (${statesBefore('retried')})
      returning 1
    )
    select case when count(*) > 0 then pg_notify(${outboxChannel}, ${String(source.systemId)}) end from opened`.execute(
    db,
  );
}

export interface FulfilledWish {
  readonly id: number;
  readonly entity: string;
  readonly entityId: string;
  readonly fields: readonly string[];
}

/**
 * Takes refused changes of records off the list whose wish a later one has fulfilled: it was confirmed and says about their fields what
 * is there now.
 */
export async function supersedeFulfilled(
  db: Kysely<Database>,
  systemId: number,
  confirmed: readonly FulfilledWish[],
): Promise<void> {
  await sql`
    update sync_outbox o set state = ${stateAfter('refusal_settled')}, settled_at = tieline_now()
      from jsonb_to_recordset(${storableJson(confirmed)}::jsonb) as c(id bigint, entity text, "entityId" text, fields text[])
     where o.external_system_id = ${systemId} and o.entity_type = c.entity and o.entity_id = c."entityId"
       and o.id <> c.id and ${certainlyRefused}
       and (o.change_kind = 'create' or array(select jsonb_object_keys(o.payload)) <@ c.fields)`.execute(db);
}

/** Sets changes of one field aside that are wished no more, and those refused: all of the system but for the ones that `keep` names. */
export async function supersedeOthers(
  db: Kysely<Database>,
  about: { readonly systemId: number; readonly entity: string; readonly field: string },
  keep: readonly string[],
): Promise<void> {
  await supersedeWhere(
    db,
    about,
    sql`o.change_kind = 'update' and o.payload ? ${about.field} and o.idempotency_key <> all(${[...keep]}::text[])
        and (o.state in (${statesBefore('withdrawn')}) or ${certainlyRefused})`,
  );
}

/** Sets refused updates of records aside that are no longer wished as they are, but for the ones that `keep` names. */
export async function supersedeRefused(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly entity: string },
  records: { readonly entityIds: readonly string[]; readonly keep: readonly string[] },
  about: { readonly field: string; readonly named: boolean },
): Promise<void> {
  await supersedeWhere(
    db,
    source,
    sql`${certainlyRefused} and o.entity_id = any(${[...records.entityIds]}::text[])
        -- What is linked is there, however that came about.
        and (o.change_kind = 'create' or o.idempotency_key <> all(${[...records.keep]}::text[]) and (o.payload ? ${about.field}) = ${about.named})`,
  );
}

/** Sets records aside that were to be made and are wished no more as they are, and those refused: all but the ones that `keep` names. */
export async function supersedeOtherCreates(
  db: Kysely<Database>,
  about: { readonly systemId: number; readonly entity: string },
  keep: readonly string[],
): Promise<void> {
  await supersedeWhere(
    db,
    about,
    sql`o.change_kind = 'create' and o.idempotency_key <> all(${[...keep]}::text[])
        and (o.state in (${statesBefore('withdrawn')}) or ${certainlyRefused})`,
  );
}

/** Supersedes rows `o` of an entity, and closes the conflicts about refusals that are over with them. */
async function supersedeWhere(
  db: Kysely<Database>,
  of: { readonly systemId: number; readonly entity: string },
  condition: RawBuilder<unknown>,
): Promise<void> {
  const { rows } = await sql<{ entity_id: string }>`
    update sync_outbox o set state = ${stateAfter('withdrawn')}, settled_at = tieline_now()
     where o.external_system_id = ${of.systemId} and o.entity_type = ${of.entity} and ${condition}
    returning o.entity_id`.execute(db);
  await closeRefusals(
    db,
    of.systemId,
    of.entity,
    rows.map((row) => row.entity_id),
  );
}
