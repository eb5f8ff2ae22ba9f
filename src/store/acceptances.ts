import { sql, type Kysely } from 'kysely';
import type { Database } from './schema.ts';

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
  limit: number,
): Promise<AcceptanceEntry[]> {
  const { rows } = await sql<AcceptanceEntry>`
    select a.id, s.system_name as system, a.acceptance_id as "acceptanceId", a.name, a.kind, a.plugin_id as "pluginId",
           a.cve_id as "cveId", a.scope, a.repository, a.port, a.protocol, a.severity, a.comment, a.expires_at as "expiresAt",
           a.status, a.requested_by as "requestedBy", l.missing_since as "missingSince"
      from acceptances a
      join external_systems s on s.id = a.external_system_id
      left join sync_links l on l.external_system_id = a.external_system_id and l.entity_type = 'acceptance' and l.entity_id = a.id::text
     where (${filter.systemId ?? null}::int is null or a.external_system_id = ${filter.systemId ?? null})
       and (${filter.pluginId ?? null}::text is null or a.plugin_id = ${filter.pluginId ?? null})
       and (${filter.id ?? null}::int is null or a.id = ${filter.id ?? null})
       and (${filter.all ?? false} or a.status = 'active' and coalesce(a.expires_at > now(), true))
     order by a.id desc limit ${limit}`.execute(db);
  return rows;
}

/** Ids of rules that were asked for here and that the server does not have yet, with whether they still stand. */
export async function listUnsentAcceptances(
  db: Kysely<Database>,
  systemId: number,
): Promise<readonly { readonly id: string; readonly isActive: boolean }[]> {
  const { rows } = await sql<{ id: string; isActive: boolean }>`
    select a.id::text, a.status = 'active' and coalesce(a.expires_at > now(), true) as "isActive"
      from acceptances a
     where a.external_system_id = ${systemId} and a.acceptance_id is null
       and not exists (select from sync_links l where l.external_system_id = a.external_system_id and l.entity_type = 'acceptance'
                          and l.entity_id = a.id::text)
     order by a.id`.execute(db);
  return rows;
}

/** What a scanner's server calls an asset of ours. */
export async function findAssetThere(
  db: Kysely<Database>,
  systemId: number,
  assetUuid: string,
): Promise<string | undefined> {
  const { rows } = await sql<{ external_id: string }>`
    select external_id from sync_links
     where external_system_id = ${systemId} and entity_type = 'asset' and entity_id = ${assetUuid} and retired_at is null
     order by id limit 1`.execute(db);
  return rows[0]?.external_id;
}
