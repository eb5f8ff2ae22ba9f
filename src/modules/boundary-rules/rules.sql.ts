/** The rules of boundaries as rows, and what came of each. */
import { sql, type Kysely } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { AssetRole, Condition } from '../../canonical/boundary-rules/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import type { BoundaryMembership } from '../../record/assets/index.ts';
import { isRuledBy } from '../../record/systems/index.ts';

export interface RuleToMake {
  readonly systemId: string;
  /** 1 comes first. */
  readonly priority: number;
  readonly role: AssetRole;
  readonly conditions: readonly Condition[];
  readonly note: string | null;
}

export interface BoundaryRule extends RuleToMake {
  readonly id: number;
  readonly systemName: string;
  readonly madeBy: string;
  readonly madeAt: Date;
  readonly endedBy: string | null;
  readonly endedAt: Date | null;
  /** Assets by what was decided of them by this rule. */
  readonly linked: number;
  readonly review: number;
  readonly rejected: number;
}

/** Rules within the scope, first by priority; those in force, or all. */
export async function listBoundaryRules(
  db: Kysely<Database>,
  scope: Scope,
  filter: { readonly systemId?: string | undefined; readonly id?: number; readonly all?: boolean },
): Promise<BoundaryRule[]> {
  const { rows } = await sql<BoundaryRule>`
    select r.id, r.system_id as "systemId", (select min(s.name) from ingestion_systems s where s.system_id = r.system_id) as "systemName",
           r.priority, r.asset_role as role, r.conditions, r.note, r.made_by as "madeBy", r.made_at as "madeAt", r.ended_by as "endedBy", r.ended_at as "endedAt",
           count(*) filter (where d.decision = 'linked')::int as linked, count(*) filter (where d.decision = 'review')::int as review,
           count(*) filter (where d.decision = 'rejected')::int as rejected
      from boundary_rules r left join boundary_decisions d on d.rule_id = r.id
     where ${inScope(scope, sql`r.system_id`)} and (${filter.all ?? false} or r.ended_at is null)
       and (${filter.systemId ?? null}::text is null or r.system_id = ${filter.systemId ?? null})
       and (${filter.id ?? null}::int is null or r.id = ${filter.id ?? null})
     group by r.id order by r.ended_at nulls first, r.priority, r.system_id, r.id`.execute(db);
  return rows;
}

/** Rules in force that leave an asset to a person. */
export async function listContestingRules(
  db: Kysely<Database>,
  assetUuid: string,
): Promise<Pick<BoundaryRule, 'id' | 'priority' | 'conditions'>[]> {
  const { rows } = await sql<Pick<BoundaryRule, 'id' | 'priority' | 'conditions'>>`
    select r.id, r.priority, r.conditions from boundary_decisions d join boundary_rules r on r.id = d.rule_id
     where d.asset_uuid::text = ${assetUuid} and d.decision = 'review' and r.ended_at is null order by r.priority, r.id`.execute(
    db,
  );
  return rows;
}

export async function insertBoundaryRule(
  db: Kysely<Database>,
  rule: RuleToMake,
  made: { readonly by: string; readonly at: Date },
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into boundary_rules (system_id, priority, asset_role, conditions, note, made_by, made_at)
    values (${rule.systemId}, ${rule.priority}, ${rule.role}, ${storableJson(rule.conditions)}::jsonb, ${rule.note}, ${made.by}, ${made.at})
    returning id`.execute(db);
  return rows[0]?.id ?? 0;
}

/** @returns whether it was in force. */
export async function endBoundaryRule(
  db: Kysely<Database>,
  id: number,
  ended: { readonly by: string; readonly at: Date },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update boundary_rules set ended_by = ${ended.by}, ended_at = ${ended.at} where id = ${id} and ended_at is null`.execute(
    db,
  );
  return (numAffectedRows ?? 0n) > 0n;
}

/** Whether rules, or what is left of them, are there to be looked at: most installations have none. */
export async function isAnythingRuled(db: Kysely<Database>, externalSystemId: number): Promise<boolean> {
  const { rows } = await sql<{ is: boolean }>`
    select exists (select from boundary_rules r where r.ended_at is null and ${isRuledBy(externalSystemId, sql`r.system_id`)})
        or exists (select from boundary_decisions d where ${isRuledBy(externalSystemId, sql`d.system_id`)})
        or exists (select from ingestion_system_assets s where s.assignment_type = 'boundary_rule' and ${isRuledBy(externalSystemId, sql`s.system_id`)}) as is`.execute(
    db,
  );
  return rows[0]?.is ?? false;
}

/** What a person said about living assets and boundaries of a GRC system. */
export async function listSaidMemberships(
  db: Kysely<Database>,
  externalSystemId: number,
): Promise<BoundaryMembership[]> {
  const { rows } = await sql<BoundaryMembership>`
    select d.asset_uuid::text as "assetUuid", d.system_id as "systemId", d.asset_role as role
      from boundary_decisions d join ingestion_assets a using (asset_uuid)
     where d.decided_by_kind = 'person' and d.decision = 'linked' and ${isRuledBy(externalSystemId, sql`d.system_id`)}
       and a.deleted_at is null and a.terminated_at is null and a.merged_into is null
     order by 1, 2`.execute(db);
  return rows;
}

export async function isSystem(db: Kysely<Database>, systemId: string): Promise<boolean> {
  const { rows } = await sql`select from ingestion_systems where system_id = ${systemId} limit 1`.execute(db);
  return rows.length > 0;
}

/** The first GRC system that has a boundary, whose rules are applied with it. */
export async function findRulingSystem(db: Kysely<Database>, systemId: string): Promise<number | undefined> {
  const { rows } = await sql<{ id: number | null }>`
    select min(own.external_system_id) as id from sync_links own
     where own.entity_type = 'system' and own.entity_id = ${systemId} and own.retired_at is null and own.missing_since is null`.execute(
    db,
  );
  return rows[0]?.id ?? undefined;
}

export interface HeldPlace {
  readonly assetUuid: string;
  readonly hostname: string | null;
  readonly systemId: string;
  readonly role: AssetRole;
  /** linked: it is in the boundary; review: a person is asked whether it is. */
  readonly decision: 'linked' | 'review';
}

/** Where rules and matches have assets now, for comparing before and after: what rules gave or may take, and what is asked. */
export async function listRuledPlaces(db: Kysely<Database>, externalSystemId: number): Promise<HeldPlace[]> {
  const { rows } = await sql<HeldPlace>`
    select a.asset_uuid::text as "assetUuid", a.hostname, p.system_id as "systemId", p.role, p.decision from (
      select s.asset_uuid, s.system_id, coalesce(s.asset_role, 'responsible') as role, 'linked' as decision from ingestion_system_assets s
       where s.assignment_type = 'boundary_rule' or s.asset_role is not null
      union
      select d.asset_uuid, d.system_id, d.asset_role, 'review' from boundary_decisions d where d.decision = 'review'
    ) p join ingestion_assets a on a.asset_uuid = p.asset_uuid
     where ${isRuledBy(externalSystemId, sql`p.system_id`)}
     order by a.hostname, a.asset_uuid, p.system_id`.execute(db);
  return rows;
}
