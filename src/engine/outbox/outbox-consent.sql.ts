/** Consent to what is in the outbox: what has not gone out, judged by policy, and claimed for sending. */
import { sql, type Kysely } from 'kysely';
import type { OutboxEvent } from './outbox-states.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { outboxChannel } from './outbox.sql.ts';
import { stateAfter, statesBefore } from './outbox-moves.sql.ts';

/** A change that is queued and was not sent, as far as a policy asks about it. */
export interface UnsentRow {
  readonly id: number;
  readonly entity: string;
  readonly entityId: string;
  readonly kind: 'create' | 'update';
  readonly state: 'waiting' | 'pending';
  readonly fields: readonly string[];
  readonly severity: string | null;
  /** Whether a person agreed to exactly this content. */
  readonly approved: boolean;
}

const consentColumns = sql`o.id::int, o.entity_type as entity, o.entity_id as "entityId", o.change_kind as kind, o.state,
           array(select jsonb_object_keys(o.payload)) as fields, o.severity, o.approved_at is not null as approved`;

/** Changes to a system that wait for a person or for their turn; by idx_sync_outbox_waiting. */
export async function listUnsentRows(db: Kysely<Database>, systemId: number): Promise<UnsentRow[]> {
  const { rows } = await sql<UnsentRow>`
    select ${consentColumns} from sync_outbox o
     where o.external_system_id = ${systemId} and o.state in ('waiting', 'pending')
     order by o.id`.execute(db);
  return rows;
}

export type UnsentMove = 'release' | 'hold' | 'withdraw';

const withdrawn = { outcome: 'forbidden', message: 'the policies in force do not let it out', fields: [] };
const also = {
  release: sql`plan_id = null`,
  hold: sql`plan_id = null`,
  withdraw: sql`settled_at = tieline_now(), failure = ${storableJson(withdrawn)}::jsonb`,
} satisfies Record<UnsentMove, unknown>;

const events = { release: 'consented', hold: 'held', withdraw: 'withdrawn' } as const satisfies Record<
  UnsentMove,
  OutboxEvent
>;

/** Moves changes as the policies in force demand; those that moved on meanwhile stay as they are. */
export async function moveUnsent(
  db: Kysely<Database>,
  systemId: number,
  move: UnsentMove,
  ids: readonly number[],
): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update sync_outbox set state = ${stateAfter(events[move])}, ${also[move]}
     where id = any(${[...ids]}::bigint[]) and state in (${statesBefore(events[move])})`.execute(db);
  if (move === 'release') await sql`select pg_notify(${outboxChannel}, ${String(systemId)})`.execute(db);
}

export interface ClaimableRow extends Omit<UnsentRow, 'state'> {
  readonly state: 'pending' | 'sent';
  /** A person has stopped sending to the system since the drain began. */
  readonly paused: boolean;
}

/** Locks rows that are to be sent until the transaction ends. @returns those of them that still are. */
export async function lockClaimable(db: Kysely<Database>, ids: readonly number[]): Promise<ClaimableRow[]> {
  const { rows } = await sql<ClaimableRow>`
    select ${consentColumns}, s.sending_paused_at is not null as paused
      from sync_outbox o join external_systems s on s.id = o.external_system_id
     where o.id = any(${[...ids]}::bigint[]) and o.state in (${statesBefore('claimed')})
     order by o.id
       for update of o`.execute(db);
  return rows;
}

/** Committed before the request goes out, so that a crash leaves a trace of what may have arrived. */
export async function markSent(db: Kysely<Database>, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update sync_outbox set state = ${stateAfter('claimed')}, sent_at = tieline_now(), attempts = attempts + 1
     where id = any(${[...ids]}::bigint[]) and state in (${statesBefore('claimed')})`.execute(db);
}

/** A row that may have arrived, was looked up and did not: what a policy now holds or forbids is not sent again. */
export async function setAside(db: Kysely<Database>, id: number, move: 'hold' | 'withdraw'): Promise<void> {
  const event = move === 'hold' ? 'held_at_claim' : 'withdrawn_at_claim';
  await sql`
    update sync_outbox set state = ${stateAfter(event)}, ${also[move]}
     where id = ${id} and state in (${statesBefore(event)})`.execute(db);
}

/** A POA&M that a person had made again (`conflicts resolve`) and that was withdrawn before it went out: no plan comes to it by itself. */
export interface WithdrawnDecision {
  readonly id: number;
  readonly poamId: string;
  readonly entity: string;
  readonly kind: 'create' | 'update';
  readonly fields: readonly string[];
}

/** Those of a system that no policy let out, or whose connection was removed, and that are still open here. */
export async function listWithdrawnDecisions(
  db: Kysely<Database>,
  systemId: number,
): Promise<WithdrawnDecision[]> {
  const { rows } = await sql<WithdrawnDecision>`
    select o.id::int, o.entity_id as "poamId", o.entity_type as entity, o.change_kind as kind,
           array(select jsonb_object_keys(o.payload)) as fields
      from sync_outbox o
     where o.external_system_id = ${systemId} and o.entity_type = 'poam' and o.change_kind = 'create' and o.state = 'superseded'
       and o.failure ->> 'outcome' in ('forbidden', 'removed')
       and exists (select from sync_conflicts c
                    where c.entity_type = 'poam' and c.entity_id = o.entity_id and c.resolution ->> 'effect' = 'make_again')
       and exists (select from ingestion_poams p where p.poam_id = o.entity_id and p.status is distinct from 'Cancelled')
       and not exists (select from sync_links l
                        where l.external_system_id = o.external_system_id and l.entity_type = 'poam' and l.entity_id = o.entity_id)
       and not exists (select from sync_outbox later
                        where later.external_system_id = o.external_system_id and later.entity_type = 'poam'
                          and later.entity_id = o.entity_id and later.change_kind = 'create' and later.id > o.id)
     order by o.id`.execute(db);
  return rows;
}

/** Puts what was withdrawn before the policies again. */
export async function returnWithdrawn(db: Kysely<Database>, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    update sync_outbox set state = ${stateAfter('queued_for_approval')}, settled_at = null, failure = null, plan_id = null
     where id = any(${[...ids]}::bigint[]) and state = 'superseded'`.execute(db);
}

/** After a pause: what is queued is planned again by the next sync before it is sent. @returns how many changes. */
export async function demandReplan(db: Kysely<Database>, systemId: number): Promise<number> {
  const { numAffectedRows } = await sql`
    update sync_outbox set must_replan = true
     where external_system_id = ${systemId} and state in ('waiting', 'pending')`.execute(db);
  return Number(numAffectedRows ?? 0n);
}

/** What is left of the queue was planned by the present run. @param entities none: of all. */
export async function markReplanned(
  db: Kysely<Database>,
  systemId: number,
  entities: readonly string[],
): Promise<void> {
  await sql`
    update sync_outbox set must_replan = false
     where external_system_id = ${systemId} and must_replan and state in ('waiting', 'pending')
       and (${entities.length === 0} or entity_type = any(${[...entities]}::text[]))`.execute(db);
}
