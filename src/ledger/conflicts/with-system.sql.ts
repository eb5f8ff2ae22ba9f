import { sql } from 'kysely';

/**
 * SQL that is true of the conflicts `known` with this external system: what a record says to one system is nothing to another. A row
 * from before the system was kept may belong to any system.
 */
export const withSystem = (systemId: number) =>
  sql`coalesce(known.external_system_id, ${systemId}) = ${systemId}`;

/** SQL that is true of the open conflicts `known` with a system; of those from before that was kept, over records that are linked to it and to no other. */
export const openWithSystem = (systemId: number) => sql`
  known.resolution_status = 'pending'
  and (known.external_system_id = ${systemId} or known.external_system_id is null
  and exists (select from sync_links l where l.entity_type = known.entity_type and l.entity_id = known.entity_id
                 and l.external_system_id = ${systemId})
  and not exists (select from sync_links o where o.entity_type = known.entity_type and o.entity_id = known.entity_id
                     and o.external_system_id <> ${systemId} and o.retired_at is null))`;
