/**
 * Scores of all open findings at once, by what is known of plugins (`vulnerability_intelligence`) and assets. Nothing is kept of a single
 * finding: its score is the product of five numbers that are there. What is kept is that of each asset and of each group (boundary and plugin),
 * which is the score of the worst finding in it. Informational and accepted findings do not count.
 *
 * Rejected: a column on the finding. A load of EPSS moves nearly every one, and rewriting a million rows takes longer than reading them.
 */
import { isAcceptedFinding, isOpenFinding } from '../findings/index.ts';
import { saveAssetRisks } from '../assets/index.ts';
import { type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { membershipsIn } from '../systems/index.ts';
import {
  assetWorth,
  boundaryWorth,
  environmentFactor,
  exposureFactor,
  exposureWord,
  factorOfRank,
  impactOf,
} from './risk-factors.sql.ts';

/** SQL of what counts of a finding `v`. */
export const countsForRisk = `${isOpenFinding('v.lifecycle_state')} and v.severity_rank > 0 and not ${isAcceptedFinding('v')}`;

/** SQL of a relation (asset_uuid, system_id): in which boundaries assets are. */
const everyMembership = `
  select main.asset_uuid, main.system_id::text as system_id from ingestion_assets main where main.system_id is not null
   union select beside.asset_uuid, beside.system_id::text from ingestion_system_assets beside`;

/** SQL of what stands before and behind the memberships in the relation of `assetFactors`. */
const aroundMemberships = [
  `
  select a.asset_uuid, ${exposureWord} as exposure, coalesce(said_asset.exposed, said_zone.exposed) is not null as is_said, (${assetWorth})::float8 as worth, b.worth::float8 as boundary_worth,
         (${environmentFactor})::float8 as environment
    from ingestion_assets a
    left join assets_extended x on x.asset_uuid = a.asset_uuid
    left join (select distinct on (e.asset_uuid) e.asset_uuid, e.exposed from exposures e
                where e.asset_uuid is not null order by e.asset_uuid, e.id desc) said_asset on said_asset.asset_uuid = a.asset_uuid
    left join (select distinct on (lower(e.network_zone)) lower(e.network_zone) as zone, e.exposed from exposures e
                where e.network_zone is not null order by lower(e.network_zone), e.id desc) said_zone on said_zone.zone = lower(trim(x.network_zone))
    left join (
      select m.asset_uuid, max(${boundaryWorth}) as worth
        from (`,
  `) m
        join ingestion_system_impact_levels l on l.system_id = m.system_id
       group by m.asset_uuid
    ) b on b.asset_uuid = a.asset_uuid
   where a.merged_into is null and a.deleted_at is null and a.terminated_at is null`,
] as const;

/** SQL of a relation (asset_uuid, exposure, is_said, worth, boundary_worth, environment): what assets contribute, whatever boundaries they are in. */
const assetFactors = aroundMemberships.join(everyMembership);

/** The same as far as a scope reaches: whoever sees one boundary of an asset does not learn of the others. */
export const assetFactorsIn = (scope: Scope): RawBuilder<unknown> =>
  sql`${sql.raw(aroundMemberships[0])}${membershipsIn(scope)}${sql.raw(aroundMemberships[1])}`;

/** SQL of the score of a finding `v` of a plugin `i` on an asset with the factors `exposure` and `criticality`, both numbers. */
export const scoreOf = (exposure: string, criticality: string): string => `
  100 * (case when v.severity_modification = 'recast' or i.severity_factor is null then ${factorOfRank('v.severity_rank')}::float8 else i.severity_factor::float8 end)
      * i.exploitability_factor::float8 * i.reach_factor::float8 * ${exposure} * ${criticality}`;

export interface Assessed {
  /** Findings that counted. */
  readonly findings: number;
  readonly assets: number;
  /** Assets whose score changed. */
  readonly changed: number;
}

/** Scores everything. @param now when that is. */
export async function scoreRisks(tx: Tx, now: Date): Promise<Assessed> {
  await tx.client.query(`select pg_advisory_xact_lock(hashtext('tieline risk'))`);
  await tx.client.query(
    'drop table if exists staging_asset_factors, staging_finding_scores, staging_asset_scores',
  );
  await tx.client.query(
    `create temporary table staging_asset_factors on commit drop as
     select f.asset_uuid, ${exposureFactor('f.exposure')}::float8 as exposure, ${impactOf('f.worth', 'f.boundary_worth')} as impact, f.environment
       from (${assetFactors}) f`,
  );
  await tx.client.query('analyze staging_asset_factors');
  const scored = await tx.client.query(
    `create temporary table staging_finding_scores on commit drop as
     select v.asset_ref as asset_uuid, i.plugin_id, f.impact, round((${scoreOf('f.exposure', 'f.impact * f.environment')})::numeric, 2) as score
       from ingestion_vulnerabilities v
       join vulnerability_intelligence i on i.plugin_id = v.plugin_id::text
       join staging_asset_factors f on f.asset_uuid = v.asset_ref
      where ${countsForRisk}`,
  );
  await tx.client.query('analyze staging_finding_scores');
  const { rowCount: assets } = await tx.client.query(
    `create temporary table staging_asset_scores on commit drop as
     select f.asset_uuid, coalesce(s.score, 0)::numeric(5,2) as score
       from staging_asset_factors f
       left join (select asset_uuid, max(score) as score from staging_finding_scores group by asset_uuid) s using (asset_uuid)`,
  );
  const changed = await saveAssetRisks(tx, now);
  await saveGroupRisks(tx, now);
  await saveBusinessImpact(tx);
  return { findings: scored.rowCount ?? 0, assets: assets ?? 0, changed };
}

/** Keeps the scores of boundaries and plugins; those that have nothing open any more go. */
async function saveGroupRisks(tx: Tx, now: Date): Promise<void> {
  await tx.client.query(
    `with member as materialized (
       select m.asset_uuid, m.system_id::text as system_id from (
         select main.asset_uuid, main.system_id from ingestion_assets main where main.system_id is not null
         union select beside.asset_uuid, beside.system_id from ingestion_system_assets beside where beside.system_id is not null) m
     ), grouped as materialized (
       select coalesce(member.system_id, '') as system_id, s.plugin_id, max(s.score) as score, count(*)::int as findings,
              count(distinct s.asset_uuid)::int as assets, (array_agg(s.asset_uuid order by s.score desc, s.asset_uuid))[1] as worst
         from staging_finding_scores s left join member on member.asset_uuid = s.asset_uuid
        group by 1, 2
     ), gone as (
       delete from group_risks g where not exists (select from grouped w where w.system_id = g.system_id and w.plugin_id = g.plugin_id)
     )
     insert into group_risks as known (system_id, plugin_id, risk_score, findings, assets, worst_asset, assessed_at)
     select system_id, plugin_id, score, findings, assets, worst, $1::timestamptz from grouped
     on conflict (plugin_id, system_id) do update
       set risk_score = excluded.risk_score, findings = excluded.findings, assets = excluded.assets,
           worst_asset = excluded.worst_asset, assessed_at = excluded.assessed_at
       where (known.risk_score, known.findings, known.assets, known.worst_asset)
             is distinct from (excluded.risk_score, excluded.findings, excluded.assets, excluded.worst_asset)`,
    [now],
  );
}

/** Of each plugin what the most important asset is worth that it is open on, 0 to 10. */
async function saveBusinessImpact(tx: Tx): Promise<void> {
  await tx.client.query(
    `update vulnerability_intelligence i set business_impact_score = w.impact
       from (select k.plugin_id, round(10 * max(s.impact)::numeric, 1) as impact
               from vulnerability_intelligence k left join staging_finding_scores s on s.plugin_id = k.plugin_id group by k.plugin_id) w
      where w.plugin_id = i.plugin_id and i.business_impact_score is distinct from w.impact`,
  );
}

/** Keeps when scores were computed. */
export async function recordAssessment(
  tx: Tx,
  assessment: Assessed & { readonly at: Date; readonly cause: 'load' | 'sync' | 'import' | 'command' },
): Promise<void> {
  await tx.client.query(
    `insert into risk_assessments (assessed_at, cause, findings, assets, changed) values ($1, $2, $3, $4, $5)`,
    [assessment.at, assessment.cause, assessment.findings, assessment.assets, assessment.changed],
  );
}
