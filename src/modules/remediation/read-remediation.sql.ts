/** The work on one finding with its history, and on all findings of a POA&M added up. */
import { isUuid } from '../../platform/values/index.ts';
import { type Kysely, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { RemediationStatus, ValidationStatus } from '../../canonical/vocabulary/index.ts';
import type { Json } from '../../platform/values/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { underEach } from '../../record/poams/index.ts';
import { isThisAssetIn } from '../../record/systems/index.ts';

export interface RemediationEvent {
  readonly at: Date;
  readonly field: string;
  readonly before: Json;
  readonly after: Json;
  /** Null: a scan. */
  readonly by: string | null;
  readonly reason: string | null;
}

/** A scan that was asked for to verify the finding. */
export interface VerifyingScan {
  readonly id: number;
  readonly system: string;
  readonly state: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
}

export interface RemediationDetail {
  readonly key: string;
  readonly status: RemediationStatus | null;
  readonly validation: ValidationStatus | null;
  readonly validatedAt: Date | null;
  readonly assignedTo: string | null;
  /** Whether that is a team. */
  readonly isTeam: boolean;
  readonly due: string | null;
  readonly plan: string | null;
  readonly note: string | null;
  readonly effortHours: number | null;
  readonly cost: number | null;
  readonly fixReportedAt: Date | null;
  readonly fixReportedBy: string | null;
  readonly updatedAt: Date | null;
  readonly history: readonly RemediationEvent[];
  readonly scans: readonly VerifyingScan[];
}

/** Fields of the journal of a finding that are of the work on it. */
const workFields = [
  'remediation_status',
  'validation_status',
  'assigned_to',
  'due_date',
  'remediation_plan',
  'note',
  'effort_estimate_hours',
  'cost_estimate',
  'fix_reported_at',
];
const eventsAtMost = 500;

type Stored = Omit<RemediationDetail, 'history' | 'scans'> & { readonly id: number };

/** @returns undefined where there is no finding of that key in the scope. */
export async function fetchRemediation(
  db: Kysely<Database>,
  scope: Scope,
  key: string,
): Promise<RemediationDetail | undefined> {
  if (!isUuid(key)) return undefined;
  const { rows } = await sql<Stored>`
    select v.id, v.finding_key::text as key, r.remediation_status as status, r.validation_status as validation, r.validated_at as "validatedAt",
           coalesce(p.name, t.name) as "assignedTo", r.assigned_team_id is not null as "isTeam", r.due_date as due, r.remediation_plan as plan, r.note,
           r.effort_estimate_hours as "effortHours", r.cost_estimate::float8 as cost, r.fix_reported_at as "fixReportedAt",
           r.fix_reported_by as "fixReportedBy", r.updated_at as "updatedAt"
      from ingestion_vulnerabilities v
      left join vulnerability_remediation r on r.vulnerability_id = v.id and r.updated_at is not null
      left join principals p on p.id = r.assigned_principal_id
      left join teams t on t.id = r.assigned_team_id
     where v.finding_key = ${key}::uuid and v.lifecycle_state is not null and ${isThisAssetIn(scope, sql`v.asset_ref`)}`.execute(
    db,
  );
  const [found] = rows;
  if (!found) return undefined;
  const { id, ...detail } = found;
  return { ...detail, history: await listEvents(db, id), scans: await listVerifying(db, id) };
}

async function listEvents(db: Kysely<Database>, id: number): Promise<RemediationEvent[]> {
  const { rows } = await sql<RemediationEvent>`
    select c.changed_at as at, c.field_name as field, c.before_value as before, c.after_value as after, c.decided_by as by, c.reason
      from sync_changes c
     where c.entity_type = 'finding' and c.entity_id = ${String(id)} and c.field_name = any(${workFields}::text[])
     order by c.id desc limit ${eventsAtMost}`.execute(db);
  return rows;
}

async function listVerifying(db: Kysely<Database>, id: number): Promise<VerifyingScan[]> {
  const { rows } = await sql<VerifyingScan>`
    select s.id, x.system_name as system, s.state, s.requested_by as "requestedBy", s.requested_at as "requestedAt"
      from remediation_scan_findings f join remediation_scans s on s.id = f.remediation_scan_id join external_systems x on x.id = s.external_system_id
     where f.vulnerability_id = ${id} order by s.id desc limit 50`.execute(db);
  return rows;
}

/** Of a POA&M's findings: how far the work on the open ones is, those that are fixed, and those of which no scan says anything any more. */
type PoamWorkState = RemediationStatus | 'none' | 'missing';

/** The work on the findings of a POA&M, added up. */
export interface PoamRemediation {
  readonly poamId: string;
  readonly findings: number;
  readonly byStatus: Readonly<Record<PoamWorkState, number>>;
  /** Open ones that are nobody's work. */
  readonly unassigned: number;
  /** Open ones that were planned for a day that is past. */
  readonly late: number;
  /** The last day that is planned for any of the open ones. */
  readonly lastDue: string | null;
  readonly effortHours: number | null;
  readonly cost: number | null;
  readonly assignees: readonly { readonly name: string; readonly findings: number }[];
}

type Added = Omit<PoamRemediation, 'byStatus'> & { readonly counts: Readonly<Record<string, number>> };

/** The findings under the POA&M as its life has them (`underEach`), with the work on each. */
const underPoam = (poamId: string) => sql`
  with asked as (select id, system_id, original_detection_date as detected_on from ingestion_poams where poam_id = ${poamId}),
       under as materialized (
    select v.id, v.lifecycle_state in ('open', 'reopened') as is_open, v.lifecycle_state = 'fixed' as is_fixed, r.remediation_status, coalesce(p.name, t.name) as assignee,
           r.due_date, r.effort_estimate_hours, r.cost_estimate
      from (${underEach(sql`select id, system_id, detected_on from asked`)}) each
      join ingestion_vulnerabilities v on v.id = each.finding
      left join vulnerability_remediation r on r.vulnerability_id = v.id and r.updated_at is not null
      left join principals p on p.id = r.assigned_principal_id
      left join teams t on t.id = r.assigned_team_id
     where v.lifecycle_state is not null)`;

/** @returns undefined where there is no such POA&M in the scope. */
export async function fetchPoamRemediation(
  db: Kysely<Database>,
  scope: Scope,
  { poamId, now }: { readonly poamId: string; readonly now: Date },
): Promise<PoamRemediation | undefined> {
  const today = now.toISOString().slice(0, 10);
  const { rows } = await sql<Added>`${underPoam(poamId)}
    select k.poam_id as "poamId", (select count(*)::int from under) as findings,
           coalesce((select jsonb_object_agg(status, n)
                       from (select case when is_open then coalesce(remediation_status, 'none') when is_fixed then 'fixed' else 'missing' end as status, count(*)::int as n
                               from under group by 1) counted), '{}') as counts,
           (select count(*)::int from under where is_open and assignee is null) as unassigned,
           (select count(*)::int from under where is_open and due_date < ${today}::date) as late,
           (select max(due_date) from under where is_open) as "lastDue",
           (select sum(effort_estimate_hours)::int from under) as "effortHours", (select sum(cost_estimate)::float8 from under) as cost,
           coalesce((select jsonb_agg(jsonb_build_object('name', assignee, 'findings', n) order by n desc, assignee)
                       from (select assignee, count(*)::int as n from under where is_open and assignee is not null group by 1) each), '[]') as assignees
      from ingestion_poams k where k.poam_id = ${poamId} and ${inScope(scope, sql`k.system_id`)}`.execute(db);
  const [added] = rows;
  if (!added) return undefined;
  const { counts, ...rest } = added;
  const of = (status: PoamWorkState): number => counts[status] ?? 0;
  return {
    ...rest,
    byStatus: {
      none: of('none'),
      open: of('open'),
      in_progress: of('in_progress'),
      blocked: of('blocked'),
      fix_reported: of('fix_reported'),
      fixed: of('fixed'),
      missing: of('missing'),
    },
  };
}
