import type { PlanItem } from '../../canonical/vocabulary/index.ts';
import { canonical } from '../../engine/merge/index.ts';

/** The parts of an item that must be the same when it is applied; the reason may count findings that were added since. */
function identityOf(item: PlanItem): string {
  const { system, entity, record, kind, direction, field, before, after, needsApproval } = item;
  return JSON.stringify([
    system,
    entity,
    record,
    kind,
    direction,
    field,
    canonical(before),
    canonical(after),
    needsApproval,
  ]);
}

const placeOf = (item: PlanItem): string =>
  JSON.stringify([item.system, item.entity, item.record, item.direction, item.field]);

/** Items in an order that does not depend on how they were found. */
export function inPlanOrder(items: readonly PlanItem[]): PlanItem[] {
  const keyed = items.map((item) => ({ item, key: identityOf(item) }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ item }) => item);
}

/** The text over which a plan's checksum is taken. */
export function planText(items: readonly PlanItem[]): string {
  return inPlanOrder(items).map(identityOf).join('\n');
}

export interface PlanDifference {
  readonly how: 'changed' | 'gone' | 'new';
  readonly planned: PlanItem | undefined;
  readonly now: PlanItem | undefined;
}

/**
 * What moved between a plan and what would be done now: items that would come out differently, that are no longer
 * due, and that were not planned. Empty: the plan can be applied as it is.
 */
export function comparePlans(planned: readonly PlanItem[], now: readonly PlanItem[]): PlanDifference[] {
  const left = new Map<string, PlanItem[]>();
  for (const item of now) {
    const key = identityOf(item);
    left.set(key, [...(left.get(key) ?? []), item]);
  }
  const unmatched = planned.filter((item) => {
    const same = left.get(identityOf(item));
    return same?.pop() === undefined;
  });
  const unplanned = [...left.values()].flat();
  const byPlace = Map.groupBy(unplanned, placeOf);
  const changed = unmatched.map((item): PlanDifference => {
    const other = byPlace.get(placeOf(item))?.shift();
    return { how: other ? 'changed' : 'gone', planned: item, now: other };
  });
  const paired = new Set(changed.map((each) => each.now));
  return [
    ...changed,
    ...unplanned
      .filter((item) => !paired.has(item))
      .map((item): PlanDifference => ({ how: 'new', planned: undefined, now: item })),
  ];
}
