/** Plans as rows: kept once, read in pages by whoever may see the records in them. */
import { sql, type Kysely } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { Danger, PlanItem } from '../../canonical/vocabulary/index.ts';
import { type Database, storableJson } from '../../platform/postgres/index.ts';
import type { JsonObject } from '../../platform/values/index.ts';
import { markGroup } from './viewed-groups.sql.ts';

export interface PlanToKeep {
  readonly sha256: string;
  readonly head: JsonObject;
  readonly itemCount: number;
  readonly operationId: string;
  readonly madeBy: string;
  readonly madeByPrincipal: string;
}

export const keptDays = 30;

/** @returns the plan's id. */
export async function insertPlan(db: Kysely<Database>, plan: PlanToKeep): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into kept_plans (sha256, head, item_count, operation_id, made_by, made_by_principal, expires_at)
    values (${plan.sha256}, ${storableJson(plan.head)}::jsonb, ${plan.itemCount}, ${plan.operationId}::uuid, left(${plan.madeBy}, 255),
            left(${plan.madeByPrincipal}, 255), tieline_now() + make_interval(days => ${keptDays}))
    returning plan_id as id`.execute(db);
  return rows[0]?.id ?? '';
}

export interface GroupToKeep {
  readonly number: number;
  readonly danger: Danger;
  readonly rank: number;
  readonly sha256: string;
  readonly sample: PlanItem;
}

export async function insertGroups(
  db: Kysely<Database>,
  planId: string,
  groups: readonly GroupToKeep[],
): Promise<void> {
  await sql`
    insert into kept_plan_groups (plan_id, group_number, danger, danger_rank, content_sha256, sample)
    select ${planId}::uuid, g.number, g.danger, g.rank, g.sha256, g.sample
      from jsonb_to_recordset(${storableJson(groups)}::jsonb) as g(number int, danger text, rank int, sha256 text, sample jsonb)`.execute(
    db,
  );
}

export interface ItemToKeep {
  readonly number: number;
  readonly group: number;
  readonly boundary: string | null;
  readonly entityId: string | null;
  readonly title: string | null;
  readonly item: PlanItem;
}

export async function insertItems(
  db: Kysely<Database>,
  planId: string,
  items: readonly ItemToKeep[],
): Promise<void> {
  await sql`
    insert into kept_plan_items (plan_id, item_number, group_number, system_id, entity_id, title, item)
    select ${planId}::uuid, i.number, i."group", i.boundary, i."entityId", i.title, i.item
      from jsonb_to_recordset(${storableJson(items)}::jsonb)
        as i(number int, "group" int, boundary text, "entityId" text, title text, item jsonb)`.execute(db);
}

export interface PlanHead {
  readonly planId: string;
  readonly sha256: string;
  /** The document without its items. */
  readonly head: JsonObject;
  readonly operationId: string | null;
  readonly madeBy: string;
  readonly madeByPrincipal: string;
  readonly madeAt: Date;
  readonly expiresAt: Date;
  readonly appliedAt: Date | null;
  readonly appliedBy: string | null;
  readonly appliedOperationId: string | null;
  /** Of the whole plan. */
  readonly itemCount: number;
}

const heads = sql`
    select p.plan_id as "planId", p.sha256, p.head, p.operation_id as "operationId", p.made_by as "madeBy", p.made_by_principal as "madeByPrincipal",
           p.made_at as "madeAt", p.expires_at as "expiresAt", p.applied_at as "appliedAt", p.applied_by as "appliedBy",
           p.applied_operation_id as "appliedOperationId", p.item_count as "itemCount"
      from kept_plans p`;

/** The plan whose id begins so; at most two, since more than one is an ambiguity. */
export async function findPlans(db: Kysely<Database>, prefix: string): Promise<PlanHead[]> {
  const { rows } = await sql<PlanHead>`${heads}
     where p.plan_id::text like ${`${prefix.toLowerCase().replaceAll(/[^0-9a-f-]/g, '')}%`} and p.expires_at > tieline_now() limit 2`.execute(
    db,
  );
  return rows;
}

/** Plans, the latest first, before `before`. */
export async function listPlanHeads(
  db: Kysely<Database>,
  before: Date | undefined,
  limit: number,
): Promise<PlanHead[]> {
  const { rows } = await sql<PlanHead>`${heads}
     where p.expires_at > tieline_now() and (${before ?? null}::timestamptz is null or p.made_at < ${before ?? null})
     order by p.made_at desc limit ${limit}`.execute(db);
  return rows;
}

const within = (scope: Scope) => inScope(scope, sql`i.system_id`);

export interface KeptGroup {
  readonly number: number;
  readonly danger: Danger;
  readonly sha256: string;
  readonly sample: PlanItem;
  /** Items within the scope. */
  readonly count: number;
  readonly viewedAt: Date | null;
}

/** The groups of a plan that have items within the scope, in the order of review. */
export async function listGroups(
  db: Kysely<Database>,
  scope: Scope,
  plan: { readonly planId: string; readonly principalId: string },
  page: { readonly after: number; readonly limit: number },
): Promise<KeptGroup[]> {
  const { rows } = await sql<KeptGroup>`
    select g.group_number as number, g.danger, g.content_sha256 as sha256, coalesce(own.item, g.sample) as sample, own.n as count, v.viewed_at as "viewedAt"
      from kept_plan_groups g
     cross join lateral (select count(*)::int as n, (array_agg(i.item order by i.item_number))[1] as item from kept_plan_items i
                          where i.plan_id = g.plan_id and i.group_number = g.group_number and ${within(scope)}) own
      left join kept_plan_views v on v.content_sha256 = g.content_sha256 and v.principal_id = ${plan.principalId}
     where g.plan_id = ${plan.planId}::uuid and g.group_number > ${page.after} and own.n > 0
     order by g.group_number limit ${page.limit}`.execute(db);
  return rows;
}

export interface KeptItem {
  readonly number: number;
  readonly group: number;
  readonly danger: Danger;
  readonly boundary: string | null;
  readonly entityId: string | null;
  readonly title: string | null;
  readonly item: PlanItem;
}

/** Items within the scope, in the order of the document. @param page.group only of this group. */
export async function listItems(
  db: Kysely<Database>,
  scope: Scope,
  planId: string,
  page: { readonly after: number; readonly limit: number; readonly group?: number | undefined },
): Promise<KeptItem[]> {
  const { rows } = await sql<KeptItem>`
    select i.item_number as number, i.group_number as "group", g.danger, i.system_id as boundary, i.entity_id as "entityId", i.title, i.item
      from kept_plan_items i join kept_plan_groups g using (plan_id, group_number)
     where i.plan_id = ${planId}::uuid and i.item_number > ${page.after}
       and (${page.group ?? null}::int is null or i.group_number = ${page.group ?? null}) and ${within(scope)}
     order by i.item_number limit ${page.limit}`.execute(db);
  return rows;
}

/** Items by danger and boundary: within the scope, and whether any lies outside. */
export async function countItems(
  db: Kysely<Database>,
  scope: Scope,
  planId: string,
): Promise<{ readonly danger: Danger; readonly inside: number; readonly outside: number }[]> {
  const { rows } = await sql<{ danger: Danger; inside: number; outside: number }>`
    select g.danger, count(*) filter (where ${within(scope)})::int as inside, count(*) filter (where (${within(scope)}) is not true)::int as outside
      from kept_plan_items i join kept_plan_groups g using (plan_id, group_number)
     where i.plan_id = ${planId}::uuid group by g.danger`.execute(db);
  return rows;
}

/** Marks a group as reviewed, or takes the mark back. @returns false if the plan has no such group within the scope. */
export async function markViewed(
  db: Kysely<Database>,
  scope: Scope,
  group: { readonly planId: string; readonly number: number; readonly principalId: string },
  viewed: boolean,
): Promise<boolean> {
  const { rows } = await sql<{ sha256: string }>`
    select g.content_sha256 as sha256 from kept_plan_groups g
     where g.plan_id = ${group.planId}::uuid and g.group_number = ${group.number}
       and exists (select from kept_plan_items i where i.plan_id = g.plan_id and i.group_number = g.group_number and ${within(scope)})`.execute(
    db,
  );
  const sha256 = rows[0]?.sha256;
  if (sha256 === undefined) return false;
  await markGroup(db, { principalId: group.principalId, sha256 }, viewed);
  return true;
}

export async function recordApplied(
  db: Kysely<Database>,
  planId: string,
  applied: { readonly by: string; readonly operationId: string },
): Promise<void> {
  await sql`
    update kept_plans set applied_at = tieline_now(), applied_by = left(${applied.by}, 255), applied_operation_id = ${applied.operationId}::uuid
     where plan_id = ${planId}::uuid`.execute(db);
}

const viewsKeptDays = 365;

/** Deletes plans that have expired, and old marks. @returns how many plans. */
export async function forgetPlans(db: Kysely<Database>): Promise<number> {
  await sql`delete from kept_plan_views where viewed_at < tieline_now() - make_interval(days => ${viewsKeptDays})`.execute(
    db,
  );
  const { numAffectedRows = 0n } =
    await sql`delete from kept_plans where expires_at <= tieline_now()`.execute(db);
  return Number(numAffectedRows);
}
