/** Tags that workflows set on assets: who set each, and what the sync brings scanners to. */
import { type Kysely, sql } from 'kysely';
import type { Database, Tx } from '../../platform/postgres/index.ts';
import { keepAssetTags } from './asset-tag-projection.sql.ts';
import type { TagOfAssets } from './tags.sql.ts';

export interface AssetTag {
  readonly category: string;
  readonly value: string;
}

export interface WorkflowTag extends AssetTag {
  readonly workflow: string;
  readonly taggedBy: string;
  readonly taggedAt: Date;
}

/** Tags of workflows that stand, of an asset. */
export async function listWorkflowTags(db: Kysely<Database>, assetUuid: string): Promise<WorkflowTag[]> {
  const { rows } = await sql<WorkflowTag>`
    select tag_key as category, tag_value as value, workflow_name as workflow, tagged_by as "taggedBy", tagged_at as "taggedAt"
      from workflow_tags where asset_uuid = ${assetUuid}::uuid and removed_at is null order by 1, 2`.execute(
    db,
  );
  return rows;
}

/** Whether the asset bears the tag: set by a scanner's server, or by a workflow. */
export async function whoseTag(
  db: Kysely<Database>,
  assetUuid: string,
  { category, value }: AssetTag,
): Promise<'workflow' | 'other' | 'none'> {
  const { rows } = await sql<{ whose: 'workflow' | 'other' | 'none' }>`
    select case when exists (select from workflow_tags w where w.asset_uuid = ${assetUuid}::uuid and w.tag_key = ${category} and w.tag_value = ${value} and w.removed_at is null) then 'workflow'
                when exists (select from ingestion_asset_tags t where t.asset_uuid = ${assetUuid}::uuid and t.tag_key = ${category} and t.tag_value = ${value}) then 'other'
                else 'none' end as whose`.execute(db);
  return rows[0]?.whose ?? 'none';
}

const keepShown = (db: Kysely<Database>, assetUuid: string): Promise<void> =>
  keepAssetTags(db, sql`select ${assetUuid}::uuid as asset_uuid`);

/** Sets a tag that does not stand yet. */
export async function addWorkflowTag(
  db: Kysely<Database>,
  assetUuid: string,
  tag: AssetTag,
  set: { readonly workflow: string; readonly by: string; readonly at: Date; readonly operationId: string },
): Promise<void> {
  await sql`
    insert into workflow_tags (asset_uuid, tag_key, tag_value, workflow_name, tagged_by, tagged_at, operation_id)
    values (${assetUuid}::uuid, ${tag.category}, ${tag.value}, ${set.workflow}, ${set.by}, ${set.at}::timestamptz, ${set.operationId}::uuid)
    on conflict (asset_uuid, tag_key, tag_value) where removed_at is null do nothing`.execute(db);
  await keepShown(db, assetUuid);
}

/** Takes a tag of a workflow away. @returns whether it stood. */
export async function endWorkflowTag(
  db: Kysely<Database>,
  assetUuid: string,
  tag: AssetTag,
  ended: { readonly by: string; readonly at: Date },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update workflow_tags set removed_by = ${ended.by.slice(0, 255)}, removed_at = ${ended.at}::timestamptz
     where asset_uuid = ${assetUuid}::uuid and tag_key = ${tag.category} and tag_value = ${tag.value} and removed_at is null`.execute(
    db,
  );
  if (numAffectedRows === 0n) return false;
  await keepShown(db, assetUuid);
  return true;
}

/** Sets a tag again that a workflow set and that was taken away. */
export async function returnWorkflowTag(
  db: Kysely<Database>,
  assetUuid: string,
  tag: AssetTag,
  set: { readonly by: string; readonly at: Date; readonly operationId: string },
): Promise<void> {
  const { rows } = await sql<{ workflow: string }>`
    select workflow_name as workflow from workflow_tags
     where asset_uuid = ${assetUuid}::uuid and tag_key = ${tag.category} and tag_value = ${tag.value} order by id desc limit 1`.execute(
    db,
  );
  const [last] = rows;
  if (last) await addWorkflowTag(db, assetUuid, tag, { ...set, workflow: last.workflow });
}

/** Of two assets that turned out to be one: what workflows tagged the first with, the second bears. */
export async function moveWorkflowTags(tx: Tx, from: string, into: string): Promise<void> {
  await sql`
    update workflow_tags w set asset_uuid = ${into}::uuid
     where w.asset_uuid = ${from}::uuid
       and (w.removed_at is not null
            or not exists (select from workflow_tags other where other.asset_uuid = ${into}::uuid and other.tag_key = w.tag_key
                              and other.tag_value = w.tag_value and other.removed_at is null))`.execute(
    tx.db,
  );
  await keepShown(tx.db, into);
}

export interface TagToSend extends TagOfAssets {
  readonly category: string;
  /** The workflows that set it or took it away, by name. */
  readonly workflows: readonly string[];
}

/** told: the latest word that a server confirmed, of each tag that workflows ever set and each asset. */
const told = (serverId: number) => sql`
  select distinct on (o.payload ->> 'category', o.payload ->> 'value', asset.id)
         o.payload ->> 'category' as category, o.payload ->> 'value' as value, asset.id as asset, o.settled_at as at,
         coalesce(o.payload ->> 'action', 'add') = 'add' as is_borne
    from sync_outbox o cross join lateral jsonb_array_elements_text(o.payload -> 'asset_uuids') asset(id)
   where o.external_system_id = ${serverId} and o.entity_type = 'asset_tag' and o.state = 'confirmed'
     and (o.payload ->> 'category', o.payload ->> 'value') in (select tag_key, tag_value from workflow_tags)
   order by o.payload ->> 'category', o.payload ->> 'value', asset.id, o.id desc`;

const linkOf = (serverId: number) => sql`
  join sync_links l on l.external_system_id = ${serverId} and l.entity_type = 'asset' and l.entity_id = w.asset_uuid::text and l.retired_at is null`;

const grouped = sql`
  select w.tag_key as category, w.tag_value as value, array_agg(distinct l.external_id::text order by l.external_id::text) as assets,
         max(w.id)::int as since, array_agg(distinct w.workflow_name::text order by w.workflow_name::text) as workflows`;

/**
 * Tags of workflows that stand and that a server's assets do not bear yet. What an analyst took away there after it was confirmed is not set
 * there again: it stands here alone.
 */
export async function listMissingWorkflowTags(db: Kysely<Database>, serverId: number): Promise<TagToSend[]> {
  const { rows } = await sql<TagToSend>`
    with told as materialized (${told(serverId)})
    ${grouped}
      from workflow_tags w ${linkOf(serverId)}
     where w.removed_at is null
       and not exists (select from told where told.asset = l.external_id and told.category = w.tag_key and told.value = w.tag_value
                          and told.is_borne and told.at >= w.tagged_at)
       and not exists (select from asset_sources x where x.external_system_id = ${serverId} and x.external_id = l.external_id
                          and x.record -> 'tags' @> jsonb_build_array(jsonb_build_object('key', w.tag_key, 'value', w.tag_value)))
     group by w.tag_key, w.tag_value order by 1, 2`.execute(db);
  return rows;
}

/** Tags that workflows took away and that a server's assets still bear from Tieline: what an analyst set there stays. */
export async function listStrayWorkflowTags(db: Kysely<Database>, serverId: number): Promise<TagToSend[]> {
  const { rows } = await sql<TagToSend>`
    with told as materialized (${told(serverId)})
    ${grouped}
      from workflow_tags w ${linkOf(serverId)}
      join told on told.asset = l.external_id and told.category = w.tag_key and told.value = w.tag_value and told.is_borne
     where w.removed_at is not null
       and not exists (select from workflow_tags other where other.asset_uuid = w.asset_uuid and other.tag_key = w.tag_key
                          and other.tag_value = w.tag_value and other.removed_at is null)
     group by w.tag_key, w.tag_value order by 1, 2`.execute(db);
  return rows;
}
