/**
 * What waits for a person, of every kind, as rows of one relation. Each part selects just what its list holds
 * (conflict-list, approval-list, match-list, outbox-list, …): a test holds the counts against those of the lists.
 */
import { lostEvidence, unsentEvidence } from '../../record/artifacts/index.ts';
import { type RawBuilder, sql } from 'kysely';
import { type Actor, inScope, type Scope } from '../../canonical/access/index.ts';
import type { InboxKind } from '../../canonical/lists/index.ts';
import { isNobodys, isOfPersons } from '../../record/assignments/index.ts';
import { isVisible, waitingAlerts } from '../../modules/alerts/index.ts';
import { waitingDeviations } from '../../modules/deviations/index.ts';
import { isLateAgainstObligation, unansweredFacts } from '../../modules/due-dates/index.ts';
import { boundaryOf, namedBy } from '../../record/entities/index.ts';
import { isAskedOfDeciders } from '../../record/poam-life/index.ts';
import { isBeyond, isReviewLate, reviewDueAt } from '../../record/poams/index.ts';
import { isOpenPoam } from '../../record/poam-status/index.ts';
import { assetsOfSystem, isAssetIn, systemsOfAsset } from '../../record/systems/index.ts';
import { openFindingsOf } from '../../record/weaknesses/index.ts';
import { reportsToRead } from '../../modules/reports/index.ts';
import { mostDays } from '../../modules/intelligence/index.ts';

/** The latest check of each kind of each connection. */
const latestChecks = sql`
  select distinct on (h.external_system_id, h.health_check_type) h.external_system_id, h.health_check_type, h.status, h.checked_at, h.error_details
    from integration_health h order by h.external_system_id, h.health_check_type, h.checked_at desc, h.id desc`;

/** The latest read of each entity from each connection, and the latest judgement of weaknesses: what these held is held now. */
const latestReads = sql`
  select distinct on (external_system, batch_type) batch_id, external_system, batch_type, started_at
    from ingestion_batches
   where (operation_type = 'import' or batch_type in ('weaknesses', 'evidence')) and parent_operation_id is not null
     and status in ('completed', 'completed_with_issues')
   order by external_system, batch_type, id desc`;

/** After how many days what is loaded of a feed is old. */
const feedAges = sql.join(
  Object.entries(mostDays).flatMap(([feed, days]) =>
    days === undefined ? [] : [sql`(${feed}::text, ${days}::int)`],
  ),
);

/** The ids of the principal who asks; of the operator at the machine, who is none, of the one of the same name. */
const mine = ({ kind, name, principalId }: Actor): RawBuilder<unknown> =>
  kind === 'local'
    ? sql`select p.id from principals p where lower(p.name) = lower(${name})`
    : sql`select p.id from principals p where p.id::text = ${principalId}`;

/**
 * Queries, within a scope and for whoever asks, of subject, since (UTC), system_id, connection, entity_type, entity_id, detail (what is said
 * beside the title), and place_kind and place_id: the record whose page is the place to act.
 */
export const inboxParts: Readonly<
  Record<
    InboxKind,
    (within: Scope, reader: { readonly actor: Actor; readonly now: Date }) => RawBuilder<unknown>
  >
> = {
  // Whoever reported a fix has done what they can: a scan is next.
  assigned_finding: (within, { actor }) => sql`
    select v.id::text, coalesce(r.updated_at, v.first_found at time zone 'UTC'),
           (select min(own.system_id) from (${systemsOfAsset(within, sql`v.asset_ref`)}) own), null, null, null,
           concat_ws(' ', coalesce(s.name, v.vulnerability_name), 'on', coalesce(a.hostname, v.asset_ref::text), 'by ' || r.due_date::text),
           'finding', v.finding_key::text
      from vulnerability_remediation r join ingestion_vulnerabilities v on v.id = r.vulnerability_id
      left join scan_plugins s on s.plugin_id = v.plugin_id::text left join ingestion_assets a on a.asset_uuid = v.asset_ref
     where v.finding_key is not null and v.severity_rank is not null and v.lifecycle_state in ('open', 'reopened')
       and r.updated_at is not null and r.remediation_status <> 'fix_reported' and ${isAssetIn(within, sql`v.asset_ref`)}
       and ${isOfPersons('r', mine(actor))}`,
  // Theirs, their teams', or nobody's: as the filter `waits` of the list of tasks.
  task: (within, { actor }) => sql`
    select t.id::text, t.made_at, t.system_id::text, null, null, null, concat_ws(' ', t.what || ':', t.entity_type, t.entity_id, 'by ' || t.due_on::text),
           'task', t.id::text
      from work_tasks t
     where t.done_at is null and ${inScope(within, sql`t.system_id`)}
       and (${isNobodys('t')} or ${isOfPersons('t', mine(actor))})`,
  // Of a schedule that names them, until they fetch its file or say that it is read.
  report: (_within, reader) => reportsToRead(reader, mine(reader.actor)),
  // Those of kinds that have no row of their own here; whoever sees what an alert is about sees the alert.
  alert: (within, { actor, now }) => sql`
    select a.alert_id::text, a.created_at, a.system_id::text, null, null, null, concat_ws(': ', a.severity, a.title),
           'alert', a.alert_id::text
      from alerts a
     where ${isVisible({ scope: within, actor, now })}
       and ${waitingAlerts(isOfPersons('a', mine(actor)))}`,
  overdue_review: (within, { now }) => sql`
    select p.poam_id::text, ${reviewDueAt} at time zone 'UTC', p.system_id::text, null, 'poam', p.poam_id::text, 'review', 'poam', p.poam_id::text
      from ingestion_poams p
     where ${isOpenPoam('p')} and ${isReviewLate(now)} and ${inScope(within, sql`p.system_id`)}`,
  control_proposal: (within) => sql`
    select r.id::text, r.opened_at, c.system_id::text, null, 'control', c.id::text,
           concat(c.control_id, ': ', coalesce(r.present, 'no status'), ' → ', r.proposed, ', ',
                  case r.code when 'weaknesses_open' then concat(jsonb_array_length(r.facts -> 'open'), ' open under it')
                              else concat('nothing open any more, ', jsonb_array_length(r.facts -> 'closed'), ' closed') end),
           'system', c.system_id::text
      from control_status_proposals r join ingestion_controls c on c.id = r.control_ref
     where r.settled_at is null and ${inScope(within, sql`c.system_id`)}`,
  control_assessment: (within, { now }) => sql`
    select c.id::text, (coalesce(c.next_assessment_date, c.next_assessment_due::date)::timestamp - interval '30 days') at time zone 'UTC',
           c.system_id::text, null, 'control', c.id::text,
           concat(c.control_id, ' is to be assessed by ', coalesce(c.next_assessment_date, c.next_assessment_due::date)),
           'system', c.system_id::text
      from ingestion_controls c
     where coalesce(c.next_assessment_date, c.next_assessment_due::date) <= (${now.toISOString().slice(0, 10)}::date + 30)
       and ${inScope(within, sql`c.system_id`)}
       and not exists (select from ingestion_controls older where older.system_id = c.system_id and older.control_id = c.control_id and older.id < c.id)`,
  conflict: () => sql`
    select c.id::text as subject, c.created_at at time zone 'UTC' as since, ${boundaryOf(namedBy('c'))} as system_id, s.system_name as connection,
           c.entity_type::text as entity_type, c.entity_id::text as entity_id, concat_ws(' ', c.conflict_type, c.field_name) as detail,
           'conflict' as place_kind, c.id::text as place_id
      from sync_conflicts c left join external_systems s on s.id = c.external_system_id
     where c.resolution_status = 'pending'`,
  approval: () => sql`
    select a.approval_id::text, a.requested_at, coalesce(p.system_id, a.system_id)::text, s.system_name, null, null, a.requested_action, 'approval', a.approval_id::text
      from approvals a left join sync_plans p on p.plan_id = a.plan_id left join external_systems s on s.id = p.external_system_id
     where a.status = 'pending'`,
  match: () => sql`
    select r.id::text, r.opened_at, coalesce(a.system_id, shared.system_id, best.system_id)::text, s.system_name, 'asset', a.asset_uuid::text, r.kind, 'match', r.id::text
      from match_reviews r join external_systems s on s.id = r.external_system_id
      left join asset_identity_decisions d on d.id = r.decision_id
      left join ingestion_assets a on a.asset_uuid = coalesce(r.asset_uuid, d.asset_uuid)
      left join system_components shared on shared.id = r.component_id
      left join lateral (select c.system_id from asset_correlations k join system_components c on c.id = k.component_id
                          where r.kind = 'component' and k.asset_uuid = r.asset_uuid and c.external_system_id = r.external_system_id
                            and k.decided_by_kind = 'rule'
                          order by k.score desc, c.id limit 1) fitting on true
      left join lateral (select coalesce(fitting.system_id,
                                         (select min(b.system_id) from boundary_decisions b
                                           where r.kind = 'boundary' and b.asset_uuid = r.asset_uuid and b.decision = 'review')) as system_id) best on true
     where r.settled_at is null`,
  refused_change: () => sql`
    select o.id::text, coalesce(o.settled_at, o.created_at), ${boundaryOf(namedBy('o'))}, s.system_name, o.entity_type::text, o.entity_id::text,
           coalesce(o.failure ->> 'message', o.reason), 'change', o.id::text
      from sync_outbox o join external_systems s on s.id = o.external_system_id
     where o.state = 'failed'`,
  held_record: () => sql`
    select held.subject, held.since, null, held.connection, held.entity, held.identifier, held.detail, 'operation', held.operation
      from (select distinct on (l.batch_id, coalesce(e.record_identifier, e.id::text))
                   e.id::text as subject, l.started_at at time zone 'UTC' as since, l.external_system as connection, l.batch_type as entity,
                   e.record_identifier as identifier, coalesce(e.error_message, e.error_type) as detail, l.batch_id::text as operation
              from (${latestReads}) l join ingestion_errors e on e.batch_id = l.batch_id and e.error_type is distinct from 'policy'
             order by l.batch_id, coalesce(e.record_identifier, e.id::text), e.id desc) held`,
  unanswered_weakness: () => sql`
    select w.id::text, w.created_at, w.system_id::text, null, 'weakness', w.identifier::text,
           case when w.grouping = 'plugin' then concat_ws(' ', w.severity, 'plugin', w.identifier) else concat_ws(' ', w.severity, coalesce(w.title, w.identifier)) end,
           case when w.grouping = 'plugin' then 'plugin' end, case when w.grouping = 'plugin' then w.identifier::text end
      from weaknesses w
     where w.poam_id is null
       and case when w.grouping <> 'plugin' then (select found.n from (${openFindingsOf}) found) > 0
                else exists (select from (${assetsOfSystem(sql`w.system_id`)}) member
                               join ingestion_assets a on a.asset_uuid = member.asset_uuid
                               join ingestion_vulnerabilities f on f.asset_ref = a.asset_uuid
                              where a.deleted_at is null and a.terminated_at is null
                                and f.plugin_id::text = w.identifier and f.lifecycle_state in ('open', 'reopened')
                                and (f.severity_rank >= 3 or exists (select from weakness_findings k where k.weakness_id = w.id and k.finding_id = f.id))) end`,
  late_obligation: () => sql`
    select p.poam_id::text, d.since, p.system_id::text, null, 'poam', p.poam_id::text,
           concat('obliged by ', d.obliged_by, ', promised for ', p.scheduled_completion::date,
                  case when d.proposed = p.scheduled_completion::date then ' (proposed, because the obligation was past)' end),
           'poam', p.poam_id::text
      from poam_due_dates d join ingestion_poams p on p.id = d.poam_ref
     where ${isLateAgainstObligation('d', 'p')}
       -- Asked about it already, by its rating: one thing is one row.
       and not exists (select from poam_questions q where q.poam_id = p.poam_id and q.code = 'due_earlier' and q.settled_at is null)
       and not ${isAskedOfDeciders('p')}`,
  milestone_beyond: () => sql`
    select m.id::text, coalesce((select max(c.changed_at) from sync_changes c
                                  where c.entity_type = 'poam' and c.entity_id = p.poam_id and c.field_name = 'scheduled_completion'), p.updated_at at time zone 'UTC', tieline_now()),
           p.system_id::text, null, 'milestone', m.id::text,
           concat(m.milestone_description, ': planned for ', m.scheduled_completion::date, ', its POA&M promises ', p.scheduled_completion::date),
           'poam', p.poam_id::text
      from ingestion_poam_milestones m join ingestion_poams p on p.poam_id = m.poam_id
     where ${isBeyond}`,
  unanswered_fact: () => sql`${unansweredFacts} where ${isOpenPoam('p')}`,
  poam_question: () => sql`
    select q.id::text, q.opened_at, p.system_id::text, s.system_name, 'poam', q.poam_id::text, q.code || ' ' || q.params::text, 'poam', q.poam_id::text
      from poam_questions q join ingestion_poams p on p.poam_id = q.poam_id left join external_systems s on s.id = q.external_system_id
     where q.settled_at is null`,
  unsent_evidence: () =>
    sql`select w.subject, w.since, w.system_id, w.connection, 'poam', w.subject, w.what, 'poam', w.subject from (${unsentEvidence}) w`,
  lost_evidence: () =>
    sql`select w.subject, w.since, w.system_id, w.connection, 'poam', w.subject, w.what, 'poam', w.subject from (${lostEvidence}) w`,
  missing_finding: (within) => sql`
    select v.id::text, v.missing_since, (select min(own.system_id) from (${systemsOfAsset(within, sql`v.asset_ref`)}) own), s.system_name,
           'finding', v.id::text, concat_ws(' ', v.severity::text, 'plugin', v.plugin_id::text, 'on', a.hostname),
           'finding', v.finding_key::text
      from ingestion_vulnerabilities v
      left join ingestion_assets a on a.asset_uuid = v.asset_ref left join external_systems s on s.id = v.external_system_id
     where v.missing_since is not null and v.lifecycle_state = 'missing' and v.severity_rank > 0 and ${isAssetIn(within, sql`v.asset_ref`)}`,
  deviation: () =>
    sql`select w.subject, w.since, w.system_id, null, null, null, w.what, 'deviation', w.subject from (${waitingDeviations}) w`,
  // A machine in two boundaries is one row: of the first of those that are looked at.
  unreported_asset: (within) => sql`
    select a.asset_uuid::text, a.unreported_since, (select min(own.system_id) from (${systemsOfAsset(within, sql`a.asset_uuid`)}) own), null, 'asset', a.asset_uuid::text, null, 'asset', a.asset_uuid::text
      from ingestion_assets a where a.unreported_since is not null and a.merged_into is null and ${isAssetIn(within, sql`a.asset_uuid`)}`,
  unhealthy_connection: () => sql`
    select s.id::text, min(h.checked_at), null, s.system_name, 'connection', s.id::text,
           string_agg(concat_ws(': ', h.health_check_type, h.error_details ->> 'detail'), '; ' order by h.health_check_type),
           'connection', s.system_name
      from (${latestChecks}) h join external_systems s on s.id = h.external_system_id
     where h.status = 'unhealthy' and s.removed_at is null and s.sync_enabled is not false
     group by s.id, s.system_name`,
  paused_connection: () => sql`
    select s.id::text, coalesce(s.sync_paused_at, s.sending_paused_at), null, s.system_name, 'connection', s.id::text,
           coalesce(s.sync_paused_reason, s.sending_paused_reason), 'connection', s.system_name
      from external_systems s
     where s.removed_at is null and (s.sending_paused_at is not null or s.sync_paused_at is not null)`,
  // A request names a person: what is shown here is its number, not whose it is.
  privacy_request: (_within, { now }) => sql`
    select r.id::text, coalesce(r.due_date::timestamp at time zone 'UTC', r.created_at), null, null, null, null,
           concat_ws(' ', 'request', r.id, replace(r.request_type, '_', ' ') || ',', replace(r.status, '_', ' '),
                     case when r.due_date < ${now.toISOString().slice(0, 10)}::date then 'LATE: was due ' || r.due_date::text
                          when r.due_date is not null then 'due ' || r.due_date::text end),
           'privacy', r.id::text
      from data_subject_requests r where r.status <> 'closed'`,
  workflow: () => sql`
    select w.workflow_name || case when w.stopped_code is not null then ':stopped' else ':version' end, coalesce(w.stopped_at, v.saved_at), null, null, null, null,
           case when w.stopped_code is not null then concat_ws(' ', w.workflow_name, 'stopped:', replace(w.stopped_code, '_', ' '))
                else concat_ws(' ', w.workflow_name, 'version', v.version, 'by', v.saved_by) end, 'workflow', w.workflow_name
      from workflows w left join workflow_versions v on v.workflow_id = w.id and v.version = w.latest_version and v.state = 'waiting'
     where w.removed_at is null and (w.stopped_code is not null or v.version is not null)`,
  // A run that halted waits for its workflow, which has a row of its own.
  workflow_run: (within) => sql`
    select e.execution_id::text, e.updated_at, e.system_id::text, null, null, null,
           concat_ws(' ', w.workflow_name, e.status, 'for', e.record_kind, e.record_id), 'workflow_run', e.execution_id::text
      from workflow_executions e join workflows w on w.id = e.workflow_id
     where e.status in ('failed', 'held') and e.version is not null and ${inScope(within, sql`e.system_id`)}`,
  // Who they are is for who administers accounts; this is seen by nobody else.
  unknown_identity: () => sql`
    select u.id::text, u.first_at, null, null, null, null,
           concat_ws(' ', coalesce(u.presented ->> 'displayName', u.presented ->> 'name', u.subject), 'by', u.issuer), 'identity', u.id::text
      from unknown_identities u where u.settled_at is null`,
  // As `tieline intelligence` says it: older by whole days than what is loaded of the feed should be.
  old_feed: (_within, { now }) => sql`
    select l.feed::text, l.newest + (m.days + 1) * interval '1 day', null, null, null, null,
           concat_ws(' ', l.feed, 'of', to_char(l.newest at time zone 'UTC', 'YYYY-MM-DD')), 'feed', l.feed::text
      from (select feed, max(feed_date) as newest from intelligence_loads group by feed) l
      join (values ${feedAges}) m(feed, days) on m.feed = l.feed
     where l.newest + (m.days + 1) * interval '1 day' <= ${now}::timestamptz`,
};
