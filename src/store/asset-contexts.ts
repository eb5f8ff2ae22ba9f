import { sql, type Kysely } from 'kysely';
import type { Database } from './schema.ts';

/**
 * Links what was said here of assets that the server knows and says nothing of: both sides then last agreed on nothing, so
 * that it goes out like any edit. Run after the assets were read.
 * @param fields columns of assets_extended that are negotiated.
 */
export async function linkAssetContexts(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly operationId: string },
  fields: readonly string[],
): Promise<void> {
  const empty = Object.fromEntries(fields.map((field) => [field, null]));
  await sql`
    insert into sync_links (external_system_id, entity_type, entity_id, external_id, base, operation_id)
    select ${source.systemId}, 'asset_context', a.entity_id, a.external_id, ${JSON.stringify(empty)}::jsonb, ${source.operationId}::uuid
      from sync_links a
      join assets_extended x on x.asset_uuid::text = a.entity_id
     where a.external_system_id = ${source.systemId} and a.entity_type = 'asset' and a.retired_at is null and a.missing_since is null
       and num_nonnulls(${sql.join(fields.map((field) => sql.ref(`x.${field}`)))}) > 0
       and not exists (select from sync_links c where c.external_system_id = a.external_system_id and c.entity_type = 'asset_context'
                          and (c.entity_id = a.entity_id or c.external_id = a.external_id))
    on conflict (external_system_id, entity_type, external_id) do nothing`.execute(db);
}
