import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';

/**
 * Links what was said here of assets that the server knows and says nothing of: both sides then last agreed on nothing, so
 * that it goes out like any edit. Run after the assets were read.
 * @param about.fields columns of assets_extended that are negotiated.
 * @param about.sendsMatches whether it is sent out what an asset was matched to: assets that were matched then get a row too.
 */
export async function linkAssetContexts(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly operationId: string },
  about: { readonly fields: readonly string[]; readonly sendsMatches: boolean },
): Promise<void> {
  const { fields, sendsMatches } = about;
  if (sendsMatches)
    await sql`
      insert into assets_extended (asset_uuid)
      select m.asset_uuid
        from ingestion_assets m
       where m.xacta_component_id is not null
         and exists (select from sync_links a where a.external_system_id = ${source.systemId} and a.entity_type = 'asset'
                        and a.entity_id = m.asset_uuid::text and a.retired_at is null and a.missing_since is null)
         and not exists (select from ingestion_systems s where s.system_id = m.system_id and s.sync_enabled is false)
      on conflict (asset_uuid) do nothing`.execute(db);
  const empty = Object.fromEntries(fields.map((field) => [field, null]));
  await sql`
    insert into sync_links (external_system_id, entity_type, entity_id, external_id, base, operation_id)
    select ${source.systemId}, 'asset_context', a.entity_id, a.external_id, ${JSON.stringify(empty)}::jsonb, ${source.operationId}::uuid
      from sync_links a
      join assets_extended x on x.asset_uuid::text = a.entity_id
     where a.external_system_id = ${source.systemId} and a.entity_type = 'asset' and a.retired_at is null and a.missing_since is null
       and (num_nonnulls(${sql.join(fields.map((field) => sql.ref(`x.${field}`)))}) > 0
            or ${sendsMatches} and exists (select from ingestion_assets m
                                            where m.asset_uuid = x.asset_uuid and m.xacta_component_id is not null))
       and not exists (select from sync_links c where c.external_system_id = a.external_system_id and c.entity_type = 'asset_context'
                          and (c.entity_id = a.entity_id or c.external_id = a.external_id))
    on conflict (external_system_id, entity_type, external_id) where entity_type <> 'asset_component' do nothing`.execute(
    db,
  );
}

/** Makes sure that an asset has a row of business context. */
export async function beginAssetContext(db: Kysely<Database>, assetUuid: string): Promise<void> {
  await sql`
    insert into assets_extended (asset_uuid) values (${assetUuid}::uuid) on conflict (asset_uuid) do nothing`.execute(
    db,
  );
}

/** The external systems, by id, to which the business context of assets is sent: those that know the asset. */
export async function listSystemsOfAsset(db: Kysely<Database>, assetUuid: string): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select distinct external_system_id as id from sync_links
     where entity_type in ('asset', 'asset_context') and entity_id = ${assetUuid} and retired_at is null
     order by 1`.execute(db);
  return rows.map((row) => row.id);
}
