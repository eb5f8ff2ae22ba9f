/** What machines and plugins are called, for a person who reads of them. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

export interface AssetTitle {
  readonly name: string;
  readonly address: string | null;
}

/** Names of machines by their uuid, ours or the scanner's; what is not known here is left out. */
export async function fetchAssetTitles(
  db: Kysely<Database>,
  uuids: readonly string[],
): Promise<ReadonlyMap<string, AssetTitle>> {
  if (uuids.length === 0) return new Map();
  const wanted = [...new Set(uuids.map((uuid) => uuid.toLowerCase()))];
  const { rows } = await sql<AssetTitle & { uuid: string }>`
    select w.uuid, coalesce(a.hostname, a.netbios_name, net.address, a.asset_uuid::text) as name, net.address
      from unnest(${wanted}::text[]) as w(uuid)
      join lateral (select * from ingestion_assets own
                     where own.asset_uuid = case when w.uuid ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then w.uuid::uuid end
                    union all
                    select * from ingestion_assets own where own.tenable_asset_uuid = w.uuid
                     limit 1) a on true
      left join lateral (select coalesce(n.ipv4_address, n.ipv6_address) as address from ingestion_asset_network n
                          where n.asset_uuid = a.asset_uuid and coalesce(n.ipv4_address, n.ipv6_address) is not null
                          order by n.id limit 1) net on true`.execute(db);
  return new Map(rows.map(({ uuid, ...title }) => [uuid, title]));
}

/** Titles of plugins by their number. */
export async function fetchPluginTitles(
  db: Kysely<Database>,
  plugins: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (plugins.length === 0) return new Map();
  const { rows } = await sql<{ id: string; name: string }>`
    select plugin_id as id, name from scan_plugins where plugin_id = any(${[...plugins]}::text[]) and name is not null`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.id, row.name]));
}
