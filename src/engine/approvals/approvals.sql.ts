/** Approvals of outbound changes: which wait, for what content, and what was decided. */
import { isUuid } from '../../platform/values/index.ts';
import { sql, type Kysely } from 'kysely';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import type { ReasonCode } from '../../canonical/vocabulary/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { consentToPlan, outboxChannel, rejectPlan, tieWaitingChanges } from '../outbox/index.ts';
import { recordEvents } from '../../ledger/events/index.ts';
import { shownReason } from '../../ledger/operations/index.ts';
import { boundaryOf, namedBy } from '../../record/entities/index.ts';
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

/** A change as it waits now. */
export interface WaitingNow extends WaitingChange {
  /** The authorization boundary of the record (`ingestion_systems.system_id`); null where it is in none, or in several. */
  readonly boundary: string | null;
}

/** The boundary of all machines that a scan `r` is to look at; null where they are not all in one. */
const boundaryOfScan = sql`
    (select case when count(distinct a.system_id) = 1 and count(a.system_id) = count(*) then min(a.system_id)::text end
       from remediation_scan_findings f
       join ingestion_vulnerabilities v on v.id = f.vulnerability_id
       join ingestion_assets a on a.asset_uuid = v.asset_ref
      where f.remediation_scan_id = r.id)`;

/** The changes to a system that wait for approval, in a fixed order; a scan that somebody asked for is one of them. */
export async function listWaitingChanges(db: Kysely<Database>, systemId: number): Promise<WaitingNow[]> {
  const { rows } = await sql<WaitingNow>`
    select o.idempotency_key as key, o.entity_type as entity, coalesce(o.external_id, o.entity_id) as record, o.entity_id as "entityId",
           o.change_kind as kind, o.before_values as before, o.payload as after, o.reason, ${boundaryOf(namedBy('o'))} as boundary
      from sync_outbox o
     where o.external_system_id = ${systemId} and o.state = 'waiting'
    union all
    select r.idempotency_key::text, 'remediation_scan', r.id::text, r.id::text, 'create', null,
           jsonb_build_object('targets', to_jsonb(r.targets), 'plugins', to_jsonb(r.plugin_ids)),
           concat_ws(': ', 'asked for by ' || r.requested_by, r.reason), ${boundaryOfScan}
      from remediation_scans r
     where r.external_system_id = ${systemId} and r.state = 'waiting'
     order by 2, 3, 1`.execute(db);
  return rows;
}

/** People whose edits these changes send, or who asked for the scans among them. */
export async function listAuthors(
  db: Kysely<Database>,
  changes: readonly WaitingChange[],
): Promise<string[]> {
  const { rows } = await sql<{ by: string }>`
    select distinct edit.decided_by as by
      from jsonb_to_recordset(${storableJson(changes)}::jsonb) as c(entity text, "entityId" text, record text, after jsonb)
     cross join lateral jsonb_each(c.after) f(field, value)
     cross join lateral (select j.decided_by, j.decided_by_kind from sync_changes j
                          where j.entity_type = c.entity and j.entity_id = coalesce(c."entityId", c.record) and j.field_name = f.field
                            and j.direction = 'internal' and j.after_value = f.value
                          order by j.changed_at desc limit 1) edit
     where edit.decided_by_kind = 'person'
    union
    select r.requested_by from jsonb_to_recordset(${storableJson(changes)}::jsonb) as c(entity text, record text)
      join remediation_scans r on c.entity = 'remediation_scan' and r.id::text = c.record
     order by 1`.execute(db);
  return rows.map((row) => row.by);
}

export type ApprovalStatus = 'pending' | 'approved' | 'rejected' | 'withdrawn' | 'expired';

export interface ApprovalRow {
  /** Of the row. */
  readonly number: number;
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
  /** The authorization boundary of every record in it; null where they are in none. */
  readonly boundary: string | null;
  readonly boundaryName: string | null;
  /** False: asked for before approvals were asked by boundary, so that it may hold records of several. */
  readonly isByBoundary: boolean;
}

const approvals = sql`
    select a.id as number, a.approval_id as "approvalId", a.plan_id as "planId", s.id as "systemId", s.system_name as system,
           a.requested_action as action, a.requested_by as "requestedBy", a.requested_at as "requestedAt", a.status,
           a.decided_by as "decidedBy", a.decided_at as "decidedAt", a.reason, a.reason_code as "reasonCode", p.content, p.content_sha256 as "contentSha256",
           p.system_id as boundary, p.is_by_boundary as "isByBoundary",
           (select own.name from ingestion_systems own where own.system_id = p.system_id order by own.id limit 1) as "boundaryName"
      from approvals a
      join sync_plans p on p.plan_id = a.plan_id
      join external_systems s on s.id = p.external_system_id`;

type StoredApproval = ApprovalRow & { readonly reasonCode: ReasonCode | null };

function shownApproval(row: StoredApproval): ApprovalRow {
  const { reasonCode, ...approval } = row;
  return { ...approval, reason: shownReason({ reason: approval.reason, reasonCode, reasonParams: null }) };
}

/** @param filter.status absent: all. @param filter.ids numbers of rows. Newest last. */
export async function listApprovals(
  db: Kysely<Database>,
  filter: { readonly status?: ApprovalStatus; readonly systemId?: number; readonly ids?: readonly number[] },
  limit: number,
): Promise<ApprovalRow[]> {
  const { rows } = await sql<StoredApproval>`${approvals}
     where (${filter.status ?? null}::text is null or a.status = ${filter.status ?? null})
       and (${filter.systemId ?? null}::int is null or s.id = ${filter.systemId ?? null})
       and (${filter.ids === undefined} or a.id = any(${[...(filter.ids ?? [])]}::int[]))
     order by a.id desc limit ${limit}`.execute(db);
  return rows.map(shownApproval).toReversed();
}

/** The approval of this id. */
export async function findApproval(db: Kysely<Database>, id: string): Promise<ApprovalRow | undefined> {
  if (!isUuid(id)) return undefined;
  const { rows } = await sql<StoredApproval>`${approvals} where a.approval_id = ${id}::uuid`.execute(db);
  return rows[0] && shownApproval(rows[0]);
}

/** Approvals whose id begins so, locked against a second decision until the transaction ends; at most two. */
export async function lockApprovals(db: Kysely<Database>, prefix: string): Promise<ApprovalRow[]> {
  const { rows } = await sql<StoredApproval>`${approvals}
     where a.approval_id::text like ${`${prefix.toLowerCase()}%`}
     order by a.id limit 2 for update of a`.execute(db);
  return rows.map(shownApproval);
}

/** What is asked for and not decided: a few words of each, without its content. */
export async function listAsked(
  db: Kysely<Database>,
  systemId: number,
): Promise<Pick<ApprovalRow, 'approvalId' | 'boundary' | 'isByBoundary' | 'contentSha256'>[]> {
  const { rows } = await sql<Pick<ApprovalRow, 'approvalId' | 'boundary' | 'isByBoundary' | 'contentSha256'>>`
    select a.approval_id as "approvalId", p.system_id as boundary, p.is_by_boundary as "isByBoundary", p.content_sha256 as "contentSha256"
      from approvals a join sync_plans p on p.plan_id = a.plan_id
     where p.external_system_id = ${systemId} and a.status = 'pending' order by a.id`.execute(db);
  return rows;
}

/** Asks for approval of what waits in a boundary. @returns the approval's id. */
export async function insertApproval(
  db: Kysely<Database>,
  asked: {
    readonly systemId: number;
    readonly boundary: string | null;
    readonly operationId: string;
    readonly content: readonly WaitingChange[];
    readonly contentSha256: string;
    readonly action: string;
  },
): Promise<string> {
  const { rows: plans } = await sql<{ plan_id: string }>`
    insert into sync_plans (external_system_id, system_id, is_by_boundary, content, content_sha256, operation_id)
    values (${asked.systemId}, ${asked.boundary}, true, ${storableJson(asked.content)}::jsonb, ${asked.contentSha256}, ${asked.operationId}::uuid)
    returning plan_id`.execute(db);
  const planId = plans[0]?.plan_id ?? '';
  const keys = asked.content.map((change) => change.key);
  await tieWaitingChanges(db, { systemId: asked.systemId }, keys, planId);
  await tieWaitingScans(db, { systemId: asked.systemId }, keys, planId);
  const { rows } = await sql<{ approval_id: string }>`
    insert into approvals (plan_id, requested_action, requested_by)
    values (${planId}::uuid, ${asked.action}, 'tieline')
    returning approval_id`.execute(db);
  const approvalId = rows[0]?.approval_id ?? '';
  const { boundary, content } = asked;
  await recordEvents(db, [{ kind: 'approval.asked', subject: approvalId, boundary, count: content.length }]);
  return approvalId;
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
      insert into sync_plans (external_system_id, system_id, is_by_boundary, content, content_sha256, operation_id)
      select external_system_id, system_id, is_by_boundary, ${storableJson(part.content)}::jsonb, ${part.contentSha256}, operation_id
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

/** Takes back what was asked for and not decided: it is not what waits now. @param ids only these; absent: all of the system. */
export async function withdrawApprovals(
  db: Kysely<Database>,
  systemId: number,
  ids?: readonly string[],
): Promise<void> {
  const { rows } = await sql<{ boundary: string | null; count: number }>`
    with withdrawn as (
      update approvals a set status = 'withdrawn', reason = null, reason_code = ${'no_longer_asked' satisfies ReasonCode}
        from sync_plans p
       where p.plan_id = a.plan_id and p.external_system_id = ${systemId} and a.status = 'pending'
         and (${ids === undefined} or a.approval_id = any(${[...(ids ?? [])]}::uuid[]))
      returning p.system_id
    )
    select system_id as boundary, count(*)::int as count from withdrawn group by 1 order by 1`.execute(db);
  // Each boundary is told of its own, as where they are decided.
  await recordEvents(
    db,
    rows.map(({ boundary, count }) => ({ kind: 'approval.decided', boundary, count })),
  );
}

/** Lets what waits under a plan go out, or drops it. @returns how many changes, and which scans are among them. */
export async function decideApproval(
  db: Kysely<Database>,
  approval: Pick<ApprovalRow, 'approvalId' | 'planId' | 'systemId' | 'boundary'>,
  decided: { readonly approved: boolean; readonly by: string; readonly reason: string | undefined },
): Promise<{ readonly changes: number; readonly scans: readonly number[] }> {
  await sql`
    update approvals set status = ${decided.approved ? 'approved' : 'rejected'}, decided_by = ${decided.by}, decided_at = tieline_now(),
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
  const count = changes + scans.length;
  const { approvalId, boundary } = approval;
  await recordEvents(db, [
    { kind: 'approval.decided', subject: approvalId, boundary, count },
    { kind: 'outbox.changed', boundary, count },
  ]);
  return { changes: count, scans };
}
