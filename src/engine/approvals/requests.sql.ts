/** Requests: rows of approvals that ask for something a person wants, and the answers of their deciders. */
import { boundariesOfGrant } from '../../record/systems/index.ts';
import { sql, type Kysely } from 'kysely';
import type { ReasonCode, RequestEnd, RequestKind } from '../../canonical/vocabulary/index.ts';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import { recordEvents } from '../../ledger/events/index.ts';
import { shownReason } from '../../ledger/operations/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import type { ApprovalStatus } from './approvals.sql.ts';
import type { Answer, Delegation, Level } from './levels.ts';

/** What is asked for, a line a field, in plain words. */
export interface AskedLine {
  readonly field: string;
  readonly before?: string | undefined;
  readonly after: string;
}

export interface RequestSubject {
  readonly kind: RequestKind;
  /** Our id of what it is asked for. */
  readonly id: string;
}

export interface GivenAnswer extends Answer {
  readonly at: Date;
  readonly reason: string | null;
  /** Who delegated it to them; null: they decided by their own role. */
  readonly inPlaceOf: string | null;
}

export interface RequestRow {
  /** Of the row. */
  readonly number: number;
  readonly approvalId: string;
  readonly action: string;
  readonly requestedBy: string;
  readonly requestedByPrincipal: string | null;
  readonly requestedAt: Date;
  readonly status: ApprovalStatus;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly reason: string | null;
  /** The authorization boundary of what it is about; null where it is in none. */
  readonly boundary: string | null;
  readonly boundaryName: string | null;
  readonly contentSha256: string;
  readonly subject: RequestSubject;
  readonly severity: string | null;
  readonly rationale: string;
  readonly lines: readonly AskedLine[];
  readonly levels: readonly Level[];
  readonly answers: readonly GivenAnswer[];
  readonly expiresAt: Date | null;
  /** The run of a workflow that waits for it; null: none does. */
  readonly executionId: string | null;
  /** Names or keys of others who have a part in asking, and so do not decide. */
  readonly barred: readonly string[];
  /** Those of deciders who hold the role that they delegated still. */
  readonly delegations: readonly Delegation[];
}

/** SQL of whether who delegated, `d`, of request `a`, holds that role there now; the operator at the machine stands in for each. */
const holdsStill = sql`(d.delegated_by_principal like 'local:%' or exists (
  select from grants g join principals p on p.id = g.principal_id
   where p.id::text = d.delegated_by_principal and p.status <> 'disabled' and g.role = d.role_name and g.revoked_at is null
     and (g.until_at is null or g.until_at > tieline_now())
     and (g.reach = 'everywhere' or (a.system_id is null and g.unassigned) or a.system_id = any(${boundariesOfGrant}))))`;

const requests = sql`
    select a.id as number, a.approval_id as "approvalId", a.requested_action as action, a.requested_by as "requestedBy",
           a.requested_by_principal as "requestedByPrincipal", a.requested_at as "requestedAt", a.status, a.decided_by as "decidedBy",
           a.decided_at as "decidedAt", a.reason, a.reason_code as "reasonCode", a.system_id as boundary,
           (select own.name from ingestion_systems own where own.system_id = a.system_id order by own.id limit 1) as "boundaryName",
           a.content_sha256 as "contentSha256", a.subject_kind as kind, a.subject_id as id, a.severity, a.asked ->> 'rationale' as rationale,
           a.asked -> 'lines' as lines, coalesce(a.asked -> 'barred', '[]') as barred, a.levels, a.expires_at as "expiresAt", a.execution_id as "executionId",
           (select coalesce(jsonb_agg(jsonb_build_object('level', w.level_number, 'role', w.role_name, 'approved', w.approved, 'by', w.answered_by,
                      'principalId', w.answered_by_principal, 'at', w.answered_at, 'reason', w.reason, 'inPlaceOf', w.in_place_of) order by w.level_number, w.answered_at), '[]')
              from approval_answers w where w.approval_id = a.approval_id) as answers,
           (select coalesce(jsonb_agg(jsonb_build_object('level', d.level_number, 'role', d.role_name, 'by', d.delegated_by, 'to', d.delegated_to,
                      'toPrincipalId', d.delegated_to_principal) order by d.delegated_at), '[]')
              from approval_delegations d where d.approval_id = a.approval_id and ${holdsStill}) as delegations
      from approvals a`;

type Stored = Omit<RequestRow, 'subject' | 'answers'> & {
  readonly reasonCode: ReasonCode | null;
  readonly kind: RequestKind;
  readonly id: string;
  readonly answers: readonly (Omit<GivenAnswer, 'at'> & { readonly at: string })[];
};

function shown(row: Stored): RequestRow {
  const { kind, id, reasonCode, answers, reason, ...rest } = row;
  return {
    ...rest,
    subject: { kind, id },
    reason: shownReason({ reason, reasonCode, reasonParams: null }),
    answers: answers.map((answer) => ({ ...answer, at: new Date(answer.at) })),
  };
}

export interface RequestFilter {
  /** Absent: of any state. */
  readonly status?: ApprovalStatus;
  readonly kind?: RequestKind;
  readonly subject?: RequestSubject;
  /** The whole id. */
  readonly approvalId?: string;
  /** Numbers of rows. */
  readonly ids?: readonly number[];
  /** Those that a run of a workflow makes. */
  readonly executionId?: string;
}

/** Newest last. */
export async function listRequests(
  db: Kysely<Database>,
  filter: RequestFilter,
  limit: number,
): Promise<RequestRow[]> {
  const { rows } = await sql<Stored>`${requests}
     where a.subject_kind is not null
       and (${filter.status ?? null}::text is null or a.status = ${filter.status ?? null})
       and (${filter.kind ?? filter.subject?.kind ?? null}::text is null or a.subject_kind = ${filter.kind ?? filter.subject?.kind ?? null})
       and (${filter.subject?.id ?? null}::text is null or a.subject_id = ${filter.subject?.id ?? null})
       and (${filter.approvalId ?? null}::text is null or a.approval_id::text = ${filter.approvalId?.toLowerCase() ?? null})
       and (${filter.ids === undefined} or a.id = any(${[...(filter.ids ?? [])]}::int[]))
       and (${filter.executionId ?? null}::uuid is null or a.execution_id = ${filter.executionId ?? null}::uuid)
     order by a.id desc limit ${limit}`.execute(db);
  return rows.map(shown).toReversed();
}

/** Requests within the scope whose id begins so, locked against a second decision until the transaction ends; at most two. */
export async function lockRequests(
  db: Kysely<Database>,
  prefix: string,
  scope: Scope,
): Promise<RequestRow[]> {
  const { rows } = await sql<Stored>`${requests}
     where a.subject_kind is not null and ${inScope(scope, sql`a.system_id`)} and a.approval_id::text like ${`${prefix.toLowerCase()}%`}
     order by a.id limit 2 for update of a`.execute(db);
  return rows.map(shown);
}

/** The request that waits about a subject, locked. */
export async function lockPendingRequest(
  db: Kysely<Database>,
  subject: RequestSubject,
): Promise<RequestRow | undefined> {
  const { rows } = await sql<Stored>`${requests}
     where a.subject_kind = ${subject.kind} and a.subject_id = ${subject.id} and a.status = 'pending' for update of a`.execute(
    db,
  );
  return rows[0] && shown(rows[0]);
}

/** Requests that nobody decided in time, locked. */
export async function lockOverdueRequests(
  db: Kysely<Database>,
  now: Date,
  limit: number,
): Promise<RequestRow[]> {
  const { rows } = await sql<Stored>`${requests}
     where a.subject_kind is not null and a.status = 'pending' and a.expires_at <= ${now}::timestamptz
     order by a.expires_at, a.id limit ${limit} for update of a skip locked`.execute(db);
  return rows.map(shown);
}

/** One request that nobody decided in time, locked; undefined where it was decided, or its time is not over. */
export async function lockOverdueRequest(
  db: Kysely<Database>,
  approvalId: string,
  now: Date,
): Promise<RequestRow | undefined> {
  const { rows } = await sql<Stored>`${requests}
     where a.approval_id = ${approvalId}::uuid and a.status = 'pending' and a.expires_at <= ${now}::timestamptz for update of a`.execute(
    db,
  );
  return rows[0] && shown(rows[0]);
}

/** @returns its id; undefined where somebody else asked about the subject at the same moment. */
export async function insertRequest(
  db: Kysely<Database>,
  asked: Pick<
    RequestRow,
    | 'action'
    | 'requestedBy'
    | 'requestedAt'
    | 'boundary'
    | 'contentSha256'
    | 'subject'
    | 'severity'
    | 'rationale'
    | 'lines'
    | 'levels'
    | 'expiresAt'
    | 'executionId'
    | 'barred'
  > & { readonly requestedByPrincipal: string },
): Promise<string | undefined> {
  const { rows } = await sql<{ approval_id: string }>`
    insert into approvals (subject_kind, subject_id, system_id, severity, asked, content_sha256, levels, requested_action, requested_by,
                           requested_by_principal, requested_at, expires_at, execution_id)
    values (${asked.subject.kind}, ${asked.subject.id}, ${asked.boundary}, ${asked.severity},
            ${storableJson({ rationale: asked.rationale, lines: asked.lines, ...(asked.barred.length > 0 ? { barred: asked.barred } : {}) })}::jsonb, ${asked.contentSha256}, ${storableJson(asked.levels)}::jsonb,
            ${asked.action}, ${asked.requestedBy}, ${asked.requestedByPrincipal}, ${asked.requestedAt}::timestamptz, ${asked.expiresAt}::timestamptz,
            ${asked.executionId}::uuid)
    on conflict (subject_kind, subject_id) where status = 'pending' and subject_kind is not null do nothing
    returning approval_id`.execute(db);
  const approvalId = rows[0]?.approval_id;
  if (approvalId === undefined) return undefined;
  await recordEvents(db, [{ kind: 'approval.asked', subject: approvalId, boundary: asked.boundary }]);
  return approvalId;
}

export async function insertAnswer(
  db: Kysely<Database>,
  approvalId: string,
  answer: GivenAnswer,
): Promise<void> {
  await sql`
    insert into approval_answers (approval_id, level_number, role_name, approved, answered_by, answered_by_principal, answered_at, reason, in_place_of)
    values (${approvalId}::uuid, ${answer.level}, ${answer.role}, ${answer.approved}, ${answer.by}, ${answer.principalId},
            ${answer.at}::timestamptz, ${answer.reason}, ${answer.inPlaceOf})`.execute(db);
}

/** One decider delegates a level to one person: said again, it is to the other. */
export async function insertDelegation(
  db: Kysely<Database>,
  approvalId: string,
  delegation: Delegation & {
    readonly byPrincipalId: string;
    readonly at: Date;
    readonly reason: string | null;
  },
): Promise<void> {
  const { level, role, by, byPrincipalId, to, toPrincipalId, at, reason } = delegation;
  await sql`
    insert into approval_delegations (approval_id, level_number, role_name, delegated_by, delegated_by_principal, delegated_to, delegated_to_principal,
                                      delegated_at, reason)
    values (${approvalId}::uuid, ${level}, ${role}, ${by}, ${byPrincipalId}, ${to}, ${toPrincipalId}, ${at}::timestamptz, ${reason})
    on conflict (approval_id, level_number, role_name, delegated_by_principal) do update
       set delegated_to = excluded.delegated_to, delegated_to_principal = excluded.delegated_to_principal, delegated_at = excluded.delegated_at,
           reason = excluded.reason`.execute(db);
}

const statusAfter: Readonly<Record<RequestEnd | 'approved', ApprovalStatus>> = {
  approved: 'approved',
  rejected: 'rejected',
  withdrawn: 'withdrawn',
  expired: 'expired',
  lapsed: 'withdrawn',
};

/** How a request ends: by whom, and why in their words; or by itself, for a reason of Tieline's. */
export interface RequestClose {
  readonly how: RequestEnd | 'approved';
  readonly at: Date;
  readonly by?: string | undefined;
  readonly reason?: string | undefined;
  readonly code?: ReasonCode | undefined;
}

/** Ends a request. */
export async function closeRequest(
  db: Kysely<Database>,
  request: Pick<RequestRow, 'approvalId' | 'boundary'>,
  { how, at, by, reason, code }: RequestClose,
): Promise<void> {
  await sql`
    update approvals set status = ${statusAfter[how]}, decided_by = ${by ?? null}, decided_at = ${at}::timestamptz, reason = ${reason ?? null},
           reason_code = ${code ?? null}
     where approval_id = ${request.approvalId}::uuid`.execute(db);
  await recordEvents(db, [
    { kind: 'approval.decided', subject: request.approvalId, boundary: request.boundary },
  ]);
}

/** Requests that wait. */
export async function countPendingRequests(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from approvals where status = 'pending' and subject_kind is not null`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}
