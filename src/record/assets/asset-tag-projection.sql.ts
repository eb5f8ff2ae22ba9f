/**
 * What assets are tagged with: by scanners and the host application (`ingestion_asset_tags`), and by workflows (`workflow_tags`). That decides (rules of
 * boundaries, filters, conditions). `assets_extended.asset_tags` follows it, category to values, for lists and readers that would otherwise gather rows: in the
 * transaction that changes it, and where the host application wrote tags, with each run.
 */
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

/** SQL in the place of a table: asset_uuid, tag_key, tag_value of every tag that stands; one may come twice. */
export const tagsOfAssets = sql`(
  select asset_uuid, tag_key, tag_value from ingestion_asset_tags
  union all select asset_uuid, tag_key, tag_value from workflow_tags where removed_at is null)`;

/** SQL of the tags of an asset as an object, category to values; null where it has none. */
const tagsOf = (asset: string): RawBuilder<unknown> => sql`
  (select jsonb_object_agg(c.tag_key, c.tag_values)
     from (select t.tag_key, jsonb_agg(distinct t.tag_value order by t.tag_value) as tag_values
             from ${tagsOfAssets} t where t.asset_uuid = ${sql.ref(asset)} group by 1) c)`;

/** Brings the projection of some assets up to date. @param among SQL that selects their `asset_uuid`, each once. */
export async function keepAssetTags(db: Kysely<Database>, among: RawBuilder<unknown>): Promise<void> {
  await sql`
    with kept as (select a.asset_uuid, ${tagsOf('a.asset_uuid')} as tags from (${among}) a)
    insert into assets_extended as x (asset_uuid, asset_tags)
    select k.asset_uuid, k.tags from kept k
     where k.tags is not null or exists (select from assets_extended o where o.asset_uuid = k.asset_uuid and o.asset_tags is not null)
    on conflict (asset_uuid) do update set asset_tags = excluded.asset_tags
     where x.asset_tags is distinct from excluded.asset_tags`.execute(db);
}

/** The same of all: both sides are read once and compared, and only what differs is written. */
export async function keepAllAssetTags(db: Kysely<Database>): Promise<void> {
  await sql`
    with tagged as (
      select c.asset_uuid, jsonb_object_agg(c.tag_key, c.tag_values) as tags
        from (select t.asset_uuid, t.tag_key, jsonb_agg(distinct t.tag_value order by t.tag_value) as tag_values
                from ${tagsOfAssets} t where t.asset_uuid is not null group by 1, 2) c
       group by 1
    ), moved as (
      select coalesce(g.asset_uuid, o.asset_uuid) as asset_uuid, g.tags
        from tagged g full join (select asset_uuid, asset_tags from assets_extended where asset_tags is not null) o on o.asset_uuid = g.asset_uuid
       where g.tags is distinct from o.asset_tags
    )
    insert into assets_extended (asset_uuid, asset_tags)
    select asset_uuid, tags from moved
    on conflict (asset_uuid) do update set asset_tags = excluded.asset_tags`.execute(db);
}
