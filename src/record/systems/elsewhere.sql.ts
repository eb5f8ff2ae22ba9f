/** What boundaries are called elsewhere: by connections, and by the tag that stands for them at a scanner. Projections of links and tags. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

/**
 * Brings `external_system_mappings` up to date: the name of each connection that a boundary is linked to, to its id there. What stands there under
 * other names is the host application's, and stays. There are hundreds of boundaries, so all are compared; only what differs is written.
 */
export async function keepSystemMappings(db: Kysely<Database>): Promise<void> {
  await sql`
    with linked as (
      select l.entity_id as system_id, jsonb_object_agg(x.system_name, l.external_id) as ids
        from sync_links l join external_systems x on x.id = l.external_system_id and x.removed_at is null
       where l.entity_type = 'system' and l.retired_at is null
       group by 1
    ), kept as (
      select s.id, nullif(
               (case when jsonb_typeof(s.external_system_mappings) = 'object' then s.external_system_mappings else '{}' end)
                 - array(select system_name::text from external_systems)
                 || coalesce(linked.ids, '{}'), '{}') as mappings
        from ingestion_systems s left join linked on linked.system_id = s.system_id
    )
    update ingestion_systems s set external_system_mappings = kept.mappings
      from kept where kept.id = s.id and s.external_system_mappings is distinct from kept.mappings`.execute(
    db,
  );
}

/** The tag of a boundary, by its value: where commas are not allowed, a space stands for them. */
const isTagOf = (value: string) => sql`replace(s.system_id, ',', ' ') = ${value}`;

/** Keeps by which id a scanner knows the tag that stands for a boundary, after it confirmed the tag. */
export async function keepBoundaryTag(db: Kysely<Database>, value: string, id: string): Promise<void> {
  await sql`
    update ingestion_systems s set tenable_asset_group_id = ${id}
     where ${isTagOf(value)} and s.tenable_asset_group_id is distinct from ${id}`.execute(db);
}

/**
 * The same of boundaries whose tag was set before its id was kept: read from the report of one machine that bears it, by the indexes of tags
 * and sources.
 * @param serverId the connection to the scanner. @param category of the tags that stand for boundaries.
 */
export async function findBoundaryTags(
  db: Kysely<Database>,
  serverId: number,
  category: string,
): Promise<void> {
  await sql`
    update ingestion_systems s set tenable_asset_group_id = found.id
      from ingestion_systems lacking
     cross join lateral (
       select tag ->> 'uuid' as id
         from ingestion_asset_tags t
         join asset_sources x on x.asset_uuid = t.asset_uuid and x.external_system_id = ${serverId}
        cross join lateral jsonb_array_elements(case jsonb_typeof(x.raw_json -> 'tags') when 'array' then x.raw_json -> 'tags' else '[]' end) tag
        where t.tag_key = ${category} and t.tag_value = replace(lacking.system_id, ',', ' ')
          and tag ->> 'key' = t.tag_key and tag ->> 'value' = t.tag_value and tag ->> 'uuid' is not null
        limit 1) found
     where lacking.tenable_asset_group_id is null and s.id = lacking.id`.execute(db);
}
