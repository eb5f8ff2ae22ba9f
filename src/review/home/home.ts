/** What waits for a person, and how their systems stand. Each number comes with the list and filter behind it, and is counted by that list. */
import type { Kysely } from 'kysely';
import {
  type Actor,
  intersected,
  type Permission,
  type Scope,
  scopeFor,
} from '../../canonical/access/index.ts';
import { milestoneList, poamList, systemList } from '../../canonical/lists/index.ts';
import { parseFilter } from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { type BoundaryRow, listBoundaries } from '../../record/boundaries/index.ts';
import { countMilestones, countPoams } from '../../record/poams/index.ts';

type ListName = 'poams' | 'milestones' | 'systems';

/** A number, and what shows exactly those. */
export interface HomeNumber {
  readonly what: string;
  readonly list: ListName;
  /** Pairs of the filter grammar. */
  readonly filter: Readonly<Record<string, string>>;
  readonly count: number;
}

export interface Home {
  /** Absent where the actor may not see such things. */
  readonly poams?: readonly HomeNumber[];
  readonly milestones?: readonly HomeNumber[];
  /** The systems of the scope, those with the most critical findings first. */
  readonly systems?: readonly BoundaryRow[];
}

const dayMs = 86_400_000;
const dayAfter = (now: Date, days: number): string =>
  new Date(now.getTime() + days * dayMs).toISOString().slice(0, 10);
const week = (now: Date, n: number): string => `${dayAfter(now, n * 7)}..${dayAfter(now, n * 7 + 6)}`;

const ofPoams = (
  now: Date,
): readonly (readonly [what: string, filter: Readonly<Record<string, string>>])[] => [
  ['overdue', { overdue: 'yes' }],
  ['late', { late: 'yes' }],
  ['due_in_30_days', { open: 'yes', due: `${dayAfter(now, 0)}..${dayAfter(now, 30)}` }],
  ['due_week_1', { open: 'yes', due: week(now, 0) }],
  ['due_week_2', { open: 'yes', due: week(now, 1) }],
  ['due_week_3', { open: 'yes', due: week(now, 2) }],
  ['due_week_4', { open: 'yes', due: week(now, 3) }],
  ['conflict', { agreement: 'conflict' }],
  ['refused', { agreement: 'refused,unclear' }],
  ['approval', { agreement: 'approval' }],
  ['no_findings_left', { open: 'yes', findings: 'none' }],
  ['contradiction', { contradiction: 'yes' }],
];
const ofMilestones = (now: Date): ReturnType<typeof ofPoams> => [
  ['overdue', { overdue: 'yes' }],
  ['due_in_30_days', { open: 'yes', due: `${dayAfter(now, 0)}..${dayAfter(now, 30)}` }],
];

const mostSystems = 50;

/** @param scope the boundaries that the person looks at now; cut to what the actor may see. */
export async function homeOf(db: Kysely<Database>, scope: Scope, actor: Actor, now: Date): Promise<Home> {
  const may = (permission: Permission): Scope | undefined => {
    const held = scopeFor(actor, permission, now);
    return held && intersected(held, scope);
  };
  const [poams, systems] = [may('poam:read'), may('system:read')];
  return {
    ...(poams && {
      poams: await counted('poams', ofPoams(now), (pairs) =>
        countPoams(db, poams, { filter: parseFilter(poamList.filters, pairs, now), now }),
      ),
      milestones: await counted('milestones', ofMilestones(now), (pairs) =>
        countMilestones(db, poams, { filter: parseFilter(milestoneList.filters, pairs, now), now }),
      ),
    }),
    ...(systems && {
      systems: (
        await listBoundaries(db, systems, {
          filter: parseFilter(systemList.filters, [], now),
          sort: { by: 'critical', descending: true },
          limit: mostSystems,
          now,
        })
      ).items,
    }),
  };
}

async function counted(
  list: ListName,
  asked: ReturnType<typeof ofPoams>,
  count: (pairs: [string, string][]) => Promise<number>,
): Promise<HomeNumber[]> {
  return Promise.all(
    asked.map(async ([what, filter]) => ({ what, list, filter, count: await count(Object.entries(filter)) })),
  );
}
