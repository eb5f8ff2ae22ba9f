/**
 * What waits for a person, of every kind, as rows of one relation. Each part selects just what its list holds
 * (conflict-list, approval-list, match-list, outbox-list, …): a test holds the counts against those of the lists.
 */
import { type RawBuilder, sql } from 'kysely';
import { type Actor, inScope, type Scope } from '../../canonical/access/index.ts';
import type { InboxKind } from '../../canonical/lists/index.ts';
import { waitingDeviations } from '../../modules/deviations/index.ts';
import { isLateAgainstObligation, unansweredFacts } from '../../modules/due-dates/index.ts';
import { boundaryOf, namedBy } from '../../record/entities/index.ts';
import { isReviewLate, reviewDueAt } from '../../record/poams/index.ts';
import { isOpenPoam } from '../../record/poam-status/index.ts';
import { assetsOfSystem, isAssetIn, systemsOfAsset } from '../../record/systems/index.ts';
import { openFindingsOf } from '../../record/weaknesses/index.ts';
import { mostDays } from '../../modules/intelligence/index.ts';

/** The latest check of each kind of each connection. */
const latestChecks = sql`
  select distinct on (h.external_system_id, h.health_check_type) h.external_system_id, h.health_check_type, h.status, h.checked_at, h.error_details
    from integration_health h order by h.external_system_id, h.health_check_type, h.checked_at desc, h.id desc`;

/** The latest read of each entity from each connection, and the latest judgement of weaknesses: what these held is held now. */
const latestReads = sql`
  select distinct on (external_system, batch_type) batch_id, external_system, batch_type, started_at
    from ingestion_batches
   where (operation_type = 'import' or batch_type = 'weaknesses') and parent_operation_id is not null
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
 * Queries, within a scope and for whoever asks, of subject, since (UTC), system_id, connection, entity_type, entity_id and detail (what is said
 * beside the title).
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
           concat_ws(' ', coalesce(s.name, v.vulnerability_name), 'on', coalesce(a.hostname, v.asset_ref::text), 'by ' || r.due_date::text)
      from vulnerability_remediation r join ingestion_vulnerabilities v on v.id = r.vulnerability_id
      left join scan_plugins s on s.plugin_id = v.plugin_id::text left join ingestion_assets a on a.asset_uuid = v.asset_ref
     where v.finding_key is not null and v.severity_rank is not null and v.lifecycle_state in ('open', 'reopened')
       and r.updated_at is not null and r.remediation_status <> 'fix_reported' and ${isAssetIn(within, sql`v.asset_ref`)}
       and (r.assigned_principal_id in (${mine(actor)})
            or r.assigned_team_id in (select m.team_id from team_members m where m.principal_id in (${mine(actor)})))`,
  // Theirs, their teams', or nobody's: as the filter `waits` of the list of tasks.
  task: (within, { actor }) => sql`
    select t.id::text, t.made_at, t.system_id::text, null, null, null, concat_ws(' ', t.what || ':', t.entity_type, t.entity_id, 'by ' || t.due_on::text)
      from work_tasks t
     where t.done_at is null and ${inScope(within, sql`t.system_id`)}
       and (t.assigned_principal_id is null and t.assigned_team_id is null or t.assigned_principal_id in (${mine(actor)})
            or t.assigned_team_id in (select m.team_id from team_members m where m.principal_id in (${mine(actor)})))`,
  overdue_review: (within, { now }) => sql`
    select p.poam_id::text, ${reviewDueAt} at time zone 'UTC', p.system_id::text, null, 'poam', p.poam_id::text, 'review'
      from ingestion_poams p
     where ${isOpenPoam('p')} and ${isReviewLate(now)} and ${inScope(within, sql`p.system_id`)}`,
  conflict: () => sql`
    select c.id::text as subject, c.created_at at time zone 'UTC' as since, ${boundaryOf(namedBy('c'))} as system_id, s.system_name as connection,
           c.entity_type::text as entity_type, c.entity_id::text as entity_id, concat_ws(' ', c.conflict_type, c.field_name) as detail
      from sync_conflicts c left join external_systems s on s.id = c.external_system_id
     where c.resolution_status = 'pending'`,
  approval: () => sql`
    select a.approval_id::text, a.requested_at, coalesce(p.system_id, a.system_id)::text, s.system_name, null, null, a.requested_action
      from approvals a left join sync_plans p on p.plan_id = a.plan_id left join external_systems s on s.id = p.external_system_id
     where a.status = 'pending' and a.execution_id is null`,
  match: () => sql`
    select r.id::text, r.opened_at, coalesce(a.system_id, shared.system_id, best.system_id)::text, s.system_name, 'asset', a.asset_uuid::text, r.kind
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
           coalesce(o.failure ->> 'message', o.reason)
      from sync_outbox o join external_systems s on s.id = o.external_system_id
     where o.state = 'failed'`,
  held_record: () => sql`
    select held.subject, held.since, null, held.connection, held.entity, held.identifier, held.detail
      from (select distinct on (l.batch_id, coalesce(e.record_identifier, e.id::text))
                   e.id::text as subject, l.started_at at time zone 'UTC' as since, l.external_system as connection, l.batch_type as entity,
                   e.record_identifier as identifier, coalesce(e.error_message, e.error_type) as detail
              from (${latestReads}) l join ingestion_errors e on e.batch_id = l.batch_id and e.error_type is distinct from 'policy'
             order by l.batch_id, coalesce(e.record_identifier, e.id::text), e.id desc) held`,
  unanswered_weakness: () => sql`
    select w.id::text, w.created_at, w.system_id::text, null, 'weakness', w.identifier::text,
           case when w.grouping = 'plugin' then concat_ws(' ', w.severity, 'plugin', w.identifier) else concat_ws(' ', w.severity, coalesce(w.title, w.identifier)) end
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
                  case when d.proposed = p.scheduled_completion::date then ' (proposed, because the obligation was past)' end)
      from poam_due_dates d join ingestion_poams p on p.id = d.poam_ref
     where ${isLateAgainstObligation('d', 'p')}
       -- Asked about it already, by its rating: one thing is one row.
       and not exists (select from poam_questions q where q.poam_id = p.poam_id and q.code = 'due_earlier' and q.settled_at is null)`,
  unanswered_fact: () => sql`${unansweredFacts} where ${isOpenPoam('p')}`,
  poam_question: () => sql`
    select q.id::text, q.opened_at, p.system_id::text, s.system_name, 'poam', q.poam_id::text, q.code || ' ' || q.params::text
      from poam_questions q join ingestion_poams p on p.poam_id = q.poam_id left join external_systems s on s.id = q.external_system_id
     where q.settled_at is null`,
  missing_finding: (within) => sql`
    select v.id::text, v.missing_since, (select min(own.system_id) from (${systemsOfAsset(within, sql`v.asset_ref`)}) own), s.system_name,
           'finding', v.id::text, concat_ws(' ', v.severity::text, 'plugin', v.plugin_id::text, 'on', a.hostname)
      from ingestion_vulnerabilities v
      left join ingestion_assets a on a.asset_uuid = v.asset_ref left join external_systems s on s.id = v.external_system_id
     where v.missing_since is not null and v.lifecycle_state = 'missing' and v.severity_rank > 0 and ${isAssetIn(within, sql`v.asset_ref`)}`,
  deviation: () =>
    sql`select w.subject, w.since, w.system_id, null, null, null, w.what from (${waitingDeviations}) w`,
  // A machine in two boundaries is one row: of the first of those that are looked at.
  unreported_asset: (within) => sql`
    select a.asset_uuid::text, a.unreported_since, (select min(own.system_id) from (${systemsOfAsset(within, sql`a.asset_uuid`)}) own), null, 'asset', a.asset_uuid::text, null
      from ingestion_assets a where a.unreported_since is not null and a.merged_into is null and ${isAssetIn(within, sql`a.asset_uuid`)}`,
  unhealthy_connection: () => sql`
    select s.id::text, min(h.checked_at), null, s.system_name, 'connection', s.id::text,
           string_agg(concat_ws(': ', h.health_check_type, h.error_details ->> 'detail'), '; ' order by h.health_check_type)
      from (${latestChecks}) h join external_systems s on s.id = h.external_system_id
     where h.status = 'unhealthy' and s.removed_at is null and s.sync_enabled is not false
     group by s.id, s.system_name`,
  paused_connection: () => sql`
    select s.id::text, coalesce(s.sync_paused_at, s.sending_paused_at), null, s.system_name, 'connection', s.id::text,
           coalesce(s.sync_paused_reason, s.sending_paused_reason)
      from external_systems s
     where s.removed_at is null and (s.sending_paused_at is not null or s.sync_paused_at is not null)`,
  // As `tieline intelligence` says it: older by whole days than what is loaded of the feed should be.
  old_feed: (_within, { now }) => sql`
    select l.feed::text, l.newest + (m.days + 1) * interval '1 day', null, null, null, null,
           concat_ws(' ', l.feed, 'of', to_char(l.newest at time zone 'UTC', 'YYYY-MM-DD'))
      from (select feed, max(feed_date) as newest from intelligence_loads group by feed) l
      join (values ${feedAges}) m(feed, days) on m.feed = l.feed
     where l.newest + (m.days + 1) * interval '1 day' <= ${now}::timestamptz`,
};
