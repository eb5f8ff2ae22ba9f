import { sql } from 'kysely';
import type { Tx } from '../../platform/postgres/index.ts';
import { keepAssetTags } from './asset-tag-projection.sql.ts';

/** One row for each value: Tenable's lists are not aligned, so pairing a MAC with an address would be invented. */
const addressKinds = [
  ['mac_address', 'mac_addresses', 17],
  ['ipv4_address', 'ipv4_addresses', 15],
  ['ipv6_address', 'ipv6_addresses', 45],
  ['fqdn', 'fqdns', 255],
] as const;

/**
 * What sources no longer list goes only if one of them was who listed it: a value that the owner's people entered is not in the
 * records that they sent before.
 */
const listedBefore = (value: string): string =>
  `position(lower(to_json(${value})::text) in lower(m.earlier)) > 0`;

const arrayOf = (key: string): string =>
  `jsonb_array_elements_text(case when jsonb_typeof(m.record -> '${key}') = 'array' then m.record -> '${key}' else '[]' end)`;

/** Brings addresses, operating systems, tags and identifiers of the assets in merged_assets that changed up to date. */
export async function renewAssetDetails(tx: Tx): Promise<void> {
  for (const [column, key, length] of addressKinds) {
    await tx.client.query(`
      delete from ingestion_asset_network n using merged_assets m
       where m.is_changed and n.asset_uuid = m.asset_uuid and m.record ? '${key}' and n.${column} is not null
         and ${listedBefore(`n.${column}`)}
         and not exists (select from ${arrayOf(key)} v(value) where v.value = n.${column})`);
    await tx.client.query(`
      insert into ingestion_asset_network (asset_uuid, ${column})
      select distinct m.asset_uuid, v.value
        from merged_assets m cross join lateral ${arrayOf(key)} v(value)
       where m.is_changed and length(v.value) <= ${length}
         and not exists (select from ingestion_asset_network n where n.asset_uuid = m.asset_uuid and n.${column} = v.value)`);
  }
  await tx.client.query(`
    delete from ingestion_asset_systems o using merged_assets m
     where m.is_changed and o.asset_uuid = m.asset_uuid and m.record ? 'operating_systems'
       and ${listedBefore('o.operating_system')}
       and not exists (select from ${arrayOf('operating_systems')} v(value) where left(v.value, 255) = o.operating_system)`);
  await tx.client.query(`
    insert into ingestion_asset_systems (asset_uuid, operating_system, system_type, is_primary)
    select m.asset_uuid, left(v.value, 255), left(m.record -> 'system_types' ->> 0, 255), v.ordinal = 1
      from merged_assets m cross join lateral ${arrayOf('operating_systems')} with ordinality v(value, ordinal)
     where m.is_changed
       and not exists (select from ingestion_asset_systems o where o.asset_uuid = m.asset_uuid and o.operating_system = left(v.value, 255))`);
  const tags = `jsonb_to_recordset(case when jsonb_typeof(m.record -> 'tags') = 'array' then m.record -> 'tags' else '[]' end) v(key text, value text)`;
  await tx.client.query(`
    delete from ingestion_asset_tags t using merged_assets m
     where m.is_changed and t.asset_uuid = m.asset_uuid and m.record ? 'tags'
       and ${listedBefore('t.tag_value')}
       and not exists (select from ${tags} where left(v.key, 100) = t.tag_key and left(v.value, 255) = t.tag_value)`);
  await tx.client.query(`
    insert into ingestion_asset_tags (asset_uuid, tag_key, tag_value)
    select distinct m.asset_uuid, left(v.key, 100), left(v.value, 255)
      from merged_assets m cross join lateral ${tags}
     where m.is_changed
       and not exists (select from ingestion_asset_tags t
                        where t.asset_uuid = m.asset_uuid and t.tag_key = left(v.key, 100) and t.tag_value = left(v.value, 255))`);
  await keepAssetTags(tx.db, sql`select m.asset_uuid from merged_assets m where m.is_changed`);
  await renewIdentifiers(tx);
}

/**
 * Identifiers are those of all sources of an asset. Sources and identifiers are looked up asset by asset (`offset 0`): within the
 * transaction of a file the tables have no statistics yet, and a plan for small ones reads all sources of all assets each time.
 */
async function renewIdentifiers(tx: Tx): Promise<void> {
  const named = `
    select m.asset_uuid, v.kind, v.value, max(x.last_seen) as last_seen
      from merged_assets m
     cross join lateral (select * from asset_sources known where known.asset_uuid = m.asset_uuid offset 0) x
     cross join lateral jsonb_to_recordset(x.identifiers) v(kind text, value text)
     where m.is_changed group by m.asset_uuid, v.kind, v.value`;
  await tx.client.query(`
    with named as materialized (${named})
    delete from asset_identifiers i
     using (
       select m.asset_uuid, held.kind, held.value
         from merged_assets m
        cross join lateral (select * from asset_identifiers known where known.asset_uuid = m.asset_uuid offset 0) held
        where m.is_changed
          and not exists (select from named n where n.asset_uuid = m.asset_uuid and n.kind = held.kind and n.value = held.value)
     ) gone
     where i.asset_uuid = gone.asset_uuid and i.kind = gone.kind and i.value = gone.value`);
  await tx.client.query(`
    insert into asset_identifiers as known (asset_uuid, kind, value, last_seen)
    ${named}
    on conflict (asset_uuid, kind, value) do update set last_seen = excluded.last_seen
      where known.last_seen is distinct from excluded.last_seen`);
}
