/** To which systems a machine belongs: of each GRC system that lists it, to one. */
import { type RawBuilder, sql } from 'kysely';

/** SQL that is true of a system (by our id, an expression) that the GRC system has, and still shows. */
export const isSystemOf = (externalSystemId: number, systemId: string) => sql`
  exists (select from sync_links own
           where own.external_system_id = ${externalSystemId} and own.entity_type = 'system' and own.entity_id = ${sql.raw(systemId)}
             and own.retired_at is null and own.missing_since is null)`;

/**
 * SQL that is true of a system whose boundary rules are applied with this GRC system: the first one that has the system and still shows it.
 * @param systemId ingestion_systems.system_id, an expression.
 */
export const isRuledBy = (
  externalSystemId: number,
  systemId: RawBuilder<unknown>,
): RawBuilder<boolean> => sql`
  ${systemId} in (select own.entity_id from sync_links own
                   where own.entity_type = 'system' and own.retired_at is null and own.missing_since is null
                   group by own.entity_id having min(own.external_system_id) = ${externalSystemId})`;

/**
 * SQL that is true of the boundaries that a run of a connection concludes about: those that it rules, and those that no connection has, so that
 * each is looked at and none by every connection.
 */
export const concernsRunOf = (
  externalSystemId: number,
  column: RawBuilder<unknown>,
): RawBuilder<boolean> => sql`(
  ${isRuledBy(externalSystemId, column)}
  or ${column} not in (select own.entity_id from sync_links own
                        where own.entity_type = 'system' and own.retired_at is null and own.missing_since is null))`;

/** SQL of the role in which a boundary has an asset: it answers for it, unless the row says that another one does. */
const isInherited = (asset: string, system: string) =>
  sql.raw(`exists (
    select from ingestion_system_assets shared
     where shared.asset_uuid = ${asset} and shared.system_id = ${system} and shared.asset_role = 'inherited')`);

/**
 * SQL of a relation (asset_uuid, system_id): the systems of this GRC system that answer for each asset. That is the asset's main system, or,
 * where the main one is of another GRC system, the one that its match puts it into; and any that a boundary rule or a person makes
 * responsible. A system that only inherits the asset is none.
 */
export const boundariesOf = (externalSystemId: number) => sql`
  select main.asset_uuid, main.system_id
    from ingestion_assets main
   where ${isSystemOf(externalSystemId, 'main.system_id')} and not ${isInherited('main.asset_uuid', 'main.system_id')}
  union
  select ruled.asset_uuid, ruled.system_id
    from ingestion_system_assets ruled
   where ruled.assignment_type = 'boundary_rule' and ruled.asset_role = 'responsible' and ${isSystemOf(externalSystemId, 'ruled.system_id')}
  union
  select beside.asset_uuid, beside.system_id
    from ingestion_system_assets beside
    join ingestion_assets main on main.asset_uuid = beside.asset_uuid
   where beside.assignment_type = 'correlated' and beside.asset_role is distinct from 'inherited'
     and ${isSystemOf(externalSystemId, 'beside.system_id')}
     and not ${isSystemOf(externalSystemId, 'main.system_id')}
     and exists (select from sync_links other
                  where other.external_system_id <> ${externalSystemId} and other.entity_type = 'system'
                    and other.entity_id = main.system_id and other.retired_at is null)`;

/** SQL of a relation (asset_uuid, system_id): every system that each asset is in by a match, its main one included. */
export const everyBoundary = sql`
  select main.asset_uuid, main.system_id from ingestion_assets main
   where main.system_id is not null and main.xacta_component_id is not null
  union
  select beside.asset_uuid, beside.system_id from ingestion_system_assets beside
    join ingestion_assets main on main.asset_uuid = beside.asset_uuid
   where beside.assignment_type = 'correlated' and main.xacta_component_id is not null
     -- Where the owner has put the asset elsewhere, that stands.
     and exists (select from ingestion_system_assets ours
                  where ours.asset_uuid = main.asset_uuid and ours.system_id = main.system_id and ours.assignment_type = 'correlated')`;
