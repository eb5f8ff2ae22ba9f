/** Changes that are to be reviewed together: those that do the same to many records. Pure; plans and approvals use it alike. */
import { createHash } from 'node:crypto';
import {
  type Danger,
  dangerOf,
  dangerRank,
  dangers,
  type JudgedChange,
} from '../../canonical/vocabulary/index.ts';
import { canonical } from '../../engine/merge/index.ts';
import type { Json } from '../../platform/values/index.ts';

/** A change as it is grouped. */
export interface GroupableChange extends JudgedChange {
  /** The connection that it goes to or comes from; null for none. */
  readonly connection: string | null;
  readonly direction: 'inbound' | 'outbound' | 'internal';
  readonly record: string;
  /** Why, where that is told. */
  readonly reason: string;
}

export interface ChangeGroup<Change> {
  readonly danger: Danger;
  /** Of all its changes: a group elsewhere with the same hash is the same. */
  readonly sha256: string;
  readonly changes: readonly Change[];
}

/** What is the same in all changes of a group: of new records and links only what they are. */
function keyOf({ connection, direction, entity, kind, field, before, after }: GroupableChange): string {
  const values: readonly Json[] = kind === 'update' ? [canonical(before), canonical(after)] : [];
  return JSON.stringify([connection, direction, entity, kind, field, values]);
}

const hashOf = (changes: readonly GroupableChange[]): string =>
  createHash('sha256')
    .update(
      changes
        .map(({ record, before, after, ...change }) =>
          JSON.stringify([
            keyOf({ ...change, record, before, after }),
            record,
            canonical(before),
            canonical(after),
          ]),
        )
        .toSorted()
        .join('\n'),
    )
    .digest('hex');

/** Groups in the order of review: the most dangerous first, then the largest. */
export function groupChanges<Change extends GroupableChange>(
  changes: readonly Change[],
): ChangeGroup<Change>[] {
  const groups = Map.groupBy(changes, (change) => `${dangerOf(change)} ${keyOf(change)}`);
  return [...groups.values()]
    .map((ofGroup) => ({
      // A group has a change.
      danger: dangerOf(ofGroup[0] as Change),
      sha256: hashOf(ofGroup),
      changes: ofGroup,
    }))
    .toSorted((a, b) => dangerRank(a.danger) - dangerRank(b.danger) || b.changes.length - a.changes.length);
}

/** How many changes there are of each danger; those there are none of are 0. */
export function countDangers(groups: readonly ChangeGroup<unknown>[]): Record<Danger, number> {
  const counts = Object.fromEntries(dangers.map((danger) => [danger, 0])) as Record<Danger, number>; // all of them
  for (const { danger, changes } of groups) counts[danger] += changes.length;
  return counts;
}
