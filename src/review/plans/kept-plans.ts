/**
 * Plans that are kept: made once, reviewed in pages and groups by those who may see the records, applied exactly or not at all. The items
 * of a plan are those of the document (`sync plan --out`); both have one checksum.
 */
import type { Actor, Scope } from '../../canonical/access/index.ts';
import {
  type Danger,
  dangerRank,
  dangers,
  planDocument,
  type PlanDocument,
} from '../../canonical/vocabulary/index.ts';
import type { App, Caller, SyncOptions } from '../../engine/run/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Page } from '../../platform/lists/index.ts';
import { isJsonObject } from '../../platform/values/index.ts';
import type { SyncOutcome } from '../../runs/sync/index.ts';
import { groupChanges } from './change-groups.ts';
import {
  countItems,
  findPlans,
  insertGroups,
  insertItems,
  insertPlan,
  type KeptGroup,
  type KeptItem,
  listGroups,
  listItems,
  listPlanHeads,
  markViewed,
  type PlanHead,
  recordApplied,
} from './kept-plans.sql.ts';
import { applyPlan, makePlan } from './plans.ts';
import type { MadePlan } from './show-items.ts';

type Who = Pick<Actor, 'name' | 'principalId'>;

const itemsAtOnce = 2_000;

/** Reads both sides as a sync with these options would, writes nothing on either, and keeps what it would do. @returns the plan's id. */
export async function keepNewPlan(
  app: App,
  actor: Who,
  options: SyncOptions,
  caller: Caller,
): Promise<string> {
  return keepPlan(app, actor, await makePlan(app, options, { ...caller, by: actor.name }));
}

async function keepPlan(
  app: Pick<App, 'store'>,
  actor: Who,
  { document, operationId, shown }: MadePlan,
): Promise<string> {
  const { items, ...head } = document;
  const groups = groupChanges(items.map((item, n) => ({ ...item, connection: item.system, n })));
  const groupOf = new Map(groups.flatMap(({ changes }, g) => changes.map(({ n }) => [n, g + 1])));
  const rows = items.map((item, n) => ({
    number: n + 1,
    group: groupOf.get(n) ?? 0,
    boundary: shown.get(item)?.boundary ?? null,
    entityId: shown.get(item)?.entityId ?? null,
    title: shown.get(item)?.title ?? null,
    item,
  }));
  return app.store.transaction(async (tx) => {
    const planId = await insertPlan(tx.db, {
      sha256: head.sha256,
      head,
      itemCount: items.length,
      operationId,
      madeBy: actor.name,
      madeByPrincipal: actor.principalId,
    });
    await insertGroups(
      tx.db,
      planId,
      groups.flatMap(({ danger, sha256, changes }, g) => {
        const sample = items[changes[0]?.n ?? -1];
        return sample ? [{ number: g + 1, danger, rank: dangerRank(danger), sha256, sample }] : [];
      }),
    );
    for (let from = 0; from < rows.length; from += itemsAtOnce)
      await insertItems(tx.db, planId, rows.slice(from, from + itemsAtOnce));
    return planId;
  });
}

export interface KeptPlan extends PlanHead {
  /** Items within the scope. */
  readonly items: number;
  readonly dangers: Readonly<Record<Danger, number>>;
  /** Items that the reader may not see: whoever applies the plan must be able to see all of it. */
  readonly itemsOutside: number;
}

/** @param id the whole id or its first characters. @throws TielineError PLAN_UNKNOWN, also where nothing of it lies within the scope. */
export async function fetchPlan({ db }: Pick<App, 'db'>, scope: Scope, id: string): Promise<KeptPlan> {
  const found = /^[0-9a-f-]{4,36}$/i.test(id) ? await findPlans(db, id) : [];
  const [head] = found;
  if (!head || found.length > 1)
    throw new TielineError('PLAN_UNKNOWN', `${head ? 'More than one' : 'No'} plan starts with "${id}".`);
  const plan = await countedPlan({ db }, scope, head);
  if (plan.items === 0 && plan.itemsOutside > 0)
    throw new TielineError('PLAN_UNKNOWN', `No plan starts with "${id}".`);
  return plan;
}

async function countedPlan({ db }: Pick<App, 'db'>, scope: Scope, head: PlanHead): Promise<KeptPlan> {
  const counts = await countItems(db, scope, head.planId);
  const inside = (danger: Danger): number => counts.find((each) => each.danger === danger)?.inside ?? 0;
  const byDanger = Object.fromEntries(dangers.map((danger) => [danger, inside(danger)]));
  return {
    ...head,
    items: counts.reduce((sum, each) => sum + each.inside, 0),
    dangers: byDanger as Record<Danger, number>, // all of them
    itemsOutside: counts.reduce((sum, each) => sum + each.outside, 0),
  };
}

/** Plans that are kept, the latest first, with what of them lies within the scope. @param page.before only those made before. */
export async function listPlans(
  app: Pick<App, 'db'>,
  scope: Scope,
  page: { readonly before?: Date; readonly limit: number },
): Promise<KeptPlan[]> {
  const heads = await listPlanHeads(app.db, page.before, page.limit);
  const plans: KeptPlan[] = [];
  for (const head of heads) plans.push(await countedPlan(app, scope, head));
  return plans.filter((plan) => plan.items > 0 || plan.itemsOutside === 0);
}

/** The groups of a plan, the most dangerous first. @throws TielineError PLAN_UNKNOWN. */
export async function listPlanGroups(
  app: Pick<App, 'db'>,
  scope: Scope,
  plan: { readonly id: string; readonly actor: Pick<Actor, 'principalId'> },
  page: { readonly after?: number; readonly limit: number },
): Promise<Page<KeptGroup>> {
  const { planId } = await fetchPlan(app, scope, plan.id);
  const of = { planId, principalId: plan.actor.principalId };
  const rows = await listGroups(app.db, scope, of, { after: page.after ?? 0, limit: page.limit + 1 });
  return pageOf(rows, page.limit);
}

/** The items of a plan, in its order. @param page.group only of this group. @throws TielineError PLAN_UNKNOWN. */
export async function listPlanItems(
  app: Pick<App, 'db'>,
  scope: Scope,
  id: string,
  page: { readonly after?: number; readonly limit: number; readonly group?: number },
): Promise<Page<KeptItem>> {
  const { planId } = await fetchPlan(app, scope, id);
  const asked = { after: page.after ?? 0, limit: page.limit + 1, group: page.group };
  return pageOf(await listItems(app.db, scope, planId, asked), page.limit);
}

function pageOf<Row extends { readonly number: number }>(rows: readonly Row[], limit: number): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1)?.number ?? 0;
  return rows.length > limit ? { items, next: { value: last, id: last } } : { items };
}

/** Marks a group of a plan as reviewed by the actor, or takes the mark back. @throws TielineError PLAN_UNKNOWN; RECORD_UNKNOWN if it has no such group. */
export async function viewPlanGroup(
  app: Pick<App, 'db'>,
  scope: Scope,
  group: { readonly id: string; readonly number: number; readonly actor: Pick<Actor, 'principalId'> },
  viewed: boolean,
): Promise<void> {
  const { planId } = await fetchPlan(app, scope, group.id);
  const of = { planId, number: group.number, principalId: group.actor.principalId };
  if (!(await markViewed(app.db, scope, of, viewed)))
    throw new TielineError('RECORD_UNKNOWN', `The plan has no group ${group.number}.`);
}

/** The plan as the document that `sync apply` reads. @throws TielineError PLAN_UNKNOWN, also where some of it lies outside of the scope. */
export async function fetchPlanDocument(
  app: Pick<App, 'db'>,
  scope: Scope,
  id: string,
): Promise<PlanDocument> {
  const plan = await fetchPlan(app, scope, id);
  if (plan.itemsOutside > 0)
    throw new TielineError('PLAN_UNKNOWN', `Plan ${id} holds records that you may not change.`);
  const items: KeptItem[] = [];
  for (let after = 0; ;) {
    const page = await listItems(app.db, scope, plan.planId, { after, limit: itemsAtOnce });
    items.push(...page);
    if (page.length < itemsAtOnce) break;
    after = page.at(-1)?.number ?? 0;
  }
  const head = isJsonObject(plan.head) ? plan.head : {};
  return planDocument.parse({ ...head, items: items.map(({ item }) => item) });
}

/**
 * Does exactly what a kept plan shows, or nothing.
 * @param scope where the actor may apply plans: all of the plan must lie within it. @param plan.sha256 of what the person reviewed.
 * @throws TielineError PLAN_UNKNOWN; PLAN_MOVED naming what moved, or where the checksum is another.
 */
export async function applyKeptPlan(
  app: App,
  { actor, scope, caller }: { readonly actor: Who; readonly scope: Scope; readonly caller: Caller },
  plan: { readonly id: string; readonly sha256?: string | undefined },
): Promise<SyncOutcome> {
  const { planId } = await fetchPlan(app, scope, plan.id);
  const document = await fetchPlanDocument(app, scope, planId);
  if (plan.sha256 !== undefined && plan.sha256 !== document.sha256)
    throw new TielineError('PLAN_MOVED', `The plan ${plan.id} is not what you reviewed.`);
  const outcome = await applyPlan(app, document, { ...caller, by: actor.name });
  await recordApplied(app.db, planId, { by: actor.name, operationId: outcome.operationId });
  return outcome;
}
