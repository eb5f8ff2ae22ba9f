/**
 * Columns of the plan that say, for whoever reads the database beside us, how a POA&M stands: `workflow_status` is the state of its life,
 * `approval_status` that of the newest request about it (an extension, its completion, an earlier date, a deviation), `milestone_schedule` its
 * milestones. They follow what they are made of. What the owner's application wrote into them in other words stays.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { deviationKinds, poamStatuses, type RequestKind } from '../../canonical/vocabulary/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { canonicalStatusOf } from '../poam-status/index.ts';
import { isSystemOf } from '../systems/index.ts';

/** States of requests as `approvals.status` has them. */
const requestStates = ['pending', 'approved', 'rejected', 'withdrawn', 'expired'];
const stateWords = poamStatuses.map((status) => status.toLowerCase().replaceAll(' ', '_'));

/** Which POA&Ms: those of a GRC system, of one boundary, one by its id, or the one that a request is about. */
type StandingOf =
  | { readonly externalSystemId: number }
  | { readonly boundary: string }
  | { readonly poamId: string }
  | { readonly request: { readonly kind: RequestKind; readonly id: string } };

/** Requests whose subject is the POA&M itself. */
const ofPoam = ['extension', 'completion', 'due_date'] as const satisfies readonly RequestKind[];
const isAmong = (kinds: readonly RequestKind[], kind: RequestKind): boolean => kinds.includes(kind);

/** SQL of which rows of `q` they are. */
function chosen(of: StandingOf): RawBuilder<unknown> {
  if ('externalSystemId' in of) return isSystemOf(of.externalSystemId, 'q.system_id');
  if ('boundary' in of) return sql`q.system_id = ${of.boundary}`;
  if ('poamId' in of) return sql`q.poam_id = ${of.poamId}`;
  const { kind, id } = of.request;
  return isAmong(ofPoam, kind)
    ? sql`q.poam_id = ${id}`
    : sql`q.poam_id = (select d.poam_id from deviations d where d.id::text = ${id})`;
}

/** Lets the columns follow. A row that says so already is not written. */
export async function followStanding(db: Kysely<Database>, of: StandingOf): Promise<void> {
  // A step of a workflow and the start of a policy are about no POA&M.
  if ('request' in of && !isAmong([...ofPoam, ...deviationKinds], of.request.kind)) return;
  const canonical = canonicalStatusOf(sql`q.status`);
  await sql`
    with own as materialized (
      select q.id, q.poam_id, q.workflow_status::text as workflow_status, q.approval_status::text as approval_status, q.milestone_schedule,
             case when ${canonical} = any(${[...poamStatuses]}::text[]) then replace(lower(${canonical}), ' ', '_') end as state
        from ingestion_poams q where ${chosen(of)}
    ), asked as (
      select distinct on (poam_id) poam_id, status
        from (select a.subject_id as poam_id, a.status, a.requested_at from approvals a
               where a.subject_kind = any(${[...ofPoam]}::text[]) and a.subject_id in (select poam_id from own)
              union all
              select d.poam_id, a.status, a.requested_at from deviations d join approvals a on a.subject_id = d.id::text
               where a.subject_kind = any(${[...deviationKinds]}::text[]) and d.poam_id in (select poam_id from own)) of_own
       order by poam_id, requested_at desc
    ), planned as (
      select m.poam_id, jsonb_agg(jsonb_build_object('id', m.id, 'milestone', m.milestone_description, 'due', m.scheduled_completion::date,
                                                     'completed', m.actual_completion::date, 'status', m.status) order by m.scheduled_completion, m.id) as schedule
        from ingestion_poam_milestones m where m.poam_id in (select poam_id from own) group by 1
    ), standing as (
      select own.id,
             case when own.workflow_status is null or own.workflow_status = any(${stateWords}::text[]) then own.state else own.workflow_status end as workflow,
             case when own.approval_status is null or own.approval_status = any(${requestStates}::text[]) then asked.status else own.approval_status end as approval,
             case when own.milestone_schedule is null or jsonb_typeof(own.milestone_schedule -> 0 -> 'milestone') is not null
                  then planned.schedule else own.milestone_schedule end as schedule
        from own left join asked on asked.poam_id = own.poam_id left join planned on planned.poam_id = own.poam_id
    )
    update ingestion_poams p set workflow_status = s.workflow, approval_status = s.approval, milestone_schedule = s.schedule
      from standing s
     where p.id = s.id
       and (p.workflow_status::text, p.approval_status::text, p.milestone_schedule) is distinct from (s.workflow, s.approval::text, s.schedule)`.execute(
    db,
  );
}
