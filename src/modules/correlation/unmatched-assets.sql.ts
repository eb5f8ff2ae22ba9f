import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

export interface UnmatchedAsset {
  readonly assetUuid: string;
  readonly hostname: string | null;
  readonly address: string | null;
  readonly lastSeen: Date | null;
  /** The sources that report it. */
  readonly sources: readonly string[];
  readonly openCritical: number;
  readonly openHigh: number;
  /** Counts findings of any severity. */
  readonly openFindings: number;
}

/**
 * Living assets that a server reports and that no component fits: none is linked, and none waits for a decision; nor does a rule of a
 * boundary fit it. Those with the most that is open come first. As many as `countCorrelations` counts as unmatched.
 */
export async function listUnmatchedAssets(db: Kysely<Database>, limit: number): Promise<UnmatchedAsset[]> {
  const openOf = sql`coalesce(e.open_info + e.open_low + e.open_medium + e.open_high + e.open_critical, 0)`;
  const { rows } = await sql<UnmatchedAsset>`
    select a.asset_uuid::text as "assetUuid", a.hostname, 
           (select min(n.ipv4_address::text) from ingestion_asset_network n where n.asset_uuid = a.asset_uuid) as address, a.last_seen as "lastSeen",
           array(select distinct s.system_name from asset_sources x join external_systems s on s.id = x.external_system_id
                  where x.asset_uuid = a.asset_uuid order by 1) as sources,
           coalesce(e.open_critical, 0) as "openCritical", coalesce(e.open_high, 0) as "openHigh", ${openOf} as "openFindings"
      from ingestion_assets a left join asset_exposure e using (asset_uuid)
     where a.deleted_at is null and a.terminated_at is null
       and exists (select from sync_links l where l.entity_type = 'asset' and l.entity_id = a.asset_uuid::text)
       and not exists (select from asset_correlations c where c.asset_uuid = a.asset_uuid and c.decision in ('linked', 'review'))
       and not exists (select from boundary_decisions b where b.asset_uuid = a.asset_uuid and b.decision in ('linked', 'review'))
     order by coalesce(e.open_critical, 0) desc, coalesce(e.open_high, 0) desc, ${openOf} desc, a.asset_uuid limit ${limit}`.execute(
    db,
  );
  return rows;
}
