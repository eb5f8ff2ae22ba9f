/**
 * The bulk load of assets. A record of a source is tied to an asset (by its link, by Tenable's uuid, else by its identifiers);
 * what each source last said is kept, and the asset's columns, addresses, operating systems, tags and identifiers are drawn from
 * all of them: of single values the one of the source that saw the asset last, of lists the union. So a source that is read
 * again, or late, changes nothing that a later one said.
 */
import { sql, type Kysely } from 'kysely';
import type { Identifier } from '../../canonical/identity/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import type { AssetRecord } from '../../canonical/record-fields/index.ts';
import { renewAssetDetails } from './asset-details.sql.ts';
import { identifyAssets, type AssetSource } from './asset-identity.sql.ts';
import { copyInto, type Database, storableJson, type Tx } from '../../platform/postgres/index.ts';
import { type Counts, reasonValue, ruleValues } from '../../ledger/operations/index.ts';
import { renewReporting, reportingOf } from './asset-reporting.sql.ts';

/** Columns taken from the record as they are. A field that no source names keeps its value. */
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
const names = Object.keys(plain);
/** Too busy to be worth a journal row at every scan. */
const notJournaled = new Set(['first_seen', 'last_seen']);

export interface StagedAsset {
  /** What the source calls the asset. */
  readonly externalId: string;
  readonly record: AssetRecord;
  readonly identifiers: readonly Identifier[];
  readonly raw: JsonObject;
}

/** Any number, as long as nothing else takes an advisory lock by it. */
const recognisingLockKey = 7_453_190_003;

export interface AssetLoad {
  add(asset: StagedAsset): Promise<void>;
  finish(): Promise<Pick<Counts, 'created' | 'updated' | 'unchanged'>>;
  abort(cause: Error): Promise<void>;
}

/** Begins a load in the caller's transaction, whose connection it keeps busy until `finish` or `abort`. */
export async function beginAssetLoad(tx: Tx, source: AssetSource): Promise<AssetLoad> {
  await tx.client.query(`
    create temp table if not exists staging_assets (
      ordinal integer not null, external_id text not null, own_uuid uuid not null, asset_uuid uuid, record jsonb not null,
      identifiers jsonb not null, raw jsonb not null, seen_at timestamp
    ) on commit delete rows;
    create temp table if not exists merged_assets (
      asset_uuid uuid primary key, record jsonb not null, raw jsonb not null, own_uuid uuid, earlier text not null, is_changed boolean not null default false
    ) on commit delete rows;
    create temp table if not exists merged_sources (
      asset_uuid uuid not null, place bigint not null, sources bigint not null, record jsonb not null, raw jsonb not null
    ) on commit delete rows;
    create index if not exists staging_assets_asset on staging_assets (asset_uuid)`);
  // Within a larger transaction nothing was committed since the page before.
  await tx.client.query('truncate staging_assets, merged_assets, merged_sources');
  const copy = copyInto(
    tx.client,
    'staging_assets (ordinal, external_id, own_uuid, record, identifiers, raw, seen_at)',
  );
  let added = 0;
  return {
    async add({ externalId, record, identifiers, raw }) {
      added += 1;
      await copy.write([
        added,
        externalId,
        record.asset_uuid,
        storableJson(record),
        storableJson(identifiers),
        storableJson(raw),
        record.last_seen,
      ]);
    },
    async finish() {
      await copy.end();
      await tx.client.query(`
        delete from staging_assets s using staging_assets later
         where later.external_id = s.external_id and later.ordinal > s.ordinal`);
      await tx.client.query('analyze staging_assets');
      // Until the page is committed. A file does not wait: it is one transaction, however long it takes.
      if (source.takesTurn) await tx.client.query('select pg_advisory_xact_lock($1)', [recognisingLockKey]);
      await recogniseRows(tx, source);
      await identifyAssets(tx, source);
      const { created, updated } = await merge(tx, source);
      return { created, updated, unchanged: added - created - updated };
    },
    abort: (cause) => copy.abort(cause),
  };
}

/**
 * SQL of the link `l` of the staged record `self`. Links are looked up one by one (idx_sync_links_external_once): within the one transaction of
 * a large file the planner knows of none of those that the file has made, and would read all of them for each batch.
 */
const linkOfStaged = `
      cross join lateral (select * from sync_links known
                           where known.external_system_id = $1 and known.entity_type = 'asset' and known.external_id = self.external_id offset 0) l`;

/**
 * Finds the row that each staged record is, where that is certain: the one linked to it; the one that carries Tenable's uuid as its
 * own; and, of rows from before Tieline, one that notes it as Tenable's (tenable_asset_uuid, or the id in its raw record). The
 * oldest of several; a row that another record of the same server is linked to is none of them. The raw records of all assets are
 * looked through for the server whose ids they are, not for every file.
 */
async function recogniseRows(tx: Tx, source: AssetSource): Promise<void> {
  await tx.client.query(
    `update staging_assets s set asset_uuid = l.entity_id::uuid
       from staging_assets self
      ${linkOfStaged}
      where self.ctid = s.ctid`,
    [source.systemId],
  );
  const { rows } = await tx.client.query<{ some: boolean }>(
    'select exists (select from staging_assets where asset_uuid is null and own_uuid is not null) as some',
  );
  if (!rows[0]?.some) return;
  await tx.client.query(
    `update staging_assets s set asset_uuid = a.asset_uuid
       from staging_assets self
      cross join lateral (select * from ingestion_assets known where known.asset_uuid = self.own_uuid offset 0) a
      where self.ctid = s.ctid and s.asset_uuid is null and a.merged_into is null
        and ($2 or a.tenable_asset_uuid = s.own_uuid::text)
        and not exists (select from sync_links l where $2 and l.external_system_id = $1 and l.entity_type = 'asset'
                           and l.entity_id = a.asset_uuid::text)`,
    [source.systemId, source.ownsIdentity],
  );
  await tx.client.query(
    `with candidates as (
       select distinct on (s.external_id) s.external_id, a.asset_uuid
         from staging_assets s
         ${
           source.ownsIdentity
             ? "join ingestion_assets a on lower(coalesce(a.tenable_asset_uuid, a.raw_json ->> 'id', a.raw_json ->> 'uuid')) = s.own_uuid::text"
             : 'cross join lateral (select * from ingestion_assets known where known.tenable_asset_uuid = s.own_uuid::text offset 0) a'
         }
        where s.asset_uuid is null and a.merged_into is null
          and not exists (select from sync_links l where l.entity_type = 'asset' and l.entity_id = a.asset_uuid::text
                             and ($2 and l.external_system_id = $1 or $2 and a.tenable_asset_uuid is null))
        order by s.external_id, a.id
     ), chosen as (
       select distinct on (asset_uuid) * from candidates order by asset_uuid, external_id
     )
     update staging_assets s set asset_uuid = c.asset_uuid from chosen c where c.external_id = s.external_id`,
    [source.systemId, source.ownsIdentity],
  );
}

/** What the source reports again is not missing any more, also where it was not a full read that showed it. */
async function reviveLinks(tx: Tx, source: AssetSource): Promise<void> {
  await tx.client.query(
    `with revived as (
       update sync_links link set missing_since = null
        where link.missing_since is not null
          and link.id = any (array(select l.id from staging_assets self ${linkOfStaged} where l.missing_since is not null))
       returning link.entity_id, link.external_id
     )
     insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, before_value, direction, decided_by_kind, rule_code, reason_code)
     select $2::uuid, $1, 'asset', entity_id, to_jsonb(external_id), 'inbound', ${ruleValues('scanner_reports')}, ${reasonValue('shown_again')} from revived`,
    [source.systemId, source.operationId],
  );
}

/** Keeps what each source says, and draws from all that are known of an asset what it is now. */
async function drawTogether(tx: Tx, source: AssetSource): Promise<void> {
  // What was listed until now: only that is taken away again, so that what the owner's people entered stays.
  await tx.client.query(`
    insert into merged_assets (asset_uuid, record, raw, earlier)
    select s.asset_uuid, '{}', '{}',
           concat(max(a.raw_json::text), ' ', (select string_agg(x.record::text, ' ') from asset_sources x where x.asset_uuid = s.asset_uuid))
      from staging_assets s left join ingestion_assets a using (asset_uuid)
     group by s.asset_uuid`);
  await tx.client.query(
    `insert into ingestion_assets (asset_uuid, tenable_asset_uuid, ingestion_source, ingestion_batch_id, last_sync_time, created_at)
     select distinct on (s.asset_uuid) s.asset_uuid, case when $3 then s.own_uuid::text end, $2, $1::uuid, tieline_now(), tieline_now()
       from staging_assets s
      where not exists (select from ingestion_assets a where a.asset_uuid = s.asset_uuid)
      order by s.asset_uuid, s.ordinal
     on conflict (asset_uuid) do nothing`,
    [source.operationId, source.systemType, source.ownsIdentity],
  );
  await keepWhatSourcesSay(tx, source);
  await tx.client.query(`
    insert into merged_sources (asset_uuid, place, sources, record, raw)
    select m.asset_uuid, x.place, x.sources, x.record, x.raw_json
      from merged_assets m
     cross join lateral (
       select known.*, count(*) over () as sources,
              row_number() over (order by known.last_seen desc nulls last, known.external_system_id, known.external_id) as place
         from asset_sources known where known.asset_uuid = m.asset_uuid
     ) x`);
  // How many rows there are is not known otherwise, and a plan for a few takes the square of their number.
  await tx.client.query('analyze merged_assets, merged_sources');
  await joinSources(tx, source);
}

/** Keeps what the source reports about each asset, unless it is late; notes in `merged_assets` those with something new. */
async function keepWhatSourcesSay(tx: Tx, source: AssetSource): Promise<void> {
  // Also what a source says that is not the latest to have seen the asset adds to its lists.
  await tx.client.query(
    `with told as (
     insert into asset_sources as known (external_system_id, external_id, asset_uuid, record, identifiers, raw_json, last_seen, operation_id)
     select $1, s.external_id, s.asset_uuid, s.record, s.identifiers, s.raw, s.seen_at, $2::uuid from staging_assets s
     on conflict (external_system_id, external_id) do update
       set asset_uuid = excluded.asset_uuid, record = known.record || excluded.record, identifiers = excluded.identifiers,
           raw_json = excluded.raw_json, last_seen = coalesce(excluded.last_seen, known.last_seen),
           operation_id = excluded.operation_id, reported_at = tieline_now()
       -- A late report of an earlier time tells nothing of how the asset is now.
       where coalesce(excluded.last_seen >= known.last_seen, true)
         and (known.asset_uuid, known.raw_json, known.identifiers, known.record)
             is distinct from (excluded.asset_uuid, excluded.raw_json, excluded.identifiers, known.record || excluded.record)
     returning known.asset_uuid
     )
     update merged_assets m set is_changed = true from (select distinct asset_uuid from told) t where t.asset_uuid = m.asset_uuid`,
    [source.systemId, source.operationId],
  );
}

/**
 * Writes into `merged_assets` what each asset is by all its sources, which are in `merged_sources`: of single values the one of the source
 * that saw it last, of lists the union. An asset of one source, which most are, is what that source says.
 */
async function joinSources(tx: Tx, source: AssetSource): Promise<void> {
  await tx.client.query(
    `with of_several as (
       select p.asset_uuid, each.key, array_agg(each.value order by each.value = 'null'::jsonb, p.place) as values
         from merged_sources p cross join lateral jsonb_each(p.record) each
        where p.sources > 1 and each.key not in ('deleted_at', 'terminated_at')
        group by p.asset_uuid, each.key
     ), joined as (
       select v.asset_uuid, jsonb_object_agg(v.key, case
                when v.key = 'first_seen' then coalesce((select to_jsonb(min(e #>> '{}')) from unnest(v.values) e), 'null')
                when jsonb_typeof(v.values[1]) = 'array' then
                  (select coalesce(jsonb_agg(distinct item), '[]') from unnest(v.values) e
                    cross join lateral jsonb_array_elements(case when jsonb_typeof(e) = 'array' then e else '[]' end) item)
                else v.values[1] end) as record
         from of_several v group by v.asset_uuid
     )
     update merged_assets m
        set raw = p.raw,
            record = case when p.sources = 1 then p.record
                          -- One that a scanner ended lives while another reports it.
                          else j.record || (select jsonb_build_object('deleted_at', case when not r.is_reported then r.deleted_at end,
                                                                      'terminated_at', case when not r.is_reported then r.terminated_at end)
                                              from (${reportingOf('select m.asset_uuid')}) r) end,
            own_uuid = (select s.own_uuid from staging_assets s where $1 and s.asset_uuid = m.asset_uuid limit 1)
       from merged_sources p left join joined j using (asset_uuid)
      where p.asset_uuid = m.asset_uuid and p.place = 1`,
    [source.ownsIdentity],
  );
}

async function merge(tx: Tx, source: AssetSource): Promise<{ created: number; updated: number }> {
  const { rows: unknown } = await tx.client.query<{ asset_uuid: string }>(`
    select distinct s.asset_uuid::text from staging_assets s
     where not exists (select from ingestion_assets a where a.asset_uuid = s.asset_uuid)`);
  const created = unknown.map((row) => row.asset_uuid);
  await reviveLinks(tx, source);
  await drawTogether(tx, source);
  await writeDiffering(tx, source, created);
  await renewAssetDetails(tx);
  await renewReporting(tx, source, 'select asset_uuid from merged_assets', created);
  await renewLinks(tx, source);
  const { rows: changed } = await tx.client.query<{ n: number }>(
    'select count(*)::int as n from merged_assets where is_changed',
  );
  return { created: created.length, updated: (changed[0]?.n ?? 0) - created.length };
}

/**
 * Writes what differs of the assets in `merged_assets`, with the journal, and marks them as changed. Links are looked up asset by asset
 * (`offset 0`), by idx_sync_links_entity: see findSharing of asset-identity.ts.
 * @param created uuids of assets that are new with this page: of these nothing is journaled.
 */
async function writeDiffering(tx: Tx, source: AssetSource, created: readonly string[]): Promise<void> {
  // The record says what a field is now; a field it does not name (the remote left it out) stays as it is.
  const kept = Object.entries(plain).map(
    ([column, type]) =>
      `case when m.record ? '${column}' then (m.record ->> '${column}')::${type} else a.${column} end`,
  );
  const journaled = names.filter((name) => !notJournaled.has(name));
  // Where several servers know the machine, each by a uuid of its own, the first one's is kept as long as it reports it.
  const ownUuid = `coalesce(
    case when exists (select from sync_links held
                       where held.entity_type = 'asset' and held.entity_id = a.asset_uuid::text and held.external_id = a.tenable_asset_uuid
                         and held.external_system_id <> $2 and held.retired_at is null and held.missing_since is null offset 0)
         then a.tenable_asset_uuid end, m.own_uuid::text, a.tenable_asset_uuid)`;
  await tx.client.query(
    `with linked as (
       select s.asset_uuid, bool_and(l.id is not null) as before, min(s.external_id) as external_id
         from staging_assets s
         left join lateral (select * from sync_links known where known.entity_type = 'asset' and known.entity_id = s.asset_uuid::text offset 0) l
                on l.external_system_id = $2 and l.external_id = s.external_id
        group by s.asset_uuid
     ), differing as (
       select a.asset_uuid, m.own_uuid, m.raw, linked.before as was_linked, linked.external_id, a.raw_json as old_raw,
              a.tenable_asset_uuid as old_tenable, ${ownUuid} as new_tenable,
              a.asset_uuid = any($3::uuid[]) as is_new,
              ${kept.map((value, index) => `${value} as new_${names[index] ?? ''}`).join(', ')},
              ${names.map((name) => `a.${name} as old_${name}`).join(', ')}
         from merged_assets m join ingestion_assets a using (asset_uuid) join linked using (asset_uuid)
        where not linked.before
           or (a.raw_json, a.tenable_asset_uuid, ${names.map((name) => `a.${name}`).join(', ')})
              is distinct from (m.raw, ${ownUuid}, ${kept.join(', ')})
     ), written as (
       update ingestion_assets a
          set ${names.map((name) => `${name} = d.new_${name}`).join(', ')},
              tenable_asset_uuid = d.new_tenable, raw_json = d.raw, ingestion_batch_id = $1,
              last_sync_time = tieline_now(), updated_at = tieline_now()
         from differing d where a.asset_uuid = d.asset_uuid
     ), journal as (
       insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by_kind, rule_code)
       select $1, $2, 'asset', d.asset_uuid::text, f.name, f.before, f.after, 'inbound', ${ruleValues('scanner_reports')}
         from differing d
        cross join lateral (values ${journaled.map((name) => `('${name}', to_jsonb(d.old_${name}), to_jsonb(d.new_${name}))`).join(', ')},
                                   ('tenable_asset_uuid', to_jsonb(d.old_tenable), to_jsonb(d.new_tenable))) f(name, before, after)
        where not d.is_new and f.before is distinct from f.after
     ), links as (
       -- Nothing is lost: the raw record that the owner's row held is kept.
       insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, before_value, after_value, direction, decided_by_kind, rule_code, reason_code)
       select $1, $2, 'asset', d.asset_uuid::text, jsonb_build_object('raw_json', d.old_raw), to_jsonb(d.external_id), 'inbound',
              ${ruleValues('same_machine')}, ${reasonValue('linked')}
         from differing d where not d.was_linked and not d.is_new
     )
     update merged_assets m set is_changed = true from differing d where d.asset_uuid = m.asset_uuid`,
    [source.operationId, source.systemId, created],
  );
}

/**
 * Links each record of the source to its asset. A record that the source ended retires its link, an asset that ended all its links.
 * Rows are looked up asset by asset (`offset 0`), by idx_sync_links_entity and the keys: see findSharing of asset-identity.ts.
 */
async function renewLinks(tx: Tx, source: AssetSource): Promise<void> {
  await tx.client.query(
    `insert into sync_links (external_system_id, entity_type, entity_id, external_id, operation_id)
     select $2, 'asset', s.asset_uuid::text, s.external_id, $1::uuid
       from staging_assets s join merged_assets m using (asset_uuid)
      where m.is_changed
     on conflict (external_system_id, entity_type, external_id) where entity_type <> 'asset_component' do nothing`,
    [source.operationId, source.systemId],
  );
  await tx.client.query(`
    with ends as (
      select l.id, coalesce(a.deleted_at, a.terminated_at) is not null
               or l.entity_type = 'asset' and exists (
                    select from asset_sources x where x.external_system_id = l.external_system_id and x.external_id = l.external_id
                       and coalesce(x.record ->> 'deleted_at', x.record ->> 'terminated_at') is not null offset 0) as is_over
        from merged_assets m
       cross join lateral (select * from ingestion_assets known where known.asset_uuid = m.asset_uuid offset 0) a
       cross join lateral (select * from sync_links known
                            where known.entity_type in ('asset', 'asset_component') and known.entity_id = m.asset_uuid::text offset 0) l
       where m.is_changed
    )
    update sync_links l set retired_at = case when ends.is_over then tieline_now() end
      from ends where ends.id = l.id and (l.retired_at is not null) <> ends.is_over
       -- Else the plan may read all links: within the transaction of a large file the planner knows neither their number nor that of these.
       and l.id = any (array(select id from ends))
       -- A match that ended otherwise is for correlation to make again.
       and (ends.is_over or l.entity_type = 'asset')`);
}

/** Assets that a source has reported. */
export async function countAssets(db: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(distinct entity_id)::int as n from sync_links where entity_type = 'asset'`.execute(db);
  return rows[0]?.n ?? 0;
}

/** The source's own uuids of assets that carry another one here. */
export async function listAssetAliases(
  db: Kysely<Database>,
  externalSystemId: number,
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ own: string; asset_uuid: string }>`
    select lower(record ->> 'asset_uuid') as own, asset_uuid::text from asset_sources
     where external_system_id = ${externalSystemId} and lower(record ->> 'asset_uuid') <> asset_uuid::text
    union
    -- Read before what each source says was kept.
    select l.external_id, l.entity_id from sync_links l
     where l.external_system_id = ${externalSystemId} and l.entity_type = 'asset' and l.entity_id <> l.external_id
       and not exists (select from asset_sources x where x.external_system_id = l.external_system_id and x.external_id = l.external_id)`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.own, row.asset_uuid]));
}

/** As `listAssetAliases`, of these uuids of the source only. */
export async function findAssetAliases(
  db: Kysely<Database>,
  externalSystemId: number,
  externalIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ own: string; asset_uuid: string }>`
    select lower(record ->> 'asset_uuid') as own, asset_uuid::text from asset_sources
     where external_system_id = ${externalSystemId} and external_id = any(${[...externalIds]}::text[])`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.own, row.asset_uuid]));
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
