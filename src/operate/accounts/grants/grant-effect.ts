/** Pure: what a grant that comes or goes changes for its principal, permission by permission, with all its other grants. */
import { type Actor, heldBy, type Permission, type Scope } from '../../../canonical/access/index.ts';

export interface GrantEffect {
  /** Not held anywhere before. */
  readonly gained: readonly Permission[];
  /** Held in more places than before. */
  readonly widened: readonly Permission[];
  /** Held in fewer places than before. */
  readonly lowered: readonly Permission[];
  /** Not held anywhere any more. */
  readonly removed: readonly Permission[];
  readonly unaffected: readonly Permission[];
}

const placesOf = (scope: Scope): ReadonlySet<string> =>
  new Set(
    scope.kind === 'everywhere'
      ? []
      : [...scope.systemIds.map((id) => `boundary ${id}`), ...(scope.unassigned ? ['unassigned'] : [])],
  );

/** Whether `one` has a place that `other` has not. */
const reachesBeyond = (one: Scope, other: Scope): boolean =>
  other.kind !== 'everywhere' &&
  (one.kind === 'everywhere' || [...placesOf(one)].some((place) => !placesOf(other).has(place)));

function changeOf(before: Scope | undefined, after: Scope | undefined): keyof GrantEffect | undefined {
  if (!before) return after ? 'gained' : undefined;
  if (!after) return 'removed';
  if (reachesBeyond(before, after)) return 'lowered';
  return reachesBeyond(after, before) ? 'widened' : 'unaffected';
}

export function effectBetween(before: Actor, after: Actor, at: Date): GrantEffect {
  const [held, holds] = [heldBy(before, at), heldBy(after, at)];
  const effect: Record<keyof GrantEffect, Permission[]> = {
    gained: [],
    widened: [],
    lowered: [],
    removed: [],
    unaffected: [],
  };
  for (const permission of new Set([...held.keys(), ...holds.keys()])) {
    const change = changeOf(held.get(permission), holds.get(permission));
    if (change) effect[change].push(permission);
  }
  return effect;
}
