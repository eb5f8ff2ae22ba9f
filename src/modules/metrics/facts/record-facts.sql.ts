/** The relations about POA&Ms, assets and threats that the SQL of metrics is written over. */
import { type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../../canonical/access/index.ts';
import type { fetchPoamColumns } from '../../../record/poams/index.ts';
import { canonicalStatusOf, isOpenStatus } from '../../../record/poam-status/index.ts';
import type { Moment } from './moment.ts';

type PoamColumns = Awaited<ReturnType<typeof fetchPoamColumns>>;

/**
 * SQL of the value of a field of POA&M `p` at the moment: what the first change after it replaced, else what it is now. The journal keeps each change.
 */
const atThatTime = (
  { at, isNow }: Moment,
  field: string,
  current: RawBuilder<unknown>,
): RawBuilder<unknown> =>
  isNow
    ? sql`${current}::text`
    : sql`coalesce((select coalesce(c.before_value #>> '{}', '') from sync_changes c
                     where c.entity_type = 'poam' and c.entity_id = p.poam_id and c.field_name = ${sql.lit(field)}
                       and c.changed_at >= ${at}::timestamp at time zone 'UTC' order by c.changed_at, c.id limit 1), ${current}::text)`;

/** SQL of the POA&Ms that there were at the moment. */
const poams = (moment: Moment, reach: Scope, columns: PoamColumns): RawBuilder<unknown> => sql`
  select p.id, p.poam_id, p.system_id, ${canonicalStatusOf(sql`p.status`)} as status, ${isOpenStatus(sql`p.status`)} as is_open,
         p.severity, nullif(p.due, '')::timestamp as due, p.created_on,
         ${isOpenStatus(sql`p.status`)} and coalesce(nullif(p.due, '')::timestamp < ${moment.today}::date, false) as is_late
    from (select p.id, p.poam_id, p.system_id::text as system_id, ${atThatTime(moment, 'status', columns.of('status'))} as status,
                 ${columns.severity} as severity, ${atThatTime(moment, 'scheduled_completion', columns.due)} as due,
                 coalesce(${columns.of('original_detection_date')}::date, p.created_at::date) as created_on
            from ingestion_poams p
           where ${reach.kind === 'everywhere' ? sql`true` : reached(reach)}
             ${moment.isNow ? sql`` : sql`and p.created_at < ${moment.at}::timestamp`} offset 0) p`;

const reached = (reach: Extract<Scope, { kind: 'boundaries' }>): RawBuilder<unknown> =>
  sql`(p.system_id::text = any(${[...reach.systemIds]}::text[])${reach.unassigned ? sql` or p.system_id is null` : sql``})`;

/** SQL of the machines that there are, with when a scanner last saw each, and when one last did so with credentials. */
const assets = sql`
  select m.asset_uuid, m.system_id, m.main, greatest(a.last_seen, known.authenticated_at) as seen_at, known.authenticated_at
    from metric_member m
    join ingestion_assets a on a.asset_uuid = m.asset_uuid
    left join (select asset_uuid, max(at) as authenticated_at
                 from (select s.asset_uuid, (s.record ->> 'last_authenticated_at')::timestamptz at time zone 'UTC' as at from asset_sources s
                        where s.record ? 'last_authenticated_at'
                       union all select c.asset_uuid, c.ended_at from scan_coverage c) told
                group by 1) known on known.asset_uuid = m.asset_uuid
   where a.merged_into is null and a.terminated_at is null and a.deleted_at is null`;

/** SQL of the plugins of which a CVE is known to be exploited, with the earliest day that the catalogue prints. */
const exploited = sql`
  select k.plugin_id, min(i.kev_due) as kev_due
    from plugin_cves k join cve_intelligence i on i.cve = k.cve
   where i.kev_added is not null and i.kev_withdrawn_on is null group by 1`;

/** BOD 26-04, table 1, as CERT/CC codes it (cisa_bod_26_04_1_0_0.csv): exploited, exposed, automatable, technical impact. */
const tierTable: readonly (readonly [boolean, boolean, boolean, 'partial' | 'total', string])[] = [
  [false, false, false, 'partial', 'next upgrade'],
  [true, false, false, 'partial', '14 days'],
  [false, true, false, 'partial', '60 days'],
  [false, false, true, 'partial', '60 days'],
  [false, false, false, 'total', 'next upgrade'],
  [true, true, false, 'partial', '14 days'],
  [true, false, true, 'partial', '14 days'],
  [false, true, true, 'partial', '14 days'],
  [true, false, false, 'total', '14 days'],
  [false, true, false, 'total', '14 days'],
  [false, false, true, 'total', '60 days'],
  [true, true, true, 'partial', '3 days'],
  [true, true, false, 'total', '3 days + forensics'],
  [true, false, true, 'total', '3 days + forensics'],
  [false, true, true, 'total', '3 days'],
  [true, true, true, 'total', '3 days + forensics'],
];

/**
 * SQL of a relation (plugin_id, exposed, tier), exposed being yes, no or unknown: the tier of the gravest CVE is that of the plugin. What is not known
 * is tried both ways; where both come to the same tier, it is that one.
 */
const tiers = sql`
  select p.plugin_id, e.exposed,
         case when count(distinct t.tier) = 1 then min(t.tier) when e.exposed = 'unknown' then 'unknown exposure' else 'unknown inputs' end as tier
    from (select k.plugin_id, bool_or(i.kev_added is not null and i.kev_withdrawn_on is null) as kev,
                 case when bool_or(lower(i.automatable) = 'yes') then true when bool_and(lower(i.automatable) = 'no') then false end as automatable,
                 case when bool_or(lower(i.technical_impact) = 'total') then 'total'
                      when bool_and(lower(i.technical_impact) = 'partial') then 'partial' end as impact
            from plugin_cves k left join cve_intelligence i on i.cve = k.cve group by 1) p
   cross join (values ('yes', true), ('no', false), ('unknown', null)) e(exposed, is_exposed)
    join (values ${sql.join(
      tierTable.map(
        ([kev, exposed, automatable, impact, tier]) =>
          sql`(${sql.lit(kev)}, ${sql.lit(exposed)}, ${sql.lit(automatable)}, ${sql.lit(impact)}, ${sql.lit(tier)})`,
      ),
    )}) t(kev, exposed, automatable, impact, tier)
      on t.kev = coalesce(p.kev, false) and t.exposed = coalesce(e.is_exposed, t.exposed)
     and t.automatable = coalesce(p.automatable, t.automatable) and t.impact = coalesce(p.impact, t.impact)
   group by p.plugin_id, e.exposed`;

/** SQL of a relation (asset_uuid, exposed): what was said last of the asset, else of its network zone. */
const exposed = sql`
  select m.asset_uuid, case coalesce(own.exposed, case when own.asset_uuid is null then zone.exposed end) when true then 'yes' when false then 'no' else 'unknown' end as exposed
    from (select distinct asset_uuid from metric_member) m
    left join (select distinct on (asset_uuid) asset_uuid, exposed from exposures where asset_uuid is not null order by asset_uuid, set_at desc, id desc) own on own.asset_uuid = m.asset_uuid
    left join assets_extended x on x.asset_uuid = m.asset_uuid
    left join (select distinct on (network_zone) network_zone, exposed from exposures where network_zone is not null order by network_zone, set_at desc, id desc) zone on zone.network_zone = x.network_zone`;

/** SQL of a relation (system_id, plugin_id): the weaknesses that were open in a boundary on the day of its authorization. */
const baseline = sql`
  select distinct s.system_id::text as system_id, v.plugin_id::text as plugin_id
    from ingestion_systems s
    join metric_member m on m.system_id = s.system_id
    join ingestion_vulnerabilities v on v.asset_ref = m.asset_uuid and v.first_found <= s.authorization_date
    left join lateral (select max(c.occurred_at) filter (where c.state = 'fixed') as fixed_at, max(c.occurred_at) filter (where c.state = 'reopened') as reopened_at
                         from finding_state_changes c where c.vulnerability_id = v.id and c.occurred_at <= s.authorization_date) c on true
   where v.finding_key is not null and v.severity_rank > 0 and v.lifecycle_state is not null
     and s.authorization_date >= (select min(first_found) from ingestion_vulnerabilities where finding_key is not null)
     and (c.fixed_at is null or c.reopened_at >= c.fixed_at)
     and not (c.fixed_at is null and v.lifecycle_state = 'fixed' and v.last_fixed <= s.authorization_date)`;

/** @param outputColumn which column of findings holds what the scanner reported. */
const feeds = (outputColumn: string): RawBuilder<unknown> => sql`
  select v.id, v.asset_ref as asset, v.last_found as scanned_at,
         to_date(substring(v.${sql.ref(outputColumn)}::text from 'Plugin feed version *: *([0-9]{8})'), 'YYYYMMDD') as feed_date
    from ingestion_vulnerabilities v where v.plugin_id::text = '19506' and v.last_found is not null`;

/** Those of other records, after those of findings. */
export const recordFacts = (
  moment: Moment,
  reach: Scope,
  of: { readonly poams: PoamColumns; readonly outputColumn: string },
): readonly (readonly [name: string, body: RawBuilder<unknown>])[] => [
  ['metric_poam', poams(moment, reach, of.poams)],
  ['metric_asset', assets],
  ['metric_kev', exploited],
  ['metric_tier', tiers],
  ['metric_exposed', exposed],
  ['metric_baseline', baseline],
  ['metric_feed', feeds(of.outputColumn)],
];
