/** One risk score with every part of it, where each part is from and of when. */
import { type Kysely, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { fetchAssetReach, isThisAssetIn } from '../systems/index.ts';
import { exposureFactor, factorOfRank, impactOf } from './risk-factors.sql.ts';
import { assetFactorsIn, countsForRisk, scoreOf } from './risk-scores.sql.ts';

/** Why a factor of a plugin is what it is; which fields there are depends on the rule. */
export interface FactorReason {
  readonly rule: 'cvss' | 'scanner' | 'word' | 'kev' | 'active' | 'epss' | 'public' | 'unknown';
  readonly cve?: string | null;
  readonly score?: number | null;
  readonly since?: string | null;
  readonly date?: string | null;
  readonly word?: string | null;
}

/** What a plugin contributes to the score of each of its findings. */
export interface PluginFactors {
  /** Null: nobody rated it, and each finding's own severity counts. */
  readonly severity: number | null;
  readonly severityReason: FactorReason;
  readonly exploitability: number;
  readonly exploitabilityReason: FactorReason;
  readonly reach: number;
  readonly attackVector: string | null;
}

const pluginFactors = sql`
  i.severity_factor::float8 as severity, i.factor_reasons -> 'severity' as "severityReason",
  i.exploitability_factor::float8 as exploitability, i.factor_reasons -> 'exploitability' as "exploitabilityReason",
  i.reach_factor::float8 as reach, i.attack_vector as "attackVector"`;

interface ScoredFinding extends PluginFactors {
  readonly findingKey: string;
  readonly pluginId: string;
  readonly name: string;
  readonly severityWord: string;
  readonly isRecast: boolean;
  /** The factor that counts: that of the plugin, or of a rule that changed the severity. */
  readonly severityUsed: number;
  readonly score: number;
}

export interface AssetRisk {
  readonly assetUuid: string;
  readonly name: string | null;
  /** As it was stored last, and when; null also for who does not see all boundaries of the asset. */
  readonly score: number | null;
  readonly assessedAt: Date | null;
  /** What it comes to now. */
  readonly scoreNow: number;
  readonly exposure: {
    readonly answer: 'yes' | 'no' | 'unknown';
    /** Whether somebody said it of the asset or of its zone; else it follows from the name of the zone. */
    readonly isSaid: boolean;
    readonly factor: number;
    readonly networkZone: string | null;
    /** Where it is unknown: what the score would be for either answer. */
    readonly scoreIfYes: number | null;
    readonly scoreIfNo: number | null;
  };
  readonly criticality: {
    readonly factor: number;
    readonly impact: number;
    readonly assetWorth: number | null;
    readonly acrOverride: number | null;
    readonly businessCriticality: string | null;
    readonly acr: number | null;
    readonly criticalityRating: string | null;
    readonly boundaryWorth: number | null;
    readonly environment: string | null;
    readonly environmentFactor: number;
  };
  /** Findings that count, and those that do not. */
  readonly counted: number;
  readonly accepted: number;
  readonly informational: number;
  /** The worst of them. */
  readonly findings: readonly ScoredFinding[];
}

const shownFindings = 10;

interface AssetRow {
  readonly name: string | null;
  readonly score: number | null;
  readonly assessedAt: Date | null;
  readonly answer: 'yes' | 'no' | 'unknown';
  readonly isSaid: boolean;
  readonly exposure: number;
  readonly networkZone: string | null;
  readonly impact: number;
  readonly assetWorth: number | null;
  readonly boundaryWorth: number | null;
  readonly environment: string | null;
  readonly environmentFactor: number;
  readonly acrOverride: number | null;
  readonly businessCriticality: string | null;
  readonly acr: number | null;
  readonly criticalityRating: string | null;
  readonly ifYes: number;
  readonly ifNo: number;
}

const factorOf = { yes: sql.raw(exposureFactor(`'yes'`)), no: sql.raw(exposureFactor(`'no'`)) };

/** The risk of an asset, part by part. @returns undefined where there is no such asset in the scope. */
export async function explainAssetRisk(
  db: Kysely<Database>,
  scope: Scope,
  assetUuid: string,
): Promise<AssetRisk | undefined> {
  const row = await fetchAssetRow(db, scope, assetUuid);
  if (!row) return undefined;
  const { isOutside } = await fetchAssetReach(db, scope, assetUuid);
  const criticality = row.impact * row.environmentFactor;
  const findings = await listWorst(db, assetUuid, { exposure: row.exposure, criticality });
  const scoreNow = findings[0]?.score ?? 0;
  const isUnknown = row.answer === 'unknown';
  const scaled = (factor: number): number | null =>
    isUnknown ? Math.round((scoreNow / row.exposure) * factor * 100) / 100 : null;
  const { name, score, assessedAt, answer, isSaid, networkZone, ifYes, ifNo, exposure, ...worth } = row;
  return {
    assetUuid,
    name,
    // What is stored counts every boundary of the asset.
    score: isOutside ? null : score,
    assessedAt: isOutside ? null : assessedAt,
    scoreNow,
    exposure: {
      answer,
      isSaid,
      factor: exposure,
      networkZone,
      scoreIfYes: scaled(ifYes),
      scoreIfNo: scaled(ifNo),
    },
    criticality: { factor: criticality, ...worth },
    ...(await countAround(db, assetUuid)),
    findings,
  };
}

async function fetchAssetRow(
  db: Kysely<Database>,
  scope: Scope,
  assetUuid: string,
): Promise<AssetRow | undefined> {
  const asset = sql`${assetUuid}::uuid`;
  const { rows } = await sql<AssetRow>`
    select a.hostname as name, x.risk_score::float8 as score, x.last_risk_assessment as "assessedAt", f.exposure as answer, f.is_said as "isSaid",
           (${sql.raw(exposureFactor('f.exposure'))})::float8 as exposure, x.network_zone as "networkZone", ${sql.raw(impactOf('f.worth', 'f.boundary_worth'))} as impact,
           f.worth as "assetWorth", f.boundary_worth as "boundaryWorth", x.environment, f.environment as "environmentFactor",
           x.acr_override as "acrOverride", x.business_criticality as "businessCriticality", a.acr_score::float8 as acr,
           a.criticality_rating as "criticalityRating", (${factorOf.yes})::float8 as "ifYes", (${factorOf.no})::float8 as "ifNo"
      from ingestion_assets a
      join (${assetFactorsIn(scope)}) f on f.asset_uuid = a.asset_uuid
      left join assets_extended x on x.asset_uuid = a.asset_uuid
     where a.asset_uuid = ${asset} and ${isThisAssetIn(scope, asset)}`.execute(db);
  return rows[0];
}

/** The findings of an asset that count, the worst first. */
async function listWorst(
  db: Kysely<Database>,
  assetUuid: string,
  { exposure, criticality }: { readonly exposure: number; readonly criticality: number },
): Promise<ScoredFinding[]> {
  const { rows } = await sql<ScoredFinding>`
    select v.finding_key as "findingKey", i.plugin_id as "pluginId", p.name, v.severity::text as "severityWord",
           v.severity_modification is not distinct from 'recast' as "isRecast", ${pluginFactors},
           (case when v.severity_modification = 'recast' or i.severity_factor is null then ${sql.raw(factorOfRank('v.severity_rank'))} else i.severity_factor end)::float8 as "severityUsed",
           round((${sql.raw(scoreOf(String(exposure), String(criticality)))})::numeric, 2)::float8 as score
      from ingestion_vulnerabilities v
      join vulnerability_intelligence i on i.plugin_id = v.plugin_id::text
      join scan_plugins p on p.plugin_id = i.plugin_id
     where v.asset_ref = ${assetUuid}::uuid and ${sql.raw(countsForRisk)}
     order by score desc, v.id limit ${shownFindings}`.execute(db);
  return rows;
}

async function countAround(
  db: Kysely<Database>,
  assetUuid: string,
): Promise<Pick<AssetRisk, 'counted' | 'accepted' | 'informational'>> {
  const { rows } = await sql<Pick<AssetRisk, 'counted' | 'accepted' | 'informational'>>`
    select count(*) filter (where ${sql.raw(countsForRisk)})::int as counted,
           count(*) filter (where v.severity_rank > 0 and not (${sql.raw(countsForRisk)}))::int as accepted,
           count(*) filter (where v.severity_rank = 0)::int as informational
      from ingestion_vulnerabilities v
     where v.asset_ref = ${assetUuid}::uuid and v.lifecycle_state in ('open', 'reopened')`.execute(db);
  return rows[0] ?? { counted: 0, accepted: 0, informational: 0 };
}

export interface GroupRisk {
  readonly systemId: string | null;
  readonly score: number;
  readonly findings: number;
  readonly assets: number;
  readonly worstAsset: string;
  readonly worstAssetName: string | null;
  readonly assessedAt: Date;
}

export interface PluginRisk extends PluginFactors {
  readonly pluginId: string;
  readonly name: string;
  /** The highest in the scope; null where nothing of it is open there. */
  readonly score: number | null;
  /** What the most important asset is worth that it is open on, 0 to 10; null for who does not see all boundaries. */
  readonly businessImpact: number | null;
  /** By boundary, the highest first. */
  readonly groups: readonly GroupRisk[];
}

/** The risk of a plugin, part by part, and by boundary. @returns undefined where nothing of it counts in the scope. */
export async function explainPluginRisk(
  db: Kysely<Database>,
  scope: Scope,
  pluginId: string,
): Promise<PluginRisk | undefined> {
  const { rows } = await sql<Omit<PluginRisk, 'groups' | 'score'>>`
    select p.plugin_id as "pluginId", p.name, ${pluginFactors}, i.business_impact_score::float8 as "businessImpact"
      from vulnerability_intelligence i join scan_plugins p on p.plugin_id = i.plugin_id
     where i.plugin_id = ${pluginId} and i.exploitability_factor is not null`.execute(db);
  const [row] = rows;
  if (!row) return undefined;
  const groups = await sql<GroupRisk>`
    select nullif(g.system_id, '') as "systemId", g.risk_score::float8 as score, g.findings, g.assets, g.worst_asset as "worstAsset",
           a.hostname as "worstAssetName", g.assessed_at as "assessedAt"
      from group_risks g left join ingestion_assets a on a.asset_uuid = g.worst_asset
     where g.plugin_id = ${pluginId} and ${inScope(scope, sql`nullif(g.system_id, '')`)}
     order by g.risk_score desc, g.system_id limit 100`.execute(db);
  if (groups.rows.length === 0 && scope.kind !== 'everywhere') return undefined;
  const businessImpact = scope.kind === 'everywhere' ? row.businessImpact : null;
  return { ...row, businessImpact, score: groups.rows[0]?.score ?? null, groups: groups.rows };
}

/** When scores were computed last, and what it came to; null: never. */
export async function findLastAssessment(db: Kysely<Database>): Promise<{
  readonly at: Date;
  readonly cause: string;
  readonly findings: number;
  readonly changed: number;
} | null> {
  const { rows } = await sql<{ at: Date; cause: string; findings: number; changed: number }>`
    select assessed_at as at, cause, findings, changed from risk_assessments order by id desc limit 1`.execute(
    db,
  );
  return rows[0] ?? null;
}
