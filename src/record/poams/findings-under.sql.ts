/**
 * The findings under POA&Ms: those that point at one, and those of the weaknesses that it answers, on the machines of its boundary. The one
 * place that says so. What was over before the weakness was known is not under it.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';
import { isOpenPoam } from '../poam-status/index.ts';
import { isSystemOf } from '../systems/index.ts';

/** SQL of whether asset `a` is in the boundary of POA&M `p`. */
const isInside = sql<boolean>`(a.system_id is not distinct from p.system_id
  or exists (select from ingestion_system_assets beside where beside.asset_uuid = a.asset_uuid and beside.system_id = p.system_id
               -- Another boundary answers for what is inherited.
               and beside.asset_role is distinct from 'inherited'))`;

/** SQL of whether an approved deviation of POA&M `p` says that finding `v` is a false positive. */
export const isApprovedFalsePositive = sql<boolean>`exists (
  select from deviations d
   where d.poam_id = p.poam_id and d.kind = 'false_positive' and d.state = 'approved'
     and (d.is_whole_poam or exists (select from deviation_assets own where own.deviation_id = d.id and own.asset_uuid = v.asset_ref))
     and (d.only_plugins is null or v.plugin_id::text = any(d.only_plugins)))`;
/** SQL of whether finding `v` was dismissed at its scanner's server. */
const isDismissed = sql<boolean>`coalesce(v.severity_modification = 'accepted' and v.state = 'False Positive', false)`;

/**
 * SQL of a relation (poam, finding): `p` is to have id, system_id and detected_on of the POA&Ms that are asked about. A weakness by plugin has
 * every open finding of that under it, also one that is less severe than a weakness is made of.
 */
export const underEach = (poams: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select p.id as poam, v.id as finding from (${poams}) p join ingestion_vulnerabilities v on v.poam_id = p.id
  union
  select p.id, v.id
    from (${poams}) p
    join weaknesses w on w.poam_id = p.id
    join weakness_findings k on k.weakness_id = w.id
    join ingestion_vulnerabilities v on v.id = k.finding_id
   where v.lifecycle_state in ('open', 'reopened')
      or v.lifecycle_state = 'fixed' and v.last_fixed >= coalesce(p.detected_on, w.detected_on)
      or v.lifecycle_state in ('missing', 'gone') and v.missing_since >= w.created_at
  union
  select p.id, v.id
    from (${poams}) p
    join weaknesses w on w.poam_id = p.id and w.grouping = 'plugin'
   cross join lateral (select main.asset_uuid from ingestion_assets main where main.system_id = w.system_id
                       union select beside.asset_uuid from ingestion_system_assets beside
                              where beside.system_id = w.system_id and beside.asset_uuid is not null
                                and beside.asset_role is distinct from 'inherited') member
   cross join lateral (select f.id from ingestion_vulnerabilities f
                        where f.asset_ref = member.asset_uuid and f.plugin_id::text = w.identifier and f.external_system_id is not null
                          and f.lifecycle_state in ('open', 'reopened') offset 0) v`;

/** Times are ISO in UTC. */
export interface FindingUnderRow {
  readonly poamId: string;
  readonly id: number;
  readonly key: string | null;
  readonly pluginId: string;
  readonly asset: string;
  readonly lifecycle: 'open' | 'reopened' | 'fixed' | 'missing' | 'gone';
  readonly severityRank: number;
  readonly isAccepted: boolean;
  /** By an approved deviation. */
  readonly isFalsePositive: boolean;
  /** The scanner's server dismissed it: somebody there says that it is a false positive. */
  readonly isDismissed: boolean;
  readonly isInside: boolean;
  readonly fixedAt: string | null;
  readonly lastFound: string | null;
  readonly fixReportedAt: string | null;
  readonly assetSeenAt: string | null;
  readonly authenticatedAt: string | null;
  readonly isRemoteCheck: boolean | null;
  readonly coveringScans: number;
  readonly isConcluded: boolean;
  readonly isReportedFixed: boolean;
}

const utc = (time: RawBuilder<unknown>): RawBuilder<string | null> =>
  sql<string | null>`to_char(${time}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The findings under each of these POA&Ms, with what is known of their fixes. @param poamIds of ingestion_poams.poam_id. */
export async function findingsUnder(
  db: Kysely<Database>,
  poamIds: readonly string[],
): Promise<FindingUnderRow[]> {
  if (poamIds.length === 0) return [];
  const { rows } = await sql<FindingUnderRow>`
    with asked as materialized (
      select id, poam_id, system_id, original_detection_date as detected_on from ingestion_poams where poam_id = any(${[...poamIds]}::text[])
    ), under as materialized (${underEach(sql`select id, system_id, detected_on from asked`)}
    )
    select p.poam_id as "poamId", v.id::int as id, v.finding_key::text as key, v.plugin_id::text as "pluginId",
           coalesce(a.hostname, v.asset_ref::text, v.asset_uuid::text) as asset,
           v.lifecycle_state as lifecycle, v.severity_rank as "severityRank",
           v.severity_modification is not distinct from 'accepted' as "isAccepted",
           ${isApprovedFalsePositive} as "isFalsePositive", ${isDismissed} as "isDismissed",
           coalesce(${isInside}, false) as "isInside",
           ${utc(sql`v.last_fixed`)} as "fixedAt", ${utc(sql`v.last_found`)} as "lastFound",
           ${utc(sql`v.fix_reported_at at time zone 'UTC'`)} as "fixReportedAt", ${utc(sql`a.last_seen`)} as "assetSeenAt",
           ${utc(sql`known.authenticated_at`)} as "authenticatedAt",
           case plugin.raw_json ->> 'type' when 'remote' then true when 'local' then false when 'combined' then false end as "isRemoteCheck",
           coalesce(scans.n, 0)::int as "coveringScans",
           coalesce(told.is_concluded, false) as "isConcluded", coalesce(told.is_reported, false) as "isReportedFixed"
      from under
      join asked p on p.id = under.poam
      join ingestion_vulnerabilities v on v.id = under.finding
      left join ingestion_assets a on a.asset_uuid = v.asset_ref
      left join scan_plugins plugin on plugin.plugin_id = v.plugin_id::text
      left join lateral (select max((x.record ->> 'last_authenticated_at')::timestamptz at time zone 'UTC') as authenticated_at
                           from asset_sources x where x.asset_uuid = v.asset_ref and v.lifecycle_state = 'fixed') known on true
      left join lateral (select count(*) as n from scan_coverage c
                          where v.lifecycle_state = 'fixed' and c.asset_uuid = v.asset_ref and c.ended_at >= v.last_fixed) scans on true
      left join lateral (select bool_or(c.is_concluded) as is_concluded, bool_or(not c.is_concluded) as is_reported
                           from finding_state_changes c
                          where v.lifecycle_state = 'fixed' and c.vulnerability_id = v.id and c.state = 'fixed' and c.occurred_at = v.last_fixed) told on true
     where v.lifecycle_state is not null
     order by p.poam_id, v.id`.execute(db);
  return rows;
}

/** A check of an audit under a POA&M, as its latest result has it. */
export interface CheckUnder {
  readonly id: number;
  readonly check: string;
  readonly asset: string;
  /** Its latest result says that it passes; a warning, an error or a skipped check says nothing. */
  readonly isPassed: boolean;
  readonly isFailing: boolean;
  /** When that result was seen, ISO in UTC; null: unknown. */
  readonly seenAt: string | null;
  /** When its weakness was first detected, YYYY-MM-DD. */
  readonly detectedOn: string | null;
}

export interface RestingPoam {
  readonly poamId: string;
  readonly systemId: string;
  readonly status: string | null;
  readonly isMadeHere: boolean;
  readonly rating: string | null;
  readonly comments: string | null;
  readonly scheduled: string | null;
  /** ISO in UTC. */
  readonly verifiedAt: string | null;
  readonly isAsked: boolean;
  /** The checks of audits that it answers. */
  readonly checks: readonly CheckUnder[];
}

/** SQL of the checks of audits that POA&M `p` answers, each with whether it fails. */
const checksUnder = sql`
  select r.id, coalesce(a.hostname, r.asset_uuid::text) as asset, r.check_name as name,
         r.status = 'failed' and r.lifecycle_state is distinct from 'fixed' as fails,
         r.check_id, r.status, r.last_seen, w.detected_on
    from weaknesses w
    join weakness_checks k on k.weakness_id = w.id
    join compliance_results r on r.id = k.result_id
    left join ingestion_assets a on a.asset_uuid = r.asset_uuid
   where w.poam_id = p.id`;

/** The checks of audits under a POA&M that fail, as people know them. */
export async function listFailedChecks(db: Kysely<Database>, poamId: string): Promise<string[]> {
  const { rows } = await sql<{ check: string }>`
    select c.asset || ' ' || c.name as check from ingestion_poams p cross join lateral (${checksUnder}) c
     where p.poam_id = ${poamId} and c.fails order by 1 limit 200`.execute(db);
  return rows.map(({ check }) => check);
}

/**
 * The live POA&Ms of a GRC system under which nothing is open on a machine of their boundary, and those whose evidence may not hold any more.
 * What has an open finding that points at it is left out by one look at an index (idx_ingestion_vulnerabilities_answered).
 */
export async function listRestingPoams(
  db: Kysely<Database>,
  externalSystemId: number,
): Promise<RestingPoam[]> {
  const { rows } = await sql<RestingPoam>`
    select p.poam_id as "poamId", p.system_id as "systemId", p.status, coalesce(p.ingestion_source = 'tieline', false) as "isMadeHere",
           coalesce(to_jsonb(p) ->> 'weakness_risk_level', to_jsonb(p) ->> 'risk_rating') as rating, p.comments,
           left(p.scheduled_completion::text, 10) as scheduled, ${utc(sql`life.verified_at at time zone 'UTC'`)} as "verifiedAt",
           exists (select from poam_questions q where q.poam_id = p.poam_id and q.settled_at is null) as "isAsked",
           (select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'check', c.check_id, 'asset', c.asset, 'isPassed', c.status = 'passed', 'isFailing', c.fails,
                                                         'seenAt', ${utc(sql`c.last_seen`)}, 'detectedOn', c.detected_on) order by c.id), '[]')
              from (${checksUnder}) c) as checks
      from ingestion_poams p
      join sync_links l on l.external_system_id = ${externalSystemId} and l.entity_type = 'poam' and l.entity_id = p.poam_id
                       and l.retired_at is null and l.missing_since is null
      left join poam_lives life on life.poam_id = p.poam_id
     where ${isOpenPoam('p')} and ${isSystemOf(externalSystemId, 'p.system_id')}
       and not exists (select from ingestion_systems s where s.system_id = p.system_id and s.sync_enabled is false)
       and (life.verified_at is not null
            or exists (select from poam_questions q where q.poam_id = p.poam_id and q.settled_at is null)
            or not exists (select from ingestion_vulnerabilities v join ingestion_assets a on a.asset_uuid = v.asset_ref
                            where v.poam_id = p.id and v.lifecycle_state in ('open', 'reopened') and ${isInside}
                              -- An approved false positive is as good as fixed; about one that was dismissed elsewhere a person is asked.
                              and not ${isDismissed} and not ${isApprovedFalsePositive}))
       -- While a check fails, nothing is to be decided but that evidence of it does not hold any more.
       and (life.verified_at is not null or not exists (select from (${checksUnder}) c where c.fails))
       and (exists (select from ingestion_vulnerabilities v where v.poam_id = p.id)
            or exists (select from weaknesses w where w.poam_id = p.id))
     -- What is judged here is written below: nobody moves it meanwhile.
     for update of p`.execute(db);
  return rows;
}
