/**
 * The relations that the SQL of metrics is written over: open findings with their boundaries and due dates, what was closed, what happened. Each is made
 * once for all metrics of a take (as temporary tables), or stands before one query (as CTEs).
 *
 * Informational findings, and those that are accepted or false positives, are in none of them.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../../canonical/access/index.ts';
import { isAcceptedFinding, severityWord } from '../../../record/findings/index.ts';
import { membershipsIn } from '../../../record/systems/index.ts';
import type { Moment } from './moment.ts';

/** A finding of the record that metrics are about. Spelled as the partial indexes are. */
const isMeasured = sql`v.finding_key is not null and v.severity_rank is not null and v.lifecycle_state is not null
  and v.severity_rank > 0 and not ${sql.raw(isAcceptedFinding('v'))}`;

const word = (rank: string): RawBuilder<unknown> => sql.raw(severityWord(rank));

/**
 * SQL of a relation (asset_uuid, system_id, main): in which boundaries of the reach each asset is, and one of them that counts for the organization.
 */
export const members = (reach: Scope): RawBuilder<unknown> =>
  reach.kind === 'everywhere'
    ? sql`
  select a.asset_uuid, m.system_id, row_number() over (partition by a.asset_uuid order by m.system_id) = 1 as main
    from ingestion_assets a left join (${membershipsIn(reach)}) m on m.asset_uuid = a.asset_uuid`
    : sql`
  select m.asset_uuid, m.system_id, row_number() over (partition by m.asset_uuid order by m.system_id) = 1 as main
    from (${membershipsIn(reach)}
          ${
            reach.unassigned
              ? sql`union all select a.asset_uuid, null from ingestion_assets a
                     where a.system_id is null and not exists (select from ingestion_system_assets b where b.asset_uuid = a.asset_uuid and b.system_id is not null)`
              : sql``
          }) m`;

/** A finding whose asset is not known is in no boundary. */
const joinMembers = (reach: Scope): RawBuilder<unknown> =>
  reach.kind === 'everywhere' || reach.unassigned
    ? sql`left join metric_member m on m.asset_uuid = f.asset`
    : sql`join metric_member m on m.asset_uuid = f.asset`;
const isReached = (reach: Scope): RawBuilder<unknown> =>
  reach.kind === 'everywhere'
    ? sql`true`
    : sql`(m.asset_uuid is not null or not exists (select from ingestion_assets known where known.asset_uuid = f.asset))`;

/** SQL of when each finding was last fixed and last came back before the moment, of those of which anything is known. */
const lastChanges = ({ at }: Moment): RawBuilder<unknown> => sql`
  select c.vulnerability_id, max(c.occurred_at) filter (where c.state = 'fixed') as fixed_at,
         max(c.occurred_at) filter (where c.state = 'reopened') as reopened_at
    from finding_state_changes c where c.occurred_at < ${at}::timestamp group by 1`;

const columns = sql`v.id, v.asset_ref as asset, v.plugin_id::text as plugin_id, v.severity_rank as rank, v.first_found, v.poam_id`;

/** SQL of the findings that were open at the moment: now by their state, in the past by their history. */
const openAt = (moment: Moment): RawBuilder<unknown> =>
  moment.isNow
    ? sql`select ${columns} from ingestion_vulnerabilities v where ${isMeasured} and v.lifecycle_state in ('open', 'reopened')`
    : sql`select ${columns} from ingestion_vulnerabilities v left join (${lastChanges(moment)}) c on c.vulnerability_id = v.id
     where ${isMeasured} and v.first_found < ${moment.at}::timestamp
       and (c.fixed_at is null or c.reopened_at >= c.fixed_at)
       and not (c.fixed_at is null and c.reopened_at is null and v.lifecycle_state = 'fixed' and v.last_fixed < ${moment.at}::timestamp)
       and not (v.lifecycle_state in ('missing', 'gone') and coalesce(v.missing_since at time zone 'UTC', v.last_found) < ${moment.at}::timestamp)`;

/** SQL of the findings that were closed by a fix in the 60 days before the moment, and were still closed then. */
const closedAt = (moment: Moment): RawBuilder<unknown> =>
  moment.isNow
    ? sql`select ${columns}, v.last_fixed as closed_at from ingestion_vulnerabilities v
     where ${isMeasured} and v.lifecycle_state = 'fixed' and v.last_fixed >= ${moment.at}::timestamp - interval '60 days' and v.last_fixed < ${moment.at}::timestamp`
    : sql`select ${columns}, coalesce(c.fixed_at, v.last_fixed) as closed_at
      from ingestion_vulnerabilities v left join (${lastChanges(moment)}) c on c.vulnerability_id = v.id
     where ${isMeasured}
       and case when c.fixed_at is not null then c.reopened_at is null or c.reopened_at < c.fixed_at
                else v.lifecycle_state = 'fixed' and c.reopened_at is null end
       and coalesce(c.fixed_at, v.last_fixed) >= ${moment.at}::timestamp - interval '60 days' and coalesce(c.fixed_at, v.last_fixed) < ${moment.at}::timestamp`;

/** SQL of when the weakness of a finding in a boundary is due, and its POA&M: by plugin, and of other groupings by finding. */
const dueByPlugin = sql`
  select w.system_id::text as system_id, w.identifier as plugin_id, min(w.due_on) as due_on, min(w.poam_id) as poam
    from weaknesses w where w.grouping = 'plugin' and w.superseded_at is null group by 1, 2`;
const dueByFinding = sql`
  select k.finding_id, w.system_id::text as system_id, min(w.due_on) as due_on, min(w.poam_id) as poam
    from weaknesses w join weakness_findings k on k.weakness_id = w.id
   where w.grouping <> 'plugin' and w.superseded_at is null group by 1, 2`;

const withDues = (
  findings: RawBuilder<unknown>,
  reach: Scope,
  more: RawBuilder<unknown>,
): RawBuilder<unknown> => sql`
  select f.id, f.asset, f.plugin_id, f.rank, ${word('f.rank')} as severity, f.first_found, m.system_id, coalesce(m.main, true) as main,
         least(wp.due_on, wf.due_on) as due_on, coalesce(wp.poam, wf.poam, f.poam_id) as poam${more}
    from (${findings}) f ${joinMembers(reach)}
    left join (${dueByPlugin}) wp on wp.system_id = m.system_id and wp.plugin_id = f.plugin_id
    left join (${dueByFinding}) wf on wf.finding_id = f.id and wf.system_id = m.system_id
   where ${isReached(reach)}`;

/**
 * SQL of a relation (poam, asset, plugins): POA&Ms, or single assets or plugins of them, whose dates an approved deviation or extension has moved. A risk adjustment moves
 * none by itself.
 */
const released = ({ today }: Moment): RawBuilder<unknown> => sql`
  select p.id as poam, own.asset_uuid as asset, d.only_plugins as plugins
    from deviations d join ingestion_poams p on p.poam_id = d.poam_id
    left join deviation_assets own on own.deviation_id = d.id and not d.is_whole_poam
   where d.state = 'approved' and d.kind <> 'risk_adjustment' and (d.expires_on is null or d.expires_on >= ${today}::date)
     and (d.is_whole_poam or own.asset_uuid is not null)
  union all
  select p.id, null, null from approvals a join ingestion_poams p on p.poam_id = a.subject_id
   where a.subject_kind = 'extension' and a.status = 'approved' and p.scheduled_completion >= ${today}::date`;

const isReleased = sql`(coalesce(f.poam in (select r.poam from metric_released r where r.asset is null and r.plugins is null), false)
  or coalesce((f.poam, f.asset) in (select r.poam, r.asset from metric_released r where r.asset is not null and r.plugins is null), false)
  or coalesce((f.poam, f.plugin_id) in (select r.poam, unnest(r.plugins) from metric_released r where r.asset is null and r.plugins is not null), false)
  or coalesce((f.poam, f.asset, f.plugin_id) in
       (select r.poam, r.asset, unnest(r.plugins) from metric_released r where r.asset is not null and r.plugins is not null), false))`;

/** SQL of what happened to findings in the 60 days before the moment: of each finding, kind and half of that time the latest. */
const events = ({ at }: Moment, reach: Scope): RawBuilder<unknown> => sql`
  select f.id, f.kind, f.recent, max(f.occurred) as occurred, ${word('f.rank')} as severity, m.system_id, coalesce(m.main, true) as main
    from (select v.id, v.asset_ref as asset, v.severity_rank as rank, e.kind, e.occurred,
                 e.occurred >= ${at}::timestamp - interval '30 days' as recent
            from (select id, 'new' as kind, first_found as occurred from ingestion_vulnerabilities
                   where first_found >= ${at}::timestamp - interval '60 days' and first_found < ${at}::timestamp
                  union all
                  select vulnerability_id, case state when 'fixed' then 'closed' else 'reopened' end, occurred_at from finding_state_changes
                   where occurred_at >= ${at}::timestamp - interval '60 days' and occurred_at < ${at}::timestamp
                  union
                  select id, 'closed', last_fixed from ingestion_vulnerabilities
                   where lifecycle_state = 'fixed' and last_fixed >= ${at}::timestamp - interval '60 days' and last_fixed < ${at}::timestamp) e
            join ingestion_vulnerabilities v on v.id = e.id
           where ${isMeasured}) f ${joinMembers(reach)}
   where ${isReached(reach)}
   group by f.id, f.kind, f.recent, f.rank, m.system_id, m.main`;

/** Those of findings, in the order in which they are made: a later one may name an earlier one. */
export const findingFacts = (
  moment: Moment,
  reach: Scope,
): readonly (readonly [name: string, body: RawBuilder<unknown>])[] => [
  ['metric_member', members(reach)],
  ['metric_released', released(moment)],
  [
    'metric_open',
    sql`select f.*, ${isReleased} as released from (${withDues(openAt(moment), reach, sql``)}) f`,
  ],
  ['metric_closed', withDues(closedAt(moment), reach, sql`, f.closed_at`)],
  ['metric_event', events(moment, reach)],
];
