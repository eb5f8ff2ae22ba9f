/** Assets that one source keeps apart and that may be one machine. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

export interface AssetPair {
  readonly one: string;
  readonly other: string;
  /** The source that has both. */
  readonly system: string;
}

/** On more assets than this, a value says nothing about two of them, and pairs would grow with the square of their number. */
const bearersAtMost = 10;

/**
 * Pairs of living assets that are records of the same source and share a uuid, a MAC address or an FQDN, in no particular order. Counts on
 * idx_asset_identifiers_value.
 */
export async function listSharingPairs(db: Kysely<Database>): Promise<AssetPair[]> {
  const { rows } = await sql<AssetPair>`
    with borne as (
      select i.kind, i.value, array_agg(i.asset_uuid) as assets
        from asset_identifiers i join ingestion_assets a using (asset_uuid)
       where i.kind in ('agent_uuid', 'bios_uuid', 'mac', 'fqdn')
         and a.deleted_at is null and a.terminated_at is null and a.merged_into is null and a.unreported_since is null
       group by i.kind, i.value having count(*) between 2 and ${bearersAtMost}
    ), pairs as (
      select distinct one, other from borne, unnest(assets) one, unnest(assets) other where one < other
    )
    select p.one::text, p.other::text, min(s.system_name) as system
      from pairs p join asset_sources x on x.asset_uuid = p.one join asset_sources y on y.asset_uuid = p.other
       and y.external_system_id = x.external_system_id
      join external_systems s on s.id = x.external_system_id
     group by p.one, p.other`.execute(db);
  return rows;
}
