/** Components that were removed from their GRC system while assets were matched to them: the assets are in no system of it any more. */
import { sql, type Kysely } from 'kysely';
import { settlesItself } from '../../ledger/operations/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

/**
 * Puts each such component before a person, with the assets that hung on it, and closes what is over: the component is there again, or all
 * its assets were matched to others. Of a system that was removed whole a person is asked about the system alone. Run after the links of
 * matches were settled.
 */
export async function showLostMatches(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly operationId: string },
): Promise<void> {
  // An asset is lost while it lives and is matched to no other component of the same GRC system.
  const lost = sql`
    select c.id::text as id, c.component_id, min(own.missing_since) as missing_since,
           jsonb_agg(distinct coalesce(a.hostname, a.asset_uuid::text)) as assets
      from sync_links own
      join system_components c on c.id::text = own.entity_id
      join sync_links ended on ended.external_system_id = own.external_system_id and ended.entity_type = 'asset_component'
                           and ended.external_id = c.component_id and ended.retired_at >= own.missing_since
      join ingestion_assets a on a.asset_uuid::text = ended.entity_id and a.deleted_at is null and a.terminated_at is null
     where own.external_system_id = ${source.systemId} and own.entity_type = 'component'
       and own.missing_since is not null and own.retired_at is null
       and not exists (select from sync_links now_linked
                        where now_linked.external_system_id = own.external_system_id and now_linked.entity_type = 'asset_component'
                          and now_linked.entity_id = ended.entity_id and now_linked.retired_at is null)
       and not exists (select from sync_links parent
                        where parent.external_system_id = own.external_system_id and parent.entity_type = 'system'
                          and parent.entity_id = c.system_id and parent.missing_since is not null and parent.retired_at is null)
     group by c.id, c.component_id`;
  await sql`
    insert into sync_conflicts (operation_id, external_system_id, entity_type, entity_id, conflict_type, internal_value, external_value)
    select ${source.operationId}::uuid, ${source.systemId}, 'component', l.id, 'missing_record',
           jsonb_build_object('assets', l.assets), to_jsonb(l.component_id)
      from (${lost}) l
     where not exists (select from sync_conflicts known
                        where known.external_system_id = ${source.systemId} and known.entity_type = 'component' and known.entity_id = l.id
                          and known.conflict_type = 'missing_record'
                          and (known.resolution_status = 'pending' or known.created_at >= l.missing_since at time zone 'UTC'))`.execute(
    db,
  );
  await sql`
    update sync_conflicts k
       set ${sql.raw(settlesItself('nothing_hangs'))}
     where k.external_system_id = ${source.systemId} and k.entity_type = 'component' and k.conflict_type = 'missing_record'
       and k.resolution_status = 'pending'
       and not exists (select from (${lost}) l where l.id = k.entity_id)`.execute(db);
}
