/** What assets are by the components that they were matched to: their system, their owners, their links. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../../platform/postgres/index.ts';
import { reasonValue, ruleValues } from '../../ledger/operations/index.ts';

/** SQL that is true of a component that its GRC system still shows: one that was removed there matches nothing. */
export const isThere = (component: string) =>
  sql.raw(`not exists (select from sync_links own
                        where own.external_system_id = ${component}.external_system_id and own.entity_type = 'component'
                          and own.entity_id = ${component}.id::text and own.missing_since is not null and own.retired_at is null)`);

/** Assets that can be matched: neither ended nor merged into another one. */
export const livingAssets = sql`select asset_uuid, unreported_since from ingestion_assets
         where deleted_at is null and terminated_at is null and merged_into is null`;

/** Brings assets, assignments and links in line with what is decided about all pairs, and journals what that changes. */
export async function settleCorrelationLinks(
  db: Kysely<Database>,
  source: { systemId: number; operationId: string },
): Promise<void> {
  await retireLinks(db, source);
  await makeLinks(db, source);
}

/** Current matches, of every GRC system: a machine may be a component of several, and belongs to a system of each then. */
const everyLinked = sql`
    select k.asset_uuid, c.id, c.external_system_id, c.component_id, c.system_id, c.business_owner, c.technical_owner
      from asset_correlations k join system_components c on c.id = k.component_id join (${livingAssets}) living using (asset_uuid)
     where k.decision = 'linked' and ${isThere('c')}`;

const linked = (systemId: number) => sql`
    select * from (${everyLinked}) every_linked where external_system_id = ${systemId}`;

/** Whether asset `a` is in its system because correlation put it there; an assignment of the owner's is kept. */
const isCorrelated = sql.raw(`exists (select from ingestion_system_assets s
                          where s.asset_uuid = a.asset_uuid and s.system_id = a.system_id and s.assignment_type = 'correlated')`);

/** The same, or a boundary rule did: that gives way to a match. */
const isOurs = sql.raw(`exists (select from ingestion_system_assets s
                          where s.asset_uuid = a.asset_uuid and s.system_id = a.system_id and s.assignment_type in ('correlated', 'boundary_rule'))`);

async function retireLinks(
  db: Kysely<Database>,
  source: { systemId: number; operationId: string },
): Promise<void> {
  await sql`
    with gone as (
      update sync_links l set retired_at = tieline_now()
       where l.external_system_id = ${source.systemId} and l.entity_type = 'asset_component' and l.retired_at is null
         and not exists (select from (${linked(source.systemId)}) k
                          where k.asset_uuid::text = l.entity_id and k.component_id = l.external_id)
      returning l.entity_id, l.external_id
    ), journal as (
      insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, direction, decided_by_kind, rule_code, reason_code)
      select ${source.operationId}::uuid, ${source.systemId}, 'asset', gone.entity_id, 'xacta_component_id', to_jsonb(gone.external_id),
             'internal', ${sql.raw(ruleValues('weighted_identifiers'))}, ${sql.raw(reasonValue('match_unclear'))}
        from gone
    ), unassigned as (
      delete from ingestion_system_assets s using gone
       where s.asset_uuid::text = gone.entity_id and s.assignment_type = 'correlated'
         and not exists (select from (${everyLinked}) k where k.asset_uuid = s.asset_uuid and k.system_id = s.system_id)
    )
    update ingestion_assets a
       set xacta_component_id = null,
           system_id = case when ${isCorrelated} then null else a.system_id end
      from gone where a.asset_uuid::text = gone.entity_id and a.xacta_component_id = gone.external_id`.execute(
    db,
  );
}

async function makeLinks(
  db: Kysely<Database>,
  source: { systemId: number; operationId: string },
): Promise<void> {
  await sql`
    insert into sync_links as known (external_system_id, entity_type, entity_id, external_id, operation_id)
    select ${source.systemId}, 'asset_component', k.asset_uuid::text, k.component_id, ${source.operationId}::uuid
      from (${linked(source.systemId)}) k
    on conflict (external_system_id, external_id, entity_id) where entity_type = 'asset_component' do update
      set retired_at = null, operation_id = excluded.operation_id, confirmed_at = tieline_now()
      where known.retired_at is not null`.execute(db);
  // A different assignment by the owner stays; ours is kept beside it. With several GRC systems, the first one's applies, as long as it exists.
  await sql`
    with main as (
      select distinct on (k.asset_uuid) k.*
        from (${everyLinked}) k join ingestion_assets a on a.asset_uuid = k.asset_uuid
       order by k.asset_uuid, (k.component_id is not distinct from a.xacta_component_id and k.system_id is not distinct from a.system_id) desc,
                (k.component_id is not distinct from a.xacta_component_id) desc, k.external_system_id, k.id
    ), changing as (
      select a.asset_uuid, a.system_id as old_system, a.xacta_component_id as old_component,
             case when a.system_id is null or ${isOurs} then k.system_id else a.system_id end as new_system,
             k.component_id as new_component, k.business_owner, k.technical_owner, k.external_system_id
        from main k join ingestion_assets a on a.asset_uuid = k.asset_uuid
       where a.xacta_component_id is distinct from k.component_id
          or a.system_id is null
          or a.system_id <> k.system_id and ${isOurs}
    ), journal as (
      insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, after_value, direction,
                                decided_by_kind, rule_code, reason_code)
      select ${source.operationId}::uuid, c.external_system_id, 'asset', c.asset_uuid::text, f.name, to_jsonb(f.before), to_jsonb(f.after), 'internal',
             ${sql.raw(ruleValues('weighted_identifiers'))}, ${sql.raw(reasonValue('see_evidence'))}
        from changing c
       cross join lateral (values ('system_id', c.old_system::text, c.new_system::text),
                                  ('xacta_component_id', c.old_component::text, c.new_component::text)) f(name, before, after)
       where f.before is distinct from f.after
    )
    update ingestion_assets a
       set system_id = c.new_system, xacta_component_id = c.new_component,
           business_owner = coalesce(a.business_owner, c.business_owner),
           technical_owner = coalesce(a.technical_owner, c.technical_owner),
           external_system_mappings = coalesce(a.external_system_mappings, '{}')
             || jsonb_build_object('xacta', jsonb_build_object('component_id', c.new_component, 'system_id', c.new_system)),
           updated_at = tieline_now()
      from changing c
     where a.asset_uuid = c.asset_uuid`.execute(db);
  await assignSystems(db, source.systemId);
}

/** Memberships that matches give: those of other systems of this GRC system end, and one that a rule gave is a match's now. */
async function assignSystems(db: Kysely<Database>, systemId: number): Promise<void> {
  await sql`
    delete from ingestion_system_assets s using (${linked(systemId)}) k
     where s.asset_uuid = k.asset_uuid and s.assignment_type = 'correlated' and s.system_id <> k.system_id
       and not exists (select from (${everyLinked}) other where other.asset_uuid = s.asset_uuid and other.system_id = s.system_id)`.execute(
    db,
  );
  await sql`
    update ingestion_system_assets s set assignment_type = 'correlated', asset_role = null
      from (${linked(systemId)}) k
     where s.asset_uuid = k.asset_uuid and s.system_id = k.system_id and s.assignment_type = 'boundary_rule'`.execute(
    db,
  );
  await sql`
    insert into ingestion_system_assets (system_id, asset_uuid, assignment_type)
    select k.system_id, k.asset_uuid, 'correlated' from (${linked(systemId)}) k
     where not exists (select from ingestion_system_assets s where s.asset_uuid = k.asset_uuid and s.system_id = k.system_id)`.execute(
    db,
  );
}
