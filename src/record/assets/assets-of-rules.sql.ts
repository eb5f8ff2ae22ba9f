/** What assets are by rules of boundaries: in which systems, in which role. */
import { sql, type Kysely } from 'kysely';
import type { AssetRole } from '../../canonical/boundary-rules/index.ts';
import { reasonValue, ruleValues } from '../../ledger/operations/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import { isRuledBy } from '../systems/index.ts';

export interface BoundaryMembership {
  readonly assetUuid: string;
  readonly systemId: string;
  readonly role: AssetRole;
}

/**
 * Makes the memberships that rules give in the boundaries of a GRC system exactly these, and the roles of those that matches gave. An asset
 * without a main system gets one that answers for it. What the owner assigned stays as it is.
 */
export async function settleBoundaryMemberships(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly operationId: string },
  memberships: readonly BoundaryMembership[],
): Promise<void> {
  const given = sql`jsonb_to_recordset(${storableJson(memberships)}::jsonb) g("assetUuid" uuid, "systemId" text, role text)`;
  const same = sql`g."assetUuid" = s.asset_uuid and g."systemId" = s.system_id`;
  const own = isRuledBy(source.systemId, sql`s.system_id`);
  await settleMainSystems(db, source, { given, own });
  await sql`
    delete from ingestion_system_assets s
     where s.assignment_type = 'boundary_rule' and ${own} and not exists (select from ${given} where ${same})`.execute(
    db,
  );
  await sql`
    update ingestion_system_assets s set asset_role = g.role from ${given}
     where ${same} and s.assignment_type in ('boundary_rule', 'correlated') and s.asset_role is distinct from g.role`.execute(
    db,
  );
  await sql`
    update ingestion_system_assets s set asset_role = null
     where s.assignment_type = 'correlated' and s.asset_role is not null and ${own} and not exists (select from ${given} where ${same})`.execute(
    db,
  );
  await sql`
    insert into ingestion_system_assets (system_id, asset_uuid, assignment_type, asset_role)
    select g."systemId", g."assetUuid", 'boundary_rule', g.role from ${given}
     where not exists (select from ingestion_system_assets s where ${same})`.execute(db);
}

/** Main systems that rules gave and no longer give, and those of assets that have none. Before memberships change, which say who gave them. */
async function settleMainSystems(
  db: Kysely<Database>,
  source: { readonly systemId: number; readonly operationId: string },
  { given, own }: { readonly given: ReturnType<typeof sql>; readonly own: ReturnType<typeof sql> },
): Promise<void> {
  await sql`
    with answering as (
      select g."assetUuid" as asset_uuid, min(g."systemId") as system_id from ${given} where g.role = 'responsible' group by 1
    ), ruled as (
      select s.asset_uuid, s.system_id from ingestion_system_assets s where s.assignment_type = 'boundary_rule' and ${own}
    ), changing as (
      select a.asset_uuid, a.system_id as before, n.system_id as after
        from ingestion_assets a
        left join ruled r on r.asset_uuid = a.asset_uuid and r.system_id = a.system_id
        left join answering n on n.asset_uuid = a.asset_uuid
       where (a.system_id is null or r.system_id is not null) and n.system_id is distinct from a.system_id
    ), journal as (
      insert into sync_changes (operation_id, external_system_id, entity_type, entity_id, field_name, before_value, after_value, direction,
                                decided_by_kind, rule_code, reason_code)
      select ${source.operationId}::uuid, ${source.systemId}, 'asset', c.asset_uuid::text, 'system_id', to_jsonb(c.before), to_jsonb(c.after), 'internal',
             ${sql.raw(ruleValues('boundary_rule'))},
             case when c.after is null then ${sql.raw(reasonValue('boundary_rule_gone'))} else ${sql.raw(reasonValue('see_boundary_decisions'))} end
        from changing c
    )
    update ingestion_assets a set system_id = c.after, updated_at = tieline_now() from changing c where a.asset_uuid = c.asset_uuid`.execute(
    db,
  );
}
