/** Approvals of outbound changes: which wait, for what content, and what was decided. */
import { sql, type Kysely } from 'kysely';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import type { ReasonCode } from '../../canonical/vocabulary/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { outboxChannel, consentToPlan, rejectPlan, tieWaitingChanges } from '../outbox/index.ts';
import { shownReason } from '../../ledger/operations/index.ts';
import { decideScansOfPlan, tieWaitingScans } from '../../record/remediation-scans/index.ts';

/** A change that waits, as a plan keeps it. */
export interface WaitingChange {
  readonly key: string;
  readonly entity: string;
  /** The remote's id of the record, else ours. */
  readonly record: string;
  /** Our id of the record; absent in plans of earlier versions. */
  readonly entityId?: string;
  readonly kind: 'create' | 'update';
  readonly before: Json;
  readonly after: JsonObject;
  readonly reason: string;
}

/** The changes to a system that wait for approval, in a fixed order; a scan that somebody asked for is one of them. */
export async function listWaitingChanges(db: Kysely<Database>, systemId: number): Promise<WaitingChange[]> {
  const { rows } = await sql<WaitingChange>`
    select idempotency_key as key, entity_type as entity, coalesce(external_id, entity_id) as record, entity_id as "entityId", change_kind as kind,
           before_values as before, payload as after, reason
      from sync_outbox
     where external_system_id = ${systemId} and state = 'waiting'
    union all
    select idempotency_key::text, 'remediation_scan', id::text, id::text, 'create', null,
           jsonb_build_object('targets', to_jsonb(targets), 'plugins', to_jsonb(plugin_ids)),
           concat_ws(': ', 'asked for by ' || requested_by, reason)
      from remediation_scans
     where external_system_id = ${systemId} and state = 'waiting'
     order by 2, 3, 1`.execute(db);
  return rows;
}

export type ApprovalStatus = 'pending' | 'approved' | 'rejected' | 'withdrawn' | 'expired';

export interface ApprovalRow {
  readonly approvalId: string;
  readonly planId: string;
  readonly systemId: number;
  readonly system: string;
  readonly action: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly status: ApprovalStatus;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly reason: string | null;
  readonly content: readonly WaitingChange[];
  readonly contentSha256: string;
}

const approvals = sql`
    select a.approval_id as "approvalId", a.plan_id as "planId", s.id as "systemId", s.system_name as system,
           a.requested_action as action, a.requested_by as "requestedBy", a.requested_at as "requestedAt", a.status,
           a.decided_by as "decidedBy", a.decided_at as "decidedAt", a.reason, a.reason_code as "reasonCode", p.content, p.content_sha256 as "contentSha256"
      from approvals a
      join sync_plans p on p.plan_id = a.plan_id
      join external_systems s on s.id = p.external_system_id`;

type StoredApproval = ApprovalRow & { readonly reasonCode: ReasonCode | null };

function shownApproval(row: StoredApproval): ApprovalRow {
  const { reasonCode, ...approval } = row;
  return { ...approval, reason: shownReason({ reason: approval.reason, reasonCode, reasonParams: null }) };
}

/** @param filter.status absent: all. Newest last. */
export async function listApprovals(
  db: Kysely<Database>,
  filter: { readonly status?: ApprovalStatus; readonly systemId?: number },
  limit: number,
): Promise<ApprovalRow[]> {
  const { rows } = await sql<StoredApproval>`${approvals}
     where (${filter.status ?? null}::text is null or a.status = ${filter.status ?? null})
       and (${filter.systemId ?? null}::int is null or s.id = ${filter.systemId ?? null})
     order by a.id desc limit ${limit}`.execute(db);
  return rows.map(shownApproval).toReversed();
}

/** Approvals whose id begins so, locked against a second decision until the transaction ends; at most two. */
export async function lockApprovals(db: Kysely<Database>, prefix: string): Promise<ApprovalRow[]> {
  const { rows } = await sql<StoredApproval>`${approvals}
     where a.approval_id::text like ${`${prefix.toLowerCase()}%`}
     order by a.id limit 2 for update of a`.execute(db);
  return rows.map(shownApproval);
}

/** Asks for approval of what waits. @returns the approval's id. */
export async function insertApproval(
  db: Kysely<Database>,
  asked: {
    readonly systemId: number;
    readonly operationId: string;
    readonly content: readonly WaitingChange[];
    readonly contentSha256: string;
    readonly action: string;
  },
): Promise<string> {
  const { rows: plans } = await sql<{ plan_id: string }>`
    insert into sync_plans (external_system_id, content, content_sha256, operation_id)
    values (${asked.systemId}, ${storableJson(asked.content)}::jsonb, ${asked.contentSha256}, ${asked.operationId}::uuid)
    returning plan_id`.execute(db);
  const planId = plans[0]?.plan_id ?? '';
  const keys = asked.content.map((change) => change.key);
  await tieWaitingChanges(db, { systemId: asked.systemId }, keys, planId);
  await tieWaitingScans(db, { systemId: asked.systemId }, keys, planId);
  const { rows } = await sql<{ approval_id: string }>`
    insert into approvals (plan_id, requested_action, requested_by)
    values (${planId}::uuid, ${asked.action}, 'tieline')
    returning approval_id`.execute(db);
  return rows[0]?.approval_id ?? '';
}

/**
 * Parts an approval in two, so that some of its changes can be decided about apart: these get an approval of their own, and
 * the given one keeps asking for the rest. Both plans are new; the one they come from stays as it was.
 * @returns the approval of the chosen changes.
 */
export async function splitApproval(
  db: Kysely<Database>,
  approval: ApprovalRow,
  parts: { readonly chosen: PlanPart; readonly rest: PlanPart },
): Promise<{ readonly approvalId: string; readonly planId: string }> {
  const planOf = async (part: PlanPart): Promise<string> => {
    const { rows } = await sql<{ plan_id: string }>`
      insert into sync_plans (external_system_id, content, content_sha256, operation_id)
      select external_system_id, ${storableJson(part.content)}::jsonb, ${part.contentSha256}, operation_id
        from sync_plans where plan_id = ${approval.planId}::uuid
      returning plan_id`.execute(db);
    const planId = rows[0]?.plan_id ?? '';
    const keys = part.content.map((change) => change.key);
    await tieWaitingChanges(db, { planId: approval.planId }, keys, planId);
    await tieWaitingScans(db, { planId: approval.planId }, keys, planId);
    return planId;
  };
  const chosen = await planOf(parts.chosen);
  const rest = await planOf(parts.rest);
  await sql`
    update approvals set plan_id = ${rest}::uuid, requested_action = ${parts.rest.action}
     where approval_id = ${approval.approvalId}::uuid`.execute(db);
  const { rows } = await sql<{ approval_id: string }>`
    insert into approvals (plan_id, requested_action, requested_by, requested_at)
    select ${chosen}::uuid, ${parts.chosen.action}, requested_by, requested_at
      from approvals where approval_id = ${approval.approvalId}::uuid
    returning approval_id`.execute(db);
  return { approvalId: rows[0]?.approval_id ?? '', planId: chosen };
}

export interface PlanPart {
  readonly content: readonly WaitingChange[];
  readonly contentSha256: string;
  readonly action: string;
}

/** Approvals that these operations asked for and nobody has decided yet. */
export async function countAskedApprovals(
  db: Kysely<Database>,
  operationIds: readonly string[],
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from approvals a join sync_plans p on p.plan_id = a.plan_id
     where a.status = 'pending' and p.operation_id = any(${[...operationIds]}::uuid[])`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Takes back what was asked for and not decided: it is not what waits now. */
export async function withdrawApprovals(db: Kysely<Database>, systemId: number): Promise<void> {
  await sql`
    update approvals a set status = 'withdrawn', reason = null, reason_code = ${'no_longer_asked' satisfies ReasonCode}
      from sync_plans p
     where p.plan_id = a.plan_id and p.external_system_id = ${systemId} and a.status = 'pending'`.execute(db);
}

/** Lets what waits under a plan go out, or drops it. @returns how many changes, and which scans are among them. */
export async function decideApproval(
  db: Kysely<Database>,
  approval: Pick<ApprovalRow, 'approvalId' | 'planId' | 'systemId'>,
  decided: { readonly approved: boolean; readonly by: string; readonly reason: string | undefined },
): Promise<{ readonly changes: number; readonly scans: readonly number[] }> {
  await sql`
    update approvals set status = ${decided.approved ? 'approved' : 'rejected'}, decided_by = ${decided.by}, decided_at = now(),
           reason = ${decided.reason ?? null}, reason_code = null
     where approval_id = ${approval.approvalId}::uuid`.execute(db);
  const note = { outcome: 'dropped', message: decided.reason ?? 'rejected', by: decided.by, fields: [] };
  const changes = decided.approved
    ? await consentToPlan(db, approval.planId, decided.by)
    : await rejectPlan(db, approval.planId, note);
  const refusal = { ...note, remedy: 'Ask for the scan again.' };
  const scans = await decideScansOfPlan(db, approval.planId, decided.approved ? undefined : refusal);
  if (decided.approved)
    await sql`select pg_notify(${outboxChannel}, ${String(approval.systemId)})`.execute(db);
  return { changes: changes + scans.length, scans };
}
