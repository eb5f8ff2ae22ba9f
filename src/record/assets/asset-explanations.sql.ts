/** Assets as a person looks at them: which records of which sources they are, by which identifiers they are known, and why. */
import { sql, type Kysely } from 'kysely';
import type { WeighedCandidate } from './asset-identity.ts';
import { identifierKinds, normalizeIdentifier } from '../../canonical/identity/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import {
  decisionColumnsOf,
  shownDecision,
  type ShownDecision,
  type StoredDecider,
  type StoredReason,
} from '../../ledger/operations/index.ts';
import { settleReviewsOfDecisions } from '../matches/index.ts';

export interface AssetSummary {
  readonly assetUuid: string;
  readonly hostname: string | null;
  readonly systemId: string | null;
  readonly firstSeen: Date | null;
  readonly lastSeen: Date | null;
  readonly mergedInto: string | null;
  readonly deletedAt: Date | null;
  readonly terminatedAt: Date | null;
  /** Since when no source reports it any more. */
  readonly unreportedSince: Date | null;
}

/** Who decided, and why: such decisions always say. */
type Reasoned = ShownDecision & { readonly reason: string };

export interface IdentityDecisionRow extends Reasoned {
  readonly id: number;
  readonly system: string;
  readonly externalId: string;
  readonly assetUuid: string;
  readonly decision: string;
  readonly candidates: readonly WeighedCandidate[];
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
  /** Components of GRC systems that it may be, and what was decided about each. */
  readonly components: readonly (Reasoned & {
    readonly system: string;
    readonly componentId: string;
    readonly decision: string;
    readonly score: number;
  })[];
  /** Assets that turned out to be this one. */
  readonly absorbed: readonly string[];
}

type Stored<R extends Reasoned> = Omit<R, keyof Reasoned> & StoredDecider & StoredReason;

function reasoned<R extends StoredDecider & StoredReason>(row: R) {
  const shown = shownDecision(row);
  return { ...shown, reason: shown.reason ?? '' };
}

const summary = sql`asset_uuid::text as "assetUuid", hostname, system_id as "systemId", first_seen as "firstSeen", last_seen as "lastSeen",
           merged_into::text as "mergedInto", deleted_at as "deletedAt", terminated_at as "terminatedAt",
           unreported_since as "unreportedSince"`;

/**
 * Assets whose uuid is or begins so, or that are known so: by any name, address, MAC address, agent or BIOS uuid. Of what a name fits,
 * the living ones; those that ended or were merged into another one only where no living asset fits.
 */
export async function findAssets(
  db: Kysely<Database>,
  wanted: string,
  limit: number,
): Promise<AssetSummary[]> {
  const text = wanted.trim().toLowerCase();
  const known = identifierKinds.flatMap((kind) => normalizeIdentifier(kind, text) ?? []);
  const { rows } = await sql<AssetSummary & { isId: boolean; ended: boolean }>`
    with found as (
      select asset_uuid, true as is_id from ingestion_assets where asset_uuid::text = ${text}
       union all
      select asset_uuid, true from ingestion_assets where ${/^[0-9a-f-]{4,35}$/.test(text)} and asset_uuid::text like ${`${text}%`}
       union all
      select asset_uuid, false from ingestion_assets where lower(hostname) = ${text} or lower(netbios_name) = ${text}
       union all
      select i.asset_uuid, false from jsonb_to_recordset(${storableJson(known)}::jsonb) k(kind text, value text)
        join asset_identifiers i on i.kind = k.kind and i.value = k.value
       where not (k.kind = 'hostname' and position('.' in ${text}) > 0)
    ), each as (select asset_uuid, bool_or(is_id) as is_id from found group by asset_uuid)
    select ${summary}, each.is_id as "isId", coalesce(deleted_at, terminated_at) is not null or merged_into is not null as ended
      from ingestion_assets join each using (asset_uuid)
     order by ended, asset_uuid limit ${limit}`.execute(db);
  const living = rows.filter((row) => row.isId || !row.ended);
  return (living.length > 0 ? living : rows).map(({ isId: _isId, ended: _ended, ...asset }) => asset);
}

/** What these assets are, by uuid. */
export async function fetchAssetSummaries(
  db: Kysely<Database>,
  assetUuids: readonly string[],
): Promise<ReadonlyMap<string, AssetSummary>> {
  if (assetUuids.length === 0) return new Map();
  const { rows } = await sql<AssetSummary>`
    select ${summary} from ingestion_assets where asset_uuid = any(${[...assetUuids]}::uuid[])`.execute(db);
  return new Map(rows.map((row) => [row.assetUuid, row]));
}

const decisionColumns = sql`d.id::int, s.system_name as system, d.external_id as "externalId", d.asset_uuid::text as "assetUuid", d.decision,
           ${sql.raw(decisionColumnsOf('d'))}, d.candidates, d.decided_at as "decidedAt", d.settled_by as "settledBy"`;

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
  const decisions = await sql<Stored<IdentityDecisionRow>>`
    select ${decisionColumns} from asset_identity_decisions d join external_systems s on s.id = d.external_system_id
     where d.asset_uuid = ${uuid}::uuid
        or (d.external_system_id, d.external_id) in (select x.external_system_id, x.external_id from asset_sources x where x.asset_uuid = ${uuid}::uuid)
     order by d.id`.execute(db);
  const components = await sql<Stored<AssetExplanation['components'][number]>>`
    select s.system_name as system, c.component_id as "componentId", k.decision, k.score::float8 as score, ${sql.raw(decisionColumnsOf('k'))}
      from asset_correlations k join system_components c on c.id = k.component_id join external_systems s on s.id = c.external_system_id
     where k.asset_uuid = ${uuid}::uuid order by k.decision = 'linked' desc, k.score desc, c.id`.execute(db);
  const absorbed = await sql<{ uuid: string }>`
    select asset_uuid::text as uuid from ingestion_assets where merged_into = ${uuid}::uuid order by 1`.execute(
    db,
  );
  return {
    asset,
    sources: sources.rows,
    identifiers: identifiers.rows,
    decisions: decisions.rows.map(reasoned),
    components: components.rows.map(reasoned),
    absorbed: absorbed.rows.map((row) => row.uuid),
  };
}

/** What a person should look at, oldest first: machines that may be one that is known. */
export async function listIdentityReviews(
  db: Kysely<Database>,
  filter: { readonly id?: number },
  limit: number,
): Promise<IdentityDecisionRow[]> {
  const { rows } = await sql<Stored<IdentityDecisionRow>>`
    select ${decisionColumns} from asset_identity_decisions d join external_systems s on s.id = d.external_system_id
     where d.decision = 'review' and d.settled_at is null and (${filter.id ?? null}::bigint is null or d.id = ${filter.id ?? null})
     order by d.id limit ${limit}`.execute(db);
  return rows.map(reasoned);
}

/** Settles reviews of identity: of one id, or about records that are now at the given asset. @returns how many. */
export async function settleReviews(
  db: Kysely<Database>,
  which: { readonly id?: number; readonly assetUuid?: string },
  settled: { readonly by: string; readonly outcome: 'accepted' | 'rejected' },
): Promise<number> {
  const { numAffectedRows } = await sql`
    with settled as (
      update asset_identity_decisions d set settled_at = tieline_now(), settled_by = ${settled.by}
       where d.decision = 'review' and d.settled_at is null
         and (d.id = ${which.id ?? null}::bigint
              or exists (select from asset_sources x where x.external_system_id = d.external_system_id and x.external_id = d.external_id
                            and x.asset_uuid = ${which.assetUuid ?? null}::uuid))
      returning d.id
    )
    ${settleReviewsOfDecisions(sql`select id from settled`, settled)}`.execute(db);
  return Number(numAffectedRows ?? 0n);
}
