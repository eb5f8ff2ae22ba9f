/** Conditions over the record: POA&Ms, deviations, findings, coverage, feeds, metrics. See `conditions.sql.ts`. */
import { type RawBuilder, sql } from 'kysely';
import { everywhere } from '../../canonical/access/index.ts';
import { boundaryOf, namedBy } from '../../record/entities/index.ts';
import { isAcceptedFinding, isOpenFinding } from '../../record/findings/index.ts';
import { isOpenPoam } from '../../record/poam-status/index.ts';
import { systemsOfAsset } from '../../record/systems/index.ts';
import { mostDays } from '../intelligence/index.ts';

interface Looking {
  readonly now: Date;
  readonly loosest: number;
}
type Condition = (looking: Looking) => RawBuilder<unknown>;

const coverageDays = 30;

/** After how many days what is loaded of a feed is old. */
const feedAges = sql.join(
  Object.entries(mostDays).flatMap(([feed, days]) =>
    days === undefined ? [] : [sql`(${feed}::text, ${days}::int)`],
  ),
);

const today = (now: Date): RawBuilder<unknown> => sql`(${now}::timestamptz at time zone 'UTC')::date`;

/** POA&Ms by how many days are left until a day of theirs. */
const dueBy = (
  on: RawBuilder<unknown>,
  { now, loosest }: Looking,
  and = sql`true`,
): RawBuilder<unknown> => sql`
  select p.poam_id, p.system_id, 'poam', p.poam_id, due.on - ${today(now)},
         jsonb_build_object('poam', p.poam_id, 'on', to_char(due.on, 'YYYY-MM-DD'), 'weakness', left(split_part(p.weakness_description, E'\\n', 1), 200))
    from ingestion_poams p
    left join poam_due_dates d on d.poam_ref = p.id
   cross join lateral (select ${on} as on) due
   where due.on <= ${today(now)} + ceil(${loosest}::numeric)::int and ${isOpenPoam('p')} and ${and}`;

export const conditionsOfRecords = {
  conflict_old: ({ now }) => sql`
    select concat_ws(' ', k.system_id, k.connection_id), k.system_id, 'connection', k.connection_id::text,
           extract(epoch from ${now}::timestamptz at time zone 'UTC' - min(k.created_at)) / 86400,
           jsonb_build_object('connection', coalesce(s.system_name, 'an unknown connection'), 'open', count(*), 'since', min(k.created_at))
      from (select ${boundaryOf(namedBy('c'))} as system_id, c.external_system_id as connection_id, c.created_at
              from sync_conflicts c where c.resolution_status = 'pending') k
      left join external_systems s on s.id = k.connection_id
     group by k.system_id, k.connection_id, s.system_name`,
  promise_due: (looking) => dueBy(sql`p.scheduled_completion::date`, looking),
  // Where the promise comes first, its own alert says it; where a person let the promise stand, that was decided.
  obligation_due: (looking) =>
    dueBy(
      sql`d.obliged_by`,
      looking,
      sql`(p.scheduled_completion is null or d.obliged_by < p.scheduled_completion::date) and d.stands_for is distinct from d.obliged_by`,
    ),
  deviation_ending: ({ now, loosest }) => sql`
    select d.id::text, d.system_id, 'poam', d.poam_id, d.expires_on - ${today(now)},
           jsonb_build_object('deviation', initcap(replace(d.kind, '_', ' ')), 'number', d.id, 'poam', d.poam_id, 'on', to_char(d.expires_on, 'YYYY-MM-DD'))
      from deviations d
     where d.state = 'approved' and d.expires_on <= ${today(now)} + ceil(${loosest}::numeric)::int`,
  // A machine in several boundaries alerts in each of them, since each sees its own alerts only.
  known_exploited: () => sql`
    select concat_ws(' ', found.asset_ref, own.system_id), own.system_id, 'asset', found.asset_ref::text, found.n,
           jsonb_build_object('asset', coalesce(a.hostname, a.asset_uuid::text), 'ransomware', found.ransomware, 'due', found.due)
      from (select v.asset_ref, count(distinct i.plugin_id) as n, bool_or(i.kev_ransomware) as ransomware, min(i.kev_due)::text as due
              from vulnerability_intelligence i join ingestion_vulnerabilities v on v.plugin_id::text = i.plugin_id
             where i.kev_added is not null and v.asset_ref is not null
               and ${sql.raw(isOpenFinding('v.lifecycle_state'))} and not ${sql.raw(isAcceptedFinding('v'))}
             group by v.asset_ref) found
      join ingestion_assets a on a.asset_uuid = found.asset_ref
      left join lateral (${systemsOfAsset(everywhere, sql`a.asset_uuid`)}) own on true
     where a.deleted_at is null and a.terminated_at is null`,
  coverage_falling: ({ now }) => sql`
    select share.system_id, share.system_id, 'system', share.system_id, share.before - share.recent,
           jsonb_build_object('now', round(share.recent), 'before', round(share.before), 'assets', share.assets)
      from (select own.system_id, count(*) as assets, 100.0 * count(k.asset_uuid) filter (where k.is_recent) / count(*) as recent,
                   100.0 * count(k.asset_uuid) filter (where k.is_before) / count(*) as before
              from ingestion_assets a
              cross join lateral (${systemsOfAsset(everywhere, sql`a.asset_uuid`)}) own
              left join (select c.asset_uuid, bool_or(c.ended_at >= ${since(now, coverageDays)}) as is_recent,
                                bool_or(c.ended_at < ${since(now, coverageDays)}) as is_before
                           from scan_coverage c where c.ended_at >= ${since(now, 2 * coverageDays)} and c.ended_at <= ${since(now, 0)}
                          group by c.asset_uuid) k on k.asset_uuid = a.asset_uuid
             where a.deleted_at is null and a.terminated_at is null
               and coalesce(a.first_seen, a.created_at) < ${since(now, coverageDays)}
             group by own.system_id) share
     where share.before > share.recent`,
  feed_old: ({ now }) => sql`
    select l.feed, null, 'feed', l.feed, floor(extract(epoch from ${now}::timestamptz - l.newest) / 86400) - m.days,
           jsonb_build_object('feed', upper(l.feed), 'on', to_char(l.newest at time zone 'UTC', 'YYYY-MM-DD'))
      from (select feed, max(feed_date) as newest from intelligence_loads group by feed) l
      join (values ${feedAges}) m(feed, days) on m.feed = l.feed`,
  // The latest value of the leading number of each metric, of all and of each boundary; what is broken down by severity or band is not asked. Of the last take only: what has
  // no value in it has none now.
  metric: ({ now }) => sql`
    select concat_ws(' ', d.metric_name, v.level, v.system_id), v.system_id, 'metric', d.metric_name, v.value,
           jsonb_build_object('metric', coalesce(d.title, d.metric_name), 'unit', coalesce(d.measures -> 0 ->> 'unit', d.unit_of_measure), 'at', v.calculated_at)
      from metrics_definitions d
      join lateral (select distinct on (m.level, m.system_id) m.level, m.system_id, m.value, m.calculated_at
                      from metrics_values m
                     where m.metric_id = d.id and m.measure = coalesce(d.measures -> 0 ->> 'key', 'value') and m.severity is null and m.band is null
                       and m.level in ('organization', 'boundary')
                       and m.calculated_at > ${since(now, 40)} and m.calculated_at <= ${since(now, 0)}
                       and m.taken_on = (select max(t.taken_on) from metrics_takes t
                                          where t.metric_id = d.id and t.lacks = '{}' and t.problem is null and t.taken_at <= ${now}::timestamptz)
                     order by m.level, m.system_id, m.calculated_at desc, m.id desc) v on true
     where d.ended_at is null
       and exists (select from alert_rules r where r.kind = 'metric' and r.metric_name = d.metric_name and r.is_enabled)`,
} as const satisfies Readonly<Record<string, Condition>>;

/** An instant of a column that holds UTC without a zone. */
function since(now: Date, days: number): RawBuilder<unknown> {
  return sql`(${now}::timestamptz at time zone 'UTC' - ${days}::int * interval '1 day')`;
}
