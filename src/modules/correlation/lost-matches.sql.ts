/** Components that were removed from their GRC system while assets were matched to them: the assets are in no system of it any more. */
import { sql, type Kysely } from 'kysely';
import { closeConflictsNotFound, openFoundConflicts } from '../../ledger/conflicts/index.ts';
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
    select c.id::text as entity_id, min(own.missing_since) as since,
           jsonb_build_object('assets', jsonb_agg(distinct coalesce(a.hostname, a.asset_uuid::text))) as internal_value,
           to_jsonb(c.component_id) as external_value
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
  const kind = { entity: 'component', type: 'missing_record', found: lost } as const;
  await openFoundConflicts(db, source, kind);
  await closeConflictsNotFound(db, source.systemId, kind, 'nothing_hangs');
}
