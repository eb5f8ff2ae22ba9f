import { sql, type Kysely } from 'kysely';
import type { Identifier } from '../model/identifiers.ts';
import type { JsonObject } from '../model/json.ts';
import type { AssetRecord } from '../model/records.ts';
import { linkedReason } from './changes.ts';
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

interface Source {
  readonly systemId: number;
  readonly operationId: string;
}

export interface AssetLoad {
  add(asset: StagedAsset): Promise<void>;
  finish(): Promise<Pick<Counts, 'created' | 'updated' | 'unchanged'>>;
  abort(cause: Error): Promise<void>;
}

/**
 * Bulk load of assets from the server that gives them their identity: asset_uuid is Tenable's, but for rows that were
 * there before Tieline under a uuid of their own. Columns, operating systems,
 * addresses, tags and identifiers of assets that changed are brought up to date; those that did not are not touched.
 */
export async function beginAssetLoad(tx: Tx, source: Source): Promise<AssetLoad> {
  await tx.client.query(`
    create temp table if not exists staging_assets (
      ordinal integer not null, tenable_uuid uuid not null, asset_uuid uuid not null, record jsonb not null, identifiers jsonb not null, raw jsonb not null
    ) on commit delete rows`);
  // Within a larger transaction nothing was committed since the page before.
  await tx.client.query('truncate staging_assets');
  const copy = copyInto(
    tx.client,
    'staging_assets (ordinal, tenable_uuid, asset_uuid, record, identifiers, raw)',
  );
  let added = 0;
  return {
    async add({ record, identifiers, raw }) {
      added += 1;
      await copy.write([
        added,
        record.asset_uuid,
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

/**
 * Finds the row that each staged record is: the one linked to it; else, of rows from before Tieline, the one that bears
 * Tenable's uuid as its own, or notes it as Tenable's (tenable_asset_uuid, or the id in its raw record). The oldest of
 * several; a row that another record is linked to is none of them.
 */
async function recogniseRows(tx: Tx, source: Source): Promise<void> {
  await tx.client.query(
    `update staging_assets s set asset_uuid = l.entity_id::uuid
       from sync_links l
      where l.external_system_id = $1 and l.entity_type = 'asset' and l.external_id = s.tenable_uuid::text
        and l.entity_id <> s.asset_uuid::text`,
    [source.systemId],
  );
  await tx.client.query(
    `with candidates as (
       select distinct on (s.tenable_uuid) s.tenable_uuid, a.asset_uuid
         from staging_assets s
         join ingestion_assets a
           on lower(coalesce(a.tenable_asset_uuid, a.raw_json ->> 'id', a.raw_json ->> 'uuid')) = s.tenable_uuid::text
        where not exists (select from ingestion_assets same where same.asset_uuid = s.asset_uuid)
          and not exists (select from sync_links l where l.external_system_id = $1 and l.entity_type = 'asset'
                             and l.external_id = s.tenable_uuid::text)
          and not exists (select from sync_links l where l.entity_type = 'asset' and l.entity_id = a.asset_uuid::text)
        order by s.tenable_uuid, a.id
     ), chosen as (
       select distinct on (asset_uuid) * from candidates order by asset_uuid, tenable_uuid
     )
     update staging_assets s set asset_uuid = c.asset_uuid from chosen c where c.tenable_uuid = s.tenable_uuid`,
    [source.systemId],
  );
}

async function merge(tx: Tx, source: Source): Promise<{ created: number; updated: number }> {
  const names = Object.keys(plain);
  const incoming = Object.entries(plain).map(([column, type]) => `(s.record ->> '${column}')::${type}`);
  await tx.client.query(`
    delete from staging_assets s using staging_assets later
     where later.tenable_uuid = s.tenable_uuid and later.ordinal > s.ordinal`);
  await tx.client.query(
    `create temp table if not exists changed_assets (asset_uuid uuid primary key, earlier_raw jsonb) on commit delete rows`,
  );
  await tx.client.query('truncate changed_assets');
  await tx.client.query('analyze staging_assets');
  await recogniseRows(tx, source);

  const created = await tx.client.query(
    `with created as (
       insert into ingestion_assets (asset_uuid, tenable_asset_uuid, ${names.join(', ')}, ingestion_source, ingestion_batch_id, last_sync_time, raw_json)
       select s.asset_uuid, s.tenable_uuid::text, ${incoming.join(', ')}, 'tenable', $1, now(), s.raw
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
       select a.asset_uuid, s.tenable_uuid, s.raw, l.entity_id is null as linked, a.raw_json as old_raw, a.tenable_asset_uuid as old_tenable,
              ${kept.map((value, index) => `${value} as new_${names[index] ?? ''}`).join(', ')},
              ${names.map((name) => `a.${name} as old_${name}`).join(', ')}
         from staging_assets s join ingestion_assets a using (asset_uuid)
         left join sync_links l on l.external_system_id = $2 and l.entity_type = 'asset' and l.external_id = s.tenable_uuid::text
        where not exists (select from changed_assets created where created.asset_uuid = a.asset_uuid)
          and (l.entity_id is null
               or (a.raw_json, a.tenable_asset_uuid, ${names.map((name) => `a.${name}`).join(', ')})
                  is distinct from (s.raw, s.tenable_uuid::text, ${kept.join(', ')}))
     ), written as (
       update ingestion_assets a
          set ${names.map((name) => `${name} = d.new_${name}`).join(', ')},
              tenable_asset_uuid = d.tenable_uuid::text, raw_json = d.raw, ingestion_batch_id = $1,
              last_sync_time = now(), updated_at = now()
         from differing d where a.asset_uuid = d.asset_uuid
     ), journal as (
       insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by)
       select $1, $2, 'asset', d.asset_uuid::text, f.name, f.before, f.after, 'inbound', 'rule:tenable reports it'
         from differing d
        cross join lateral (values ${journaled.map((name) => `('${name}', to_jsonb(d.old_${name}), to_jsonb(d.new_${name}))`).join(', ')},
                                   ('tenable_asset_uuid', to_jsonb(d.old_tenable), to_jsonb(d.tenable_uuid::text))) f(name, before, after)
        where f.before is distinct from f.after
     ), links as (
       -- Nothing is lost: the raw record that the owner's row held is kept.
       insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, before_value, after_value, direction, decided_by, reason)
       select $1, $2, 'asset', d.asset_uuid::text, jsonb_build_object('raw_json', d.old_raw), to_jsonb(d.tenable_uuid::text), 'inbound',
              'rule:same Tenable uuid', '${linkedReason}'
         from differing d where d.linked
     )
     insert into changed_assets select asset_uuid, case when not linked then old_raw end from differing`,
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

/**
 * What Tenable no longer lists goes only if Tenable was who listed it: a value that the owner's people entered, or that
 * another source gave, is not in the record that Tenable sent before.
 */
const listedBefore = (value: string): string =>
  `position(lower(to_json(${value})::text) in lower(c.earlier_raw::text)) > 0`;

const arrayOf = (key: string): string =>
  `jsonb_array_elements_text(case when jsonb_typeof(s.record -> '${key}') = 'array' then s.record -> '${key}' else '[]' end)`;

async function renewDetails(tx: Tx): Promise<void> {
  const changed = `staging_assets s join changed_assets c using (asset_uuid)`;
  for (const [column, key, length] of addressKinds) {
    await tx.client.query(`
      delete from ingestion_asset_network n using staging_assets s, changed_assets c
       where c.asset_uuid = s.asset_uuid and n.asset_uuid = s.asset_uuid and s.record ? '${key}' and n.${column} is not null
         and ${listedBefore(`n.${column}`)}
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
       and ${listedBefore('o.operating_system')}
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
       and ${listedBefore('t.tag_value')}
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
async function renewLinks(tx: Tx, source: Source): Promise<void> {
  await tx.client.query(
    `insert into sync_links (external_system_id, entity_type, entity_id, external_id, operation_id)
     select $2, 'asset', c.asset_uuid::text, s.tenable_uuid::text, $1
       from changed_assets c join staging_assets s using (asset_uuid)
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

/** Assets that a source has reported. */
export async function countAssets(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(distinct entity_id)::int as n from sync_links where entity_type = 'asset'`.execute(db);
  return rows[0]?.n ?? 0;
}

/** Tenable's uuids of assets that bear another one here: rows from before Tieline keep their own. */
export async function listAssetAliases(
  db: Kysely<Database>,
  externalSystemId: number,
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ external_id: string; entity_id: string }>`
    select external_id, entity_id from sync_links
     where external_system_id = ${externalSystemId} and entity_type = 'asset' and entity_id <> external_id`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.external_id, row.entity_id]));
}

/** Assets that no source has shown. */
export async function countUnlinkedAssets(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from ingestion_assets a
     where not exists (select from sync_links l where l.entity_type = 'asset' and l.entity_id = a.asset_uuid::text)`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}
