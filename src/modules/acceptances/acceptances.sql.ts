import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

export interface AcceptanceEntry {
  readonly id: number;
  readonly system: string;
  readonly acceptanceId: string | null;
  readonly name: string | null;
  readonly kind: string;
  readonly pluginId: string | null;
  readonly cveId: string | null;
  readonly scope: string;
  readonly repository: string | null;
  readonly port: number | null;
  readonly protocol: string | null;
  readonly severity: string | null;
  readonly comment: string | null;
  readonly expiresAt: Date | null;
  readonly status: string;
  readonly requestedBy: string | null;
  /** Since when the server no longer shows it. */
  readonly missingSince: Date | null;
  /** Whether its last day is past. */
  readonly expired: boolean;
}

export interface AcceptanceFilter {
  readonly systemId?: number;
  readonly pluginId?: string;
  readonly id?: number;
  /** Also those that were withdrawn or have expired. */
  readonly all?: boolean;
}

/** Whether a finding or a rule has named the plugin. */
export async function isKnownPlugin(db: Kysely<Database>, pluginId: string): Promise<boolean> {
  const { rows } = await sql<{ known: boolean }>`
    select exists (select from scan_plugins where plugin_id = ${pluginId})
        or exists (select from acceptances where plugin_id = ${pluginId}) as known`.execute(db);
  return rows[0]?.known ?? false;
}

/** Rules that fit, the newest first. */
export async function listAcceptances(
  db: Kysely<Database>,
  filter: AcceptanceFilter,
  { limit, now }: { readonly limit: number; readonly now: Date },
): Promise<AcceptanceEntry[]> {
  const { rows } = await sql<AcceptanceEntry>`
    select a.id, s.system_name as system, a.acceptance_id as "acceptanceId", a.name, a.kind, a.plugin_id as "pluginId",
           a.cve_id as "cveId", a.scope, a.repository, a.port, a.protocol, a.severity, a.comment, a.expires_at as "expiresAt",
           a.status, a.requested_by as "requestedBy", l.missing_since as "missingSince", coalesce(a.expires_at <= ${now}::timestamptz, false) as expired
      from acceptances a
      join external_systems s on s.id = a.external_system_id
      left join sync_links l on l.external_system_id = a.external_system_id and l.entity_type = 'acceptance' and l.entity_id = a.id::text
     where (${filter.systemId ?? null}::int is null or a.external_system_id = ${filter.systemId ?? null})
       and (${filter.pluginId ?? null}::text is null or a.plugin_id = ${filter.pluginId ?? null})
       and (${filter.id ?? null}::int is null or a.id = ${filter.id ?? null})
       and (${filter.all ?? false} or a.status = 'active' and coalesce(a.expires_at > ${now}::timestamptz, true))
     order by a.id desc limit ${limit}`.execute(db);
  return rows;
}

/** Ids of rules that were asked for here and that the server does not have yet, with whether they are still wanted. */
export async function listUnsentAcceptances(
  db: Kysely<Database>,
  systemId: number,
  now: Date,
): Promise<readonly { readonly id: string; readonly isActive: boolean }[]> {
  const { rows } = await sql<{ id: string; isActive: boolean }>`
    select a.id::text, a.status = 'active' and coalesce(a.expires_at > ${now}::timestamptz, true) as "isActive"
      from acceptances a
     where a.external_system_id = ${systemId} and a.acceptance_id is null
       and not exists (select from sync_links l where l.external_system_id = a.external_system_id and l.entity_type = 'acceptance'
                          and l.entity_id = a.id::text)
     order by a.id`.execute(db);
  return rows;
}

export interface AssetThere {
  readonly assetUuid: string;
  readonly hostname: string | null;
  /** What the server calls it. */
  readonly externalId: string;
}

/** Those of these assets that a scanner's server reports, with what it calls each. */
export async function listAssetsThere(
  db: Kysely<Database>,
  systemId: number,
  assetUuids: readonly string[],
): Promise<AssetThere[]> {
  if (assetUuids.length === 0) return [];
  const { rows } = await sql<AssetThere>`
    select distinct on (a.asset_uuid) a.asset_uuid::text as "assetUuid", a.hostname, l.external_id as "externalId"
      from ingestion_assets a
      join sync_links l on l.external_system_id = ${systemId} and l.entity_type = 'asset' and l.entity_id = a.asset_uuid::text
                       and l.retired_at is null
     where a.asset_uuid = any(${[...assetUuids]}::uuid[]) and a.merged_into is null
     order by a.asset_uuid, l.id`.execute(db);
  return rows;
}

export interface Covered {
  readonly assets: number;
  readonly findings: number;
}

/** Open findings that a rule would cover now, and on how many assets. */
export async function countCovered(
  db: Kysely<Database>,
  systemId: number,
  rule: {
    readonly pluginId: string;
    readonly assetUuid: string | undefined;
    readonly port: number | undefined;
    readonly protocol: string | undefined;
  },
): Promise<Covered> {
  const { rows } = await sql<Covered>`
    select count(distinct v.asset_ref)::int as assets, count(*)::int as findings
      from ingestion_vulnerabilities v
     where v.plugin_id = ${rule.pluginId} and v.lifecycle_state in ('open', 'reopened') and ${systemId} = any (v.reported_by)
       and (${rule.assetUuid ?? null}::uuid is null or v.asset_ref = ${rule.assetUuid ?? null}::uuid)
       and (${rule.port ?? null}::int is null or v.port = ${rule.port ?? null})
       and (${rule.protocol ?? null}::text is null or lower(v.protocol) = ${rule.protocol ?? null})`.execute(
    db,
  );
  return rows[0] ?? { assets: 0, findings: 0 };
}
