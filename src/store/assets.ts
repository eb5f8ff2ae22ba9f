import { sql, type Kysely } from 'kysely';
import type { Identifier } from '../model/identifiers.ts';
import type { JsonObject } from '../model/json.ts';
import type { AssetRecord } from '../model/records.ts';
import { copyInto, storableJson } from './copy-rows.ts';
import type { Counts } from './operations.ts';
import type { Database } from './schema.ts';
import type { Tx } from './transaction.ts';

/** Columns taken from the record as they are. A field that the record does not name keeps its value. */
const plain = {
  hostname: 'text',
  netbios_name: 'text',
  has_agent: 'boolean',
  has_plugin_results: 'boolean',
  first_seen: 'timestamp',
  last_seen: 'timestamp',
  exposure_score: 'integer',
  acr_score: 'numeric',
  terminated_at: 'timestamp',
  deleted_at: 'timestamp',
} as const;
/** Too busy to be worth a journal row at every scan. */
const notJournaled = new Set(['first_seen', 'last_seen']);

export interface StagedAsset {
  readonly record: AssetRecord;
  readonly identifiers: readonly Identifier[];
  readonly raw: JsonObject;
}

export interface AssetLoad {
  add(asset: StagedAsset): Promise<void>;
  finish(): Promise<Pick<Counts, 'created' | 'updated' | 'unchanged'>>;
  abort(cause: Error): Promise<void>;
}

/**
 * Bulk load of assets from the server that owns their identity (asset_uuid = Tenable's). Columns, operating systems,
 * addresses, tags and identifiers of assets that changed are brought up to date; those that did not are not touched.
 */
export async function beginAssetLoad(
  tx: Tx,
  source: { systemId: number; operationId: string },
): Promise<AssetLoad> {
  await tx.client.query(`
    create temp table if not exists staging_assets (
      ordinal integer not null, asset_uuid uuid not null, record jsonb not null, identifiers jsonb not null, raw jsonb not null
    ) on commit delete rows`);
  const copy = copyInto(tx.client, 'staging_assets (ordinal, asset_uuid, record, identifiers, raw)');
  let added = 0;
  return {
    async add({ record, identifiers, raw }) {
      added += 1;
      await copy.write([
        added,
        record.asset_uuid,
        storableJson(record),
        storableJson(identifiers),
        storableJson(raw),
      ]);
    },
    async finish() {
      await copy.end();
      const { created, updated } = await merge(tx, source);
      return { created, updated, unchanged: added - created - updated };
    },
    abort: (cause) => copy.abort(cause),
  };
}

async function merge(
  tx: Tx,
  source: { systemId: number; operationId: string },
): Promise<{ created: number; updated: number }> {
  const names = Object.keys(plain);
  const incoming = Object.entries(plain).map(([column, type]) => `(s.record ->> '${column}')::${type}`);
  await tx.client.query(`
    delete from staging_assets s using staging_assets later
     where later.asset_uuid = s.asset_uuid and later.ordinal > s.ordinal`);
  await tx.client.query(
    `create temp table if not exists changed_assets (asset_uuid uuid primary key) on commit delete rows`,
  );
  await tx.client.query('analyze staging_assets');

  const created = await tx.client.query(
    `with created as (
       insert into ingestion_assets (asset_uuid, tenable_asset_uuid, ${names.join(', ')}, ingestion_source, ingestion_batch_id, last_sync_time, raw_json)
       select s.asset_uuid, s.asset_uuid::text, ${incoming.join(', ')}, 'tenable', $1, now(), s.raw
         from staging_assets s
        where not exists (select from ingestion_assets a where a.asset_uuid = s.asset_uuid)
       on conflict (asset_uuid) do nothing
       returning asset_uuid
     )
     insert into changed_assets select asset_uuid from created`,
    [source.operationId],
  );
  // The record says what a field is now; a field it does not name (the remote left it out) stays as it is.
  const kept = Object.entries(plain).map(
    ([column, type]) =>
      `case when s.record ? '${column}' then (s.record ->> '${column}')::${type} else a.${column} end`,
  );
  const journaled = names.filter((name) => !notJournaled.has(name));
  const updated = await tx.client.query(
    `with differing as (
       select a.asset_uuid, s.raw, ${kept.map((value, index) => `${value} as new_${names[index] ?? ''}`).join(', ')},
              ${names.map((name) => `a.${name} as old_${name}`).join(', ')}
         from staging_assets s join ingestion_assets a using (asset_uuid)
        where (a.raw_json, a.tenable_asset_uuid, ${names.map((name) => `a.${name}`).join(', ')})
              is distinct from (s.raw, s.asset_uuid::text, ${kept.join(', ')})
     ), written as (
       update ingestion_assets a
          set ${names.map((name) => `${name} = d.new_${name}`).join(', ')},
              tenable_asset_uuid = a.asset_uuid::text, raw_json = d.raw, ingestion_batch_id = $1,
              last_sync_time = now(), updated_at = now()
         from differing d where a.asset_uuid = d.asset_uuid
     ), journal as (
       insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by)
       select $1, $2, 'asset', d.asset_uuid::text, f.name, f.before, f.after, 'inbound', 'rule:tenable reports it'
         from differing d
        cross join lateral (values ${journaled.map((name) => `('${name}', to_jsonb(d.old_${name}), to_jsonb(d.new_${name}))`).join(', ')}) f(name, before, after)
        where f.before is distinct from f.after
     )
     insert into changed_assets select asset_uuid from differing`,
    [source.operationId, source.systemId],
  );
  await renewDetails(tx);
  await renewLinks(tx, source);
  return { created: created.rowCount ?? 0, updated: updated.rowCount ?? 0 };
}

/** One row for each value: Tenable's lists are not aligned, so pairing a MAC with an address would be invented. */
const addressKinds = [
  ['mac_address', 'mac_addresses', 17],
  ['ipv4_address', 'ipv4_addresses', 15],
  ['ipv6_address', 'ipv6_addresses', 45],
  ['fqdn', 'fqdns', 255],
] as const;

const arrayOf = (key: string): string =>
  `jsonb_array_elements_text(case when jsonb_typeof(s.record -> '${key}') = 'array' then s.record -> '${key}' else '[]' end)`;

async function renewDetails(tx: Tx): Promise<void> {
  const changed = `staging_assets s join changed_assets c using (asset_uuid)`;
  for (const [column, key, length] of addressKinds) {
    await tx.client.query(`
      delete from ingestion_asset_network n using staging_assets s, changed_assets c
       where c.asset_uuid = s.asset_uuid and n.asset_uuid = s.asset_uuid and s.record ? '${key}' and n.${column} is not null
         and not exists (select from ${arrayOf(key)} v(value) where v.value = n.${column})`);
    await tx.client.query(`
      insert into ingestion_asset_network (asset_uuid, ${column})
      select distinct s.asset_uuid, v.value
        from ${changed} cross join lateral ${arrayOf(key)} v(value)
       where length(v.value) <= ${length}
         and not exists (select from ingestion_asset_network n where n.asset_uuid = s.asset_uuid and n.${column} = v.value)`);
  }
  await tx.client.query(`
    delete from ingestion_asset_systems o using staging_assets s, changed_assets c
     where c.asset_uuid = s.asset_uuid and o.asset_uuid = s.asset_uuid and s.record ? 'operating_systems'
       and not exists (select from ${arrayOf('operating_systems')} v(value) where left(v.value, 255) = o.operating_system)`);
  await tx.client.query(`
    insert into ingestion_asset_systems (asset_uuid, operating_system, system_type, is_primary)
    select s.asset_uuid, left(v.value, 255), left(s.record -> 'system_types' ->> 0, 255), v.ordinal = 1
      from ${changed} cross join lateral ${arrayOf('operating_systems')} with ordinality v(value, ordinal)
     where not exists (select from ingestion_asset_systems o where o.asset_uuid = s.asset_uuid and o.operating_system = left(v.value, 255))`);
  const tags = `jsonb_to_recordset(case when jsonb_typeof(s.record -> 'tags') = 'array' then s.record -> 'tags' else '[]' end) v(key text, value text)`;
  await tx.client.query(`
    delete from ingestion_asset_tags t using staging_assets s, changed_assets c
     where c.asset_uuid = s.asset_uuid and t.asset_uuid = s.asset_uuid and s.record ? 'tags'
       and not exists (select from ${tags} where left(v.key, 100) = t.tag_key and left(v.value, 255) = t.tag_value)`);
  await tx.client.query(`
    insert into ingestion_asset_tags (asset_uuid, tag_key, tag_value)
    select distinct s.asset_uuid, left(v.key, 100), left(v.value, 255)
      from ${changed} cross join lateral ${tags}
     where not exists (select from ingestion_asset_tags t
                        where t.asset_uuid = s.asset_uuid and t.tag_key = left(v.key, 100) and t.tag_value = left(v.value, 255))`);
  const identifiers = `jsonb_to_recordset(s.identifiers) v(kind text, value text)`;
  await tx.client.query(`
    delete from asset_identifiers i using staging_assets s, changed_assets c
     where c.asset_uuid = s.asset_uuid and i.asset_uuid = s.asset_uuid
       and not exists (select from ${identifiers} where v.kind = i.kind and v.value = i.value)`);
  await tx.client.query(`
    insert into asset_identifiers (asset_uuid, kind, value)
    select s.asset_uuid, v.kind, v.value from ${changed} cross join lateral ${identifiers}
    on conflict do nothing`);
}

/** Links each asset to its Tenable record; a terminated or deleted one retires all its links. */
async function renewLinks(tx: Tx, source: { systemId: number; operationId: string }): Promise<void> {
  await tx.client.query(
    `insert into sync_links (external_system_id, entity_type, entity_id, external_id, operation_id)
     select $2, 'asset', c.asset_uuid::text, c.asset_uuid::text, $1 from changed_assets c
     on conflict (external_system_id, entity_type, external_id) do nothing`,
    [source.operationId, source.systemId],
  );
  await tx.client.query(`
    update sync_links l
       set retired_at = case when coalesce(a.deleted_at, a.terminated_at) is null then null else now() end
      from changed_assets c join ingestion_assets a using (asset_uuid)
     where l.entity_type in ('asset', 'asset_component') and l.entity_id = c.asset_uuid::text
       and (l.retired_at is null) <> (coalesce(a.deleted_at, a.terminated_at) is null)`);
}

/** Assets that a Tenable server has reported. */
export async function countAssets(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from ingestion_assets where tenable_asset_uuid is not null`.execute(db);
  return rows[0]?.n ?? 0;
}
