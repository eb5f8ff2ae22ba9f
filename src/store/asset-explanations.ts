/** Assets as a person looks at them: which records of which sources they are, by what they are known, and why. */
import { sql, type Kysely } from 'kysely';
import type { WeighedCandidate } from '../model/asset-identity.ts';
import type { Database } from './schema.ts';

export interface AssetSummary {
  readonly assetUuid: string;
  readonly hostname: string | null;
  readonly systemId: string | null;
  readonly firstSeen: Date | null;
  readonly lastSeen: Date | null;
  readonly mergedInto: string | null;
  readonly deletedAt: Date | null;
  readonly terminatedAt: Date | null;
}

export interface IdentityDecisionRow {
  readonly id: number;
  readonly system: string;
  readonly externalId: string;
  readonly assetUuid: string;
  readonly decision: string;
  readonly reason: string;
  readonly candidates: readonly WeighedCandidate[];
  readonly decidedBy: string;
  readonly decidedAt: Date;
  readonly settledBy: string | null;
}

export interface AssetExplanation {
  readonly asset: AssetSummary;
  readonly sources: readonly {
    readonly system: string;
    readonly externalId: string;
    readonly lastSeen: Date | null;
    readonly reportedAt: Date;
    readonly findings: number;
  }[];
  readonly identifiers: readonly {
    readonly kind: string;
    readonly value: string;
    readonly lastSeen: Date | null;
  }[];
  readonly decisions: readonly IdentityDecisionRow[];
  /** Assets that turned out to be this one. */
  readonly absorbed: readonly string[];
}

const summary = sql`asset_uuid::text as "assetUuid", hostname, system_id as "systemId", first_seen as "firstSeen", last_seen as "lastSeen",
           merged_into::text as "mergedInto", deleted_at as "deletedAt", terminated_at as "terminatedAt"`;

/** Assets whose uuid begins so, or that are named so. */
export async function findAssets(
  db: Kysely<Database>,
  wanted: string,
  limit: number,
): Promise<AssetSummary[]> {
  const { rows } = await sql<AssetSummary>`
    select ${summary} from ingestion_assets
     where asset_uuid::text like ${`${wanted.toLowerCase()}%`} or lower(hostname) = ${wanted.toLowerCase()}
     order by asset_uuid limit ${limit}`.execute(db);
  return rows;
}

const decisionColumns = sql`d.id::int, s.system_name as system, d.external_id as "externalId", d.asset_uuid::text as "assetUuid", d.decision,
           d.reason, d.candidates, d.decided_by as "decidedBy", d.decided_at as "decidedAt", d.settled_by as "settledBy"`;

export async function explainAsset(db: Kysely<Database>, asset: AssetSummary): Promise<AssetExplanation> {
  const uuid = asset.assetUuid;
  const sources = await sql<AssetExplanation['sources'][number]>`
    select s.system_name as system, x.external_id as "externalId", x.last_seen as "lastSeen", x.reported_at as "reportedAt",
           (select count(*)::int from ingestion_vulnerabilities v where v.asset_ref = x.asset_uuid and s.id = any (v.reported_by)) as findings
      from asset_sources x join external_systems s on s.id = x.external_system_id
     where x.asset_uuid = ${uuid}::uuid order by s.id, x.external_id`.execute(db);
  const identifiers = await sql<AssetExplanation['identifiers'][number]>`
    select kind, value, last_seen as "lastSeen" from asset_identifiers where asset_uuid = ${uuid}::uuid order by kind, value`.execute(
    db,
  );
  const decisions = await sql<IdentityDecisionRow>`
    select ${decisionColumns} from asset_identity_decisions d join external_systems s on s.id = d.external_system_id
     where d.asset_uuid = ${uuid}::uuid
        or (d.external_system_id, d.external_id) in (select x.external_system_id, x.external_id from asset_sources x where x.asset_uuid = ${uuid}::uuid)
     order by d.id`.execute(db);
  const absorbed = await sql<{ uuid: string }>`
    select asset_uuid::text as uuid from ingestion_assets where merged_into = ${uuid}::uuid order by 1`.execute(
    db,
  );
  return {
    asset,
    sources: sources.rows,
    identifiers: identifiers.rows,
    decisions: decisions.rows,
    absorbed: absorbed.rows.map((row) => row.uuid),
  };
}

/** What a person should look at, oldest first: machines that may be one that is known. */
export async function listIdentityReviews(
  db: Kysely<Database>,
  filter: { readonly id?: number },
  limit: number,
): Promise<IdentityDecisionRow[]> {
  const { rows } = await sql<IdentityDecisionRow>`
    select ${decisionColumns} from asset_identity_decisions d join external_systems s on s.id = d.external_system_id
     where d.decision = 'review' and d.settled_at is null and (${filter.id ?? null}::bigint is null or d.id = ${filter.id ?? null})
     order by d.id limit ${limit}`.execute(db);
  return rows;
}

/** Settles reviews: of one id, or about records that are now at the given asset. @returns how many. */
export async function settleReviews(
  db: Kysely<Database>,
  which: { readonly id?: number; readonly assetUuid?: string },
  by: string,
): Promise<number> {
  const { numAffectedRows } = await sql`
    update asset_identity_decisions d set settled_at = now(), settled_by = ${by}
     where d.decision = 'review' and d.settled_at is null
       and (d.id = ${which.id ?? null}::bigint
            or exists (select from asset_sources x where x.external_system_id = d.external_system_id and x.external_id = d.external_id
                          and x.asset_uuid = ${which.assetUuid ?? null}::uuid))`.execute(db);
  return Number(numAffectedRows ?? 0n);
}
