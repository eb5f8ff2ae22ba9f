import { sql, type Kysely } from 'kysely';
import type { Database } from './schema.ts';

export interface MissingTag {
  readonly value: string;
  /** As Tenable names them. */
  readonly assets: readonly string[];
}

/**
 * Assets of a Tenable server that belong to a system and do not bear its tag yet, by system. Tag values hold no
 * comma and at most 50 characters (reference/tenable.md section 2); system ids are no longer.
 */
export async function listMissingTags(
  db: Kysely<Database>,
  tenableSystemId: number,
  category: string,
): Promise<MissingTag[]> {
  const { rows } = await sql<MissingTag>`
    select replace(a.system_id, ',', ' ') as value, array_agg(l.external_id::text order by l.external_id::text) as assets
      from ingestion_assets a
      join sync_links l on l.external_system_id = ${tenableSystemId} and l.entity_type = 'asset'
                       and l.entity_id = a.asset_uuid::text and l.retired_at is null
     where a.system_id is not null and a.xacta_component_id is not null
       and not exists (select from ingestion_systems s where s.system_id = a.system_id and s.sync_enabled is false)
       and not exists (select from ingestion_asset_tags t
                        where t.asset_uuid = a.asset_uuid and t.tag_key = ${category} and t.tag_value = replace(a.system_id, ',', ' '))
     group by a.system_id
     order by a.system_id`.execute(db);
  return rows;
}

/** Keeps tags that Tenable has confirmed, so that the next run does not plan them again. @returns how many were new. */
export async function addAssetTags(
  db: Kysely<Database>,
  tag: { readonly category: string; readonly value: string; readonly assets: readonly string[] },
): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into ingestion_asset_tags (asset_uuid, tag_key, tag_value)
    select a.asset_uuid, left(${tag.category}, 100), ${tag.value}
      from ingestion_assets a
     where (a.asset_uuid = any(${[...tag.assets]}::uuid[]) or a.tenable_asset_uuid = any(${[...tag.assets]}::text[]))
       and not exists (select from ingestion_asset_tags t
                        where t.asset_uuid = a.asset_uuid and t.tag_key = left(${tag.category}, 100) and t.tag_value = ${tag.value})`.execute(
    db,
  );
  return Number(numAffectedRows ?? 0n);
}
