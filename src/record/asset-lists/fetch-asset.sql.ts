/** One asset: what it is, and what each of its tabs shows. Each answers undefined for an asset that is not in the scope. */
import { isUuid } from '../../platform/values/index.ts';
import { type Kysely, sql } from 'kysely';
import {
  decisionColumnsOf,
  shownDecision,
  type ShownDecision,
  type StoredDecider,
  type StoredReason,
} from '../../ledger/operations/index.ts';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { Json, JsonObject } from '../../platform/values/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import type { AssetTag } from '../assets/index.ts';
import { isThisAssetIn } from '../systems/index.ts';
import { type AssetRow, fetchAssetRows } from './list-assets.sql.ts';

export type AssetFound =
  | { readonly is: 'asset'; readonly asset: AssetRow & AssetMore }
  /** It turned out to be another one, which is in the scope. */
  | { readonly is: 'merged'; readonly into: string };

export interface AssetMore {
  readonly netbiosName: string | null;
  readonly businessOwner: string | null;
  readonly technicalOwner: string | null;
  readonly acrRated: number | null;
  readonly acrOverride: number | null;
  readonly deletedAt: Date | null;
  readonly terminatedAt: Date | null;
  readonly unreportedSince: Date | null;
  /** Whether a scan with credentials looked at it, and when the last one ended; only files say so. */
  readonly lastCredentialedScan: Date | null;
  readonly component: { readonly id: string; readonly name: string; readonly systemId: string } | null;
  /** Assets that turned out to be this one. */
  readonly absorbed: readonly string[];
  readonly complianceFailed: number;
  /** Its tags that workflows set. */
  readonly workflowTags: readonly (AssetTag & { readonly workflow: string; readonly taggedAt: string })[];
}

interface Known {
  readonly id: number;
  readonly into: string | null;
}

/** An asset of the scope by its uuid; one that was merged, by what it is now. */
async function findKnown(db: Kysely<Database>, scope: Scope, uuid: string): Promise<Known | undefined> {
  if (!isUuid(uuid)) return undefined;
  const { rows } = await sql<Known>`
    select a.id, a.merged_into::text as into from ingestion_assets a
     where a.asset_uuid = ${uuid}::uuid and ${isThisAssetIn(scope, sql`coalesce(a.merged_into, a.asset_uuid)`)}`.execute(
    db,
  );
  return rows[0];
}

/** Runs a query about an asset that is itself, and in the scope. */
async function ofAsset<T>(
  db: Kysely<Database>,
  scope: Scope,
  uuid: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const known = await findKnown(db, scope, uuid);
  return known === undefined || known.into !== null ? undefined : work();
}

/** Whether there is such an asset in the scope, and it did not turn out to be another one. */
export async function isAssetThere(db: Kysely<Database>, scope: Scope, uuid: string): Promise<boolean> {
  const known = await findKnown(db, scope, uuid);
  return known !== undefined && known.into === null;
}

export async function fetchAssetDetail(
  db: Kysely<Database>,
  scope: Scope,
  uuid: string,
): Promise<AssetFound | undefined> {
  const known = await findKnown(db, scope, uuid);
  if (known === undefined) return undefined;
  if (known.into !== null) return { is: 'merged', into: known.into };
  const [row] = await fetchAssetRows(db, scope, [known.id]);
  if (!row) return undefined;
  const { rows } = await sql<AssetMore>`
    select a.netbios_name as "netbiosName", a.business_owner as "businessOwner", a.technical_owner as "technicalOwner", a.acr_score::float8 as "acrRated",
           x.acr_override::int as "acrOverride", a.deleted_at as "deletedAt", a.terminated_at as "terminatedAt", a.unreported_since as "unreportedSince",
           (select max(c.ended_at) from scan_coverage c where c.asset_uuid = a.asset_uuid) as "lastCredentialedScan",
           (select jsonb_build_object('id', c.component_id, 'name', c.name, 'systemId', c.system_id) from system_components c
             where c.component_id = a.xacta_component_id and ${inScope(scope, sql`c.system_id`)} order by c.system_id = a.system_id desc, c.id limit 1) as component,
           array(select m.asset_uuid::text from ingestion_assets m where m.merged_into = a.asset_uuid order by 1) as absorbed,
           (select count(*)::int from compliance_results r where r.asset_uuid = a.asset_uuid and r.status = 'failed') as "complianceFailed",
           coalesce((select jsonb_agg(jsonb_build_object('category', w.tag_key, 'value', w.tag_value, 'workflow', w.workflow_name, 'taggedAt', to_char(w.tagged_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))
                                      order by w.tag_key, w.tag_value)
                       from workflow_tags w where w.asset_uuid = a.asset_uuid and w.removed_at is null), '[]') as "workflowTags"
      from ingestion_assets a left join assets_extended x on x.asset_uuid = a.asset_uuid where a.id = ${known.id}`.execute(
    db,
  );
  return rows[0] && { is: 'asset', asset: { ...row, ...rows[0] } };
}

export interface AssetSourceView {
  readonly source: string;
  readonly type: string;
  readonly externalId: string;
  readonly lastSeen: Date | null;
  readonly reportedAt: Date;
  /** What it says, by field of the record. */
  readonly record: JsonObject;
}

/** What each source says of the asset, the one that counts first: of single values the latest to have seen it, of lists all. */
export function fetchAssetSources(
  db: Kysely<Database>,
  scope: Scope,
  uuid: string,
): Promise<AssetSourceView[] | undefined> {
  return ofAsset(db, scope, uuid, async () => {
    const { rows } = await sql<AssetSourceView>`
      select s.system_name as source, s.system_type as type, r.external_id as "externalId", r.last_seen as "lastSeen", r.reported_at as "reportedAt", r.record
        from asset_sources r join external_systems s on s.id = r.external_system_id
       where r.asset_uuid = ${uuid}::uuid order by r.last_seen desc nulls last, r.external_system_id, r.external_id`.execute(
      db,
    );
    return rows;
  });
}

export interface AssetIdentifierView {
  readonly kind: string;
  readonly value: string;
  readonly lastSeen: Date | null;
  /** Other assets of the scope that bear it, at most 20. */
  readonly sharedBy: readonly {
    readonly assetUuid: string;
    readonly name: string | null;
    readonly lastSeen: string | null;
  }[];
}

export type AssetDecisionView = ShownDecision & {
  readonly id: number;
  readonly source: string;
  readonly externalId: string;
  readonly decision: string;
  /** Of the scope, the best first, each with its score and what it rests on. */
  readonly candidates: readonly JsonObject[];
  readonly decidedAt: Date;
  readonly settledBy: string | null;
  readonly settledAt: Date | null;
};

export interface AssetIdentity {
  readonly identifiers: readonly AssetIdentifierView[];
  readonly decisions: readonly AssetDecisionView[];
}

/** Who is who: what it is known by, who else is, and each decision about that. */
export function fetchAssetIdentity(
  db: Kysely<Database>,
  scope: Scope,
  uuid: string,
): Promise<AssetIdentity | undefined> {
  return ofAsset(db, scope, uuid, async () => {
    const identifiers = await sql<AssetIdentifierView>`
      select i.kind, i.value, i.last_seen as "lastSeen",
             coalesce((select jsonb_agg(jsonb_build_object('assetUuid', o.asset_uuid, 'name', o.hostname, 'lastSeen', o.last_seen) order by o.asset_uuid)
                         from (select a.asset_uuid, a.hostname, shared.last_seen from asset_identifiers shared join ingestion_assets a using (asset_uuid)
                                where shared.kind = i.kind and shared.value = i.value and shared.asset_uuid <> i.asset_uuid and a.merged_into is null
                                  and ${isThisAssetIn(scope, sql`a.asset_uuid`)} order by a.asset_uuid limit 20) o), '[]') as "sharedBy"
        from asset_identifiers i where i.asset_uuid = ${uuid}::uuid order by i.kind, i.value limit 500`.execute(
      db,
    );
    const decisions = await sql<Omit<AssetDecisionView, keyof ShownDecision> & StoredDecider & StoredReason>`
      select d.id::int, s.system_name as source, d.external_id as "externalId", d.decision, ${sql.raw(decisionColumnsOf('d'))},
             coalesce((select jsonb_agg(c.candidate order by c.place) from jsonb_array_elements(d.candidates) with ordinality c(candidate, place)
                        where exists (select from ingestion_assets a where a.asset_uuid = (c.candidate ->> 'assetUuid')::uuid and ${isThisAssetIn(scope, sql`coalesce(a.merged_into, a.asset_uuid)`)})), '[]') as candidates,
             d.decided_at as "decidedAt", d.settled_by as "settledBy", d.settled_at as "settledAt"
        from asset_identity_decisions d join external_systems s on s.id = d.external_system_id
       where d.asset_uuid = ${uuid}::uuid
          or (d.external_system_id, d.external_id) in (select r.external_system_id, r.external_id from asset_sources r where r.asset_uuid = ${uuid}::uuid)
       order by d.id desc limit 200`.execute(db);
    return { identifiers: identifiers.rows, decisions: decisions.rows.map(shownDecision) };
  });
}

export type AssetComponentView = ShownDecision & {
  readonly source: string;
  readonly componentId: string;
  readonly name: string;
  readonly systemId: string;
  readonly decision: string;
  readonly score: number;
  readonly evidence: Json;
  readonly decidedAt: Date;
};

/** Components of systems of the scope that it may be, with what speaks for each. */
export function fetchAssetComponents(
  db: Kysely<Database>,
  scope: Scope,
  uuid: string,
): Promise<AssetComponentView[] | undefined> {
  return ofAsset(db, scope, uuid, async () => {
    const { rows } = await sql<Omit<AssetComponentView, keyof ShownDecision> & StoredDecider & StoredReason>`
      select s.system_name as source, c.component_id as "componentId", c.name, c.system_id as "systemId", k.decision, k.score::float8 as score, k.evidence,
             k.decided_at as "decidedAt", ${sql.raw(decisionColumnsOf('k'))}
        from asset_correlations k join system_components c on c.id = k.component_id join external_systems s on s.id = c.external_system_id
       where k.asset_uuid = ${uuid}::uuid and ${inScope(scope, sql`c.system_id`)}
       order by k.decision = 'linked' desc, k.score desc, c.id limit 200`.execute(db);
    return rows.map(shownDecision);
  });
}

export interface AssetContextView {
  /** What is said here, by field. */
  readonly here: JsonObject;
  /** What each server and this record last agreed on. */
  readonly agreed: readonly {
    readonly source: string;
    readonly base: JsonObject;
    readonly confirmedAt: string;
  }[];
}

/** Its business context, here and as last agreed with each server. */
export function fetchAssetContext(
  db: Kysely<Database>,
  scope: Scope,
  uuid: string,
): Promise<AssetContextView | undefined> {
  return ofAsset(db, scope, uuid, async () => {
    const { rows } = await sql<AssetContextView>`
      select coalesce((select to_jsonb(x) - '{id,asset_uuid,asset_tags,risk_score,last_risk_assessment}'::text[] from assets_extended x where x.asset_uuid = ${uuid}::uuid), '{}') as here,
             coalesce((select jsonb_agg(jsonb_build_object('source', s.system_name, 'base', l.base, 'confirmedAt', l.confirmed_at) order by s.id)
                         from sync_links l join external_systems s on s.id = l.external_system_id
                        where l.entity_type = 'asset_context' and l.entity_id = ${uuid} and l.retired_at is null), '[]') as agreed`.execute(
      db,
    );
    return rows[0] ?? { here: {}, agreed: [] };
  });
}

export interface ComplianceView {
  readonly auditFile: string;
  readonly checkId: string;
  readonly checkName: string;
  readonly status: string;
  readonly expected: string | null;
  readonly actual: string | null;
  readonly solution: string | null;
  readonly controls: readonly string[];
  readonly lastSeen: Date | null;
}

/** What the checks of audit files came to, those that failed first. */
export function fetchAssetCompliance(
  db: Kysely<Database>,
  scope: Scope,
  uuid: string,
  limit: number,
): Promise<ComplianceView[] | undefined> {
  return ofAsset(db, scope, uuid, async () => {
    const { rows } = await sql<ComplianceView>`
      select audit_file as "auditFile", check_id as "checkId", check_name as "checkName", status, expected_value as expected, actual_value as actual, solution,
             control_references as controls, last_seen as "lastSeen"
        from compliance_results where asset_uuid = ${uuid}::uuid
       order by array_position('{failed,error,warning,unknown,skipped,passed}'::text[], status::text), audit_file, check_id limit ${limit}`.execute(
      db,
    );
    return rows;
  });
}

export type AssetChangeView = ShownDecision & {
  readonly field: string | null;
  readonly before: Json;
  readonly after: Json;
  readonly direction: string;
  readonly at: Date;
  readonly operationId: string;
};

/** The journal of the asset and its business context, latest first. */
export function fetchAssetHistory(
  db: Kysely<Database>,
  scope: Scope,
  uuid: string,
  limit: number,
): Promise<AssetChangeView[] | undefined> {
  return ofAsset(db, scope, uuid, async () => {
    const { rows } = await sql<Omit<AssetChangeView, keyof ShownDecision> & StoredDecider & StoredReason>`
      select j.field_name as field, j.before_value as before, j.after_value as after, j.direction, j.changed_at as at, j.operation_id::text as "operationId",
             ${sql.raw(decisionColumnsOf('j'))}
        from sync_changes j where j.entity_type in ('asset', 'asset_context') and j.entity_id = ${uuid}
       order by j.changed_at desc, j.id desc limit ${limit}`.execute(db);
    return rows.map(shownDecision);
  });
}
