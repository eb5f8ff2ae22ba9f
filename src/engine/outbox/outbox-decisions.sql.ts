/** What a person sees of the outbox and decides about it: tried again, dropped, or nothing sent to a system for a while. */
import { sql, type Kysely } from 'kysely';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import { recordEvents } from '../../ledger/events/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { outboxChannel, type OutboxState } from './outbox.sql.ts';
import { stateAfter, statesBefore } from './outbox-moves.sql.ts';

export interface OutboxEntry {
  readonly id: number;
  readonly systemId: number;
  readonly system: string;
  readonly entity: string;
  readonly entityId: string;
  readonly externalId: string | null;
  readonly kind: 'create' | 'update';
  readonly state: OutboxState;
  readonly attempts: number;
  readonly reason: string;
  readonly payload: JsonObject;
  readonly before: JsonObject | null;
  readonly failure: Json;
  readonly createdAt: Date;
  readonly notBefore: Date | null;
  readonly operationId: string;
  /** Who agreed to exactly this change, where a person was asked. */
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
  /** Sending was paused since it was planned: the next sync plans it again first. */
  readonly mustReplan: boolean;
}

export interface OutboxFilter {
  readonly ids?: readonly number[];
  readonly system?: string;
  readonly states?: readonly OutboxState[];
}

/** How many rows fit. */
export async function countOutboxEntries(db: Kysely<Database>, filter: OutboxFilter): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from sync_outbox o join external_systems s on s.id = o.external_system_id
     where (${filter.ids === undefined} or o.id = any(${[...(filter.ids ?? [])]}::bigint[]))
       and (${filter.system ?? null}::text is null or s.system_name = ${filter.system ?? null})
       and (${filter.states === undefined} or o.state = any(${[...(filter.states ?? [])]}::text[]))`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}

/** Rows that fit, oldest first. */
export async function listOutbox(
  db: Kysely<Database>,
  filter: OutboxFilter,
  limit: number,
): Promise<OutboxEntry[]> {
  const { rows } = await sql<OutboxEntry>`
    select o.id::int, s.id as "systemId", s.system_name as system, o.entity_type as entity, o.entity_id as "entityId", o.external_id as "externalId",
           o.change_kind as kind, o.state, o.attempts, o.reason, o.payload, o.before_values as before, o.failure,
           o.created_at as "createdAt", o.not_before as "notBefore", o.operation_id as "operationId",
           o.approved_by as "approvedBy", o.approved_at as "approvedAt", o.must_replan as "mustReplan"
      from sync_outbox o join external_systems s on s.id = o.external_system_id
     where (${filter.ids === undefined} or o.id = any(${[...(filter.ids ?? [])]}::bigint[]))
       and (${filter.system ?? null}::text is null or s.system_name = ${filter.system ?? null})
       and (${filter.states === undefined} or o.state = any(${[...(filter.states ?? [])]}::text[]))
     order by o.id limit ${limit}`.execute(db);
  return rows;
}

/**
 * Opens failed rows again; one that may have arrived is looked up before it is sent.
 * @returns the ids that were opened.
 */
export async function retryFailed(db: Kysely<Database>, ids: readonly number[]): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    with opened as (
      update sync_outbox
         set state = case when failure ->> 'outcome' = 'unclear' then ${stateAfter('retried_unclear')} else ${stateAfter('retried')} end,
             failure = null, settled_at = null, not_before = null
       where id = any(${[...ids]}::bigint[]) and state in (${statesBefore('retried', 'retried_unclear')})
      returning id, external_system_id
    ), told as (
      select pg_notify(${outboxChannel}, external_system_id::text) from (select distinct external_system_id from opened) s
    )
    select id::int from opened, (select count(*) from told) every_told order by id`.execute(db);
  if (rows.length > 0) await recordEvents(db, [{ kind: 'outbox.changed', count: rows.length }]);
  return rows.map((row) => row.id);
}

/** Takes rows out that have certainly not taken effect, permanently. @returns the ids that were dropped. */
export async function dropRows(
  db: Kysely<Database>,
  ids: readonly number[],
  decided: { readonly by: string; readonly reason: string },
): Promise<number[]> {
  const note = { outcome: 'dropped', message: decided.reason, by: decided.by, fields: [] };
  const { rows } = await sql<{ id: number }>`
    update sync_outbox
       set state = ${stateAfter('dropped')}, settled_at = tieline_now(), failure = ${storableJson(note)}::jsonb
     where id = any(${[...ids]}::bigint[]) and state in (${statesBefore('dropped')})
    returning id::int`.execute(db);
  if (rows.length > 0) await recordEvents(db, [{ kind: 'outbox.changed', count: rows.length }]);
  return rows.map((row) => row.id).toSorted((a, b) => a - b);
}
