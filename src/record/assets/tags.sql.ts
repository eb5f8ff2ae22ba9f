import { sql, type Kysely } from 'kysely';
import { keepAssetTags } from './asset-tag-projection.sql.ts';
import { everyBoundary } from '../systems/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

export interface TagOfAssets {
  readonly value: string;
  /** As the scanner names them. */
  readonly assets: readonly string[];
  /** Distinguishes the change from one of the same assets before the latest that went the other way. */
  readonly since: number;
}

/** Tags that a server has confirmed, the latest word of each asset and value. */
const confirmed = (serverId: number, category: string) => sql`
  select distinct on (o.payload ->> 'value', asset.id) o.payload ->> 'value' as value, asset.id as asset,
         coalesce(o.payload ->> 'action', 'add') = 'add' as is_borne
    from sync_outbox o cross join lateral jsonb_array_elements_text(o.payload -> 'asset_uuids') asset(id)
   where o.external_system_id = ${serverId} and o.entity_type = 'asset_tag' and o.state = 'confirmed'
     and o.payload ->> 'category' = ${category}
   order by o.payload ->> 'value', asset.id, o.id desc`;

const latest = (serverId: number, action: 'add' | 'remove', value: string) => sql`
  coalesce((select max(o.id)::int from sync_outbox o
             where o.external_system_id = ${serverId} and o.entity_type = 'asset_tag' and o.state = 'confirmed'
               and o.entity_id = ${sql.raw(value)} and coalesce(o.payload ->> 'action', 'add') = ${action}), 0)`;

/** What a system's id is as the value of a tag: it holds no comma and at most 50 characters; system ids are no longer. */
const asTag = (systemId: string) => sql.raw(`replace(${systemId}, ',', ' ')`);

/**
 * Assets of a scanner’s server that belong to a system and do not carry its tag there yet, by system; a machine that is in systems of several GRC
 * systems carries the tag of each.
 */
export async function listMissingTags(
  db: Kysely<Database>,
  serverId: number,
  category: string,
): Promise<TagOfAssets[]> {
  const { rows } = await sql<TagOfAssets>`
    with told as materialized (${confirmed(serverId, category)}), boundary as (${everyBoundary})
    select ${asTag('b.system_id')} as value, array_agg(distinct l.external_id::text order by l.external_id::text) as assets,
           ${latest(serverId, 'remove', "replace(min(b.system_id), ',', ' ')")} as since
      from boundary b
      join sync_links l on l.external_system_id = ${serverId} and l.entity_type = 'asset'
                       and l.entity_id = b.asset_uuid::text and l.retired_at is null
     where not exists (select from ingestion_systems s where s.system_id = b.system_id and s.sync_enabled is false)
       and (not exists (select from ingestion_asset_tags t
                         where t.asset_uuid = b.asset_uuid and t.tag_key = ${category} and t.tag_value = ${asTag('b.system_id')})
            -- What another server's record of the machine bears says nothing of this one's.
            or exists (select from sync_links other
                        where other.external_system_id <> ${serverId} and other.entity_type = 'asset'
                          and other.entity_id = b.asset_uuid::text and other.retired_at is null)
               and not exists (select from told where told.asset = l.external_id and told.value = ${asTag('b.system_id')} and told.is_borne)
               and not exists (select from asset_sources x
                                where x.external_system_id = ${serverId} and x.external_id = l.external_id
                                  and x.record -> 'tags' @> jsonb_build_array(jsonb_build_object('key', ${category}::text, 'value', ${asTag('b.system_id')}))))
     group by ${asTag('b.system_id')}
     order by 1`.execute(db);
  return rows;
}

/**
 * Assets of a scanner’s server that still carry the tag of a system that they left for another one of the same GRC system, by system. Only
 * tags that Tieline set there: what an analyst tagged stays. So does the tag of a machine that is in no system any more: what became of it
 * is left to a person.
 */
export async function listStrayTags(
  db: Kysely<Database>,
  serverId: number,
  category: string,
): Promise<TagOfAssets[]> {
  const { rows } = await sql<TagOfAssets>`
    with told as materialized (${confirmed(serverId, category)}), boundary as (${everyBoundary})
    select told.value, array_agg(distinct told.asset order by told.asset) as assets,
           ${latest(serverId, 'add', 'told.value')} as since
      from told
      join sync_links l on l.external_system_id = ${serverId} and l.entity_type = 'asset'
                       and l.external_id = told.asset and l.retired_at is null
     where told.is_borne
       and exists (select from boundary b
                     join sync_links present on present.entity_type = 'system' and present.entity_id = b.system_id
                     join sync_links left_one on left_one.external_system_id = present.external_system_id
                                             and left_one.entity_type = 'system' and ${asTag('left_one.entity_id')} = told.value
                    where b.asset_uuid::text = l.entity_id)
       and not exists (select from boundary b where b.asset_uuid::text = l.entity_id and ${asTag('b.system_id')} = told.value)
       and not exists (select from ingestion_systems s where ${asTag('s.system_id')} = told.value and s.sync_enabled is false)
     group by told.value
     order by told.value`.execute(db);
  return rows;
}

export interface TagToKeep {
  readonly category: string;
  readonly value: string;
  readonly assets: readonly string[];
}

const assetsOf = (assets: readonly string[]) => sql`
  select a.asset_uuid from ingestion_assets a
   where a.asset_uuid = any(${[...assets]}::uuid[]) or a.tenable_asset_uuid = any(${[...assets]}::text[])
      or a.asset_uuid::text in (select l.entity_id from sync_links l where l.entity_type = 'asset' and l.external_id = any(${[...assets]}::text[]))`;

/** Keeps tags that Tenable has confirmed, so that the next run does not plan them again. @returns how many were new. */
export async function addAssetTags(db: Kysely<Database>, tag: TagToKeep): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into ingestion_asset_tags (asset_uuid, tag_key, tag_value)
    select a.asset_uuid, left(${tag.category}, 100), ${tag.value}
      from (${assetsOf(tag.assets)}) a
     where not exists (select from ingestion_asset_tags t
                        where t.asset_uuid = a.asset_uuid and t.tag_key = left(${tag.category}, 100) and t.tag_value = ${tag.value})`.execute(
    db,
  );
  await keepAssetTags(db, sql`select distinct asset_uuid from (${assetsOf(tag.assets)}) named`);
  return Number(numAffectedRows ?? 0n);
}

/** Forgets tags that Tenable has taken from assets. */
export async function removeAssetTags(db: Kysely<Database>, tag: TagToKeep): Promise<void> {
  await sql`
    delete from ingestion_asset_tags t using (${assetsOf(tag.assets)}) a
     where t.asset_uuid = a.asset_uuid and t.tag_key = left(${tag.category}, 100) and t.tag_value = ${tag.value}`.execute(
    db,
  );
  await keepAssetTags(db, sql`select distinct asset_uuid from (${assetsOf(tag.assets)}) named`);
}
