/** Milestones of all POA&Ms in a scope: a milestone is where its POA&M is. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { FacetOf, FilterOf, milestoneList, SortOf } from '../../canonical/lists/index.ts';
import {
  type After,
  behind,
  type Conditions,
  every,
  type Filter,
  filtered,
  flagOf,
  instantOf,
  type KeySet,
  orderOf,
  type Page,
  pageOf,
  type Sort,
  type SortColumn,
  sortValue,
  textOf,
  wordsOf,
} from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { canonicalStatusOf, isOpenPoam } from '../poam-status/index.ts';
import { dayOf, fetchPoamColumns, type PoamColumns } from './poam-columns.sql.ts';
import type { FacetValue } from './poam-list.sql.ts';

export type MilestoneFilter = Filter<FilterOf<typeof milestoneList>>;

export interface MilestoneRow {
  /** Ours; what the GRC system calls it is `remoteId`. */
  readonly id: string;
  readonly remoteId: string | null;
  readonly poamId: string;
  readonly weakness: string | null;
  readonly systemId: string | null;
  readonly description: string | null;
  readonly due: string | null;
  readonly completed: string | null;
  readonly status: string | null;
  readonly isOpen: boolean;
  readonly isOverdue: boolean;
  /** Planned after the day that its POA&M promises. */
  readonly isBeyond: boolean;
  readonly comments: string | null;
  /** The point of contact of its POA&M. */
  readonly owner: string | null;
}

export interface MilestoneQuery {
  readonly filter: MilestoneFilter;
  readonly sort: Sort<SortOf<typeof milestoneList>>;
  readonly after?: After | undefined;
  readonly limit: number;
  readonly now: Date;
}

const status = canonicalStatusOf(sql`m.status`);
const isOpen = sql<boolean>`coalesce(${status} not in ('Completed', 'Cancelled'), true)`;
const isOverdueAt = (now: Date) =>
  sql<boolean>`(${isOpen} and coalesce(m.scheduled_completion < ${now.toISOString().slice(0, 10)}::timestamp, false))`;
/**
 * SQL that is true of an open milestone m of a living POA&M p that is planned after the day which p promises. The one that asks the GRC system
 * for an extension is not: it waits for the answer there.
 */
export const isBeyond = sql<boolean>`(
  ${isOpen} and coalesce(m.scheduled_completion::date > p.scheduled_completion::date, false) and ${isOpenPoam('p')}
  and not exists (select from poam_lives asked where asked.poam_id = p.poam_id and asked.extension_milestone_id = m.id))`;
const from = sql`ingestion_poam_milestones m join ingestion_poams p on p.poam_id = m.poam_id`;

const conditionsOf = (columns: PoamColumns, now: Date): Conditions<FilterOf<typeof milestoneList>> => ({
  system: wordsOf(sql`p.system_id`),
  poam: wordsOf(sql`m.poam_id`),
  status: wordsOf(status),
  open: flagOf(isOpen),
  due: instantOf(sql`m.scheduled_completion`),
  overdue: flagOf(isOverdueAt(now)),
  beyond: flagOf(isBeyond),
  owner: wordsOf(columns.of('poc')),
  q: textOf(sql`concat_ws(' ', m.poam_id, m.milestone_id, m.milestone_description)`),
});
const sorts: Readonly<Record<SortOf<typeof milestoneList>, SortColumn>> = {
  due: { column: sql`m.scheduled_completion`, type: 'timestamp' },
  poam: { column: sql`m.poam_id`, type: 'text', always: true },
};
const facets: Readonly<Record<FacetOf<typeof milestoneList>, RawBuilder<string | null>>> = {
  status,
  system: sql`p.system_id`,
};

const whereOf = (
  columns: PoamColumns,
  scope: Scope,
  { filter, now }: Pick<MilestoneQuery, 'filter' | 'now'>,
) => every([inScope(scope, sql`p.system_id`), ...filtered(conditionsOf(columns, now), filter)]);

export async function listMilestones(
  db: Kysely<Database>,
  scope: Scope,
  query: MilestoneQuery,
): Promise<Page<MilestoneRow>> {
  const columns = await fetchPoamColumns(db);
  const keys: KeySet = {
    by: sorts[query.sort.by],
    id: { column: sql`m.id`, type: 'integer' },
    descending: query.sort.descending,
  };
  const { rows } = await sql<MilestoneRow & { readonly sort_value: string | number | null }>`
    select ${sortValue(keys.by)} as sort_value, m.id::text as id, m.milestone_id as "remoteId", m.poam_id as "poamId",
           split_part(${columns.of('weakness_description')}, E'\\n', 1) as weakness, p.system_id as "systemId",
           m.milestone_description as description, ${dayOf(sql`m.scheduled_completion`)} as due,
           ${dayOf(sql`m.actual_completion`)} as completed, ${status} as status, ${isOpen} as "isOpen",
           ${isOverdueAt(query.now)} as "isOverdue", ${isBeyond} as "isBeyond", m.comments, ${columns.of('poc')} as owner
      from ${from}
     where ${whereOf(columns, scope, query)} and ${query.after ? behind(keys, query.after) : sql`true`}
     order by ${orderOf(keys)} limit ${query.limit + 1}`.execute(db);
  return pageOf(
    rows,
    query.limit,
    (row) => Number(row.id),
    ({ sort_value: _sorted, ...row }) => row,
  );
}

export async function countMilestones(
  db: Kysely<Database>,
  scope: Scope,
  asked: Pick<MilestoneQuery, 'filter' | 'now'>,
): Promise<number> {
  const where = whereOf(await fetchPoamColumns(db), scope, asked);
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${from} where ${where}`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}

/** The ids of all milestones of a filter, by id. */
export async function listMilestoneIds(
  db: Kysely<Database>,
  scope: Scope,
  asked: Pick<MilestoneQuery, 'filter' | 'now'>,
): Promise<string[]> {
  const where = whereOf(await fetchPoamColumns(db), scope, asked);
  const { rows } = await sql<{
    id: string;
  }>`select m.id::text as id from ${from} where ${where} order by m.id`.execute(db);
  return rows.map((row) => row.id);
}

export async function facetMilestones(
  db: Kysely<Database>,
  scope: Scope,
  asked: Pick<MilestoneQuery, 'filter' | 'now'> & { readonly by: FacetOf<typeof milestoneList> },
): Promise<FacetValue[]> {
  const where = whereOf(await fetchPoamColumns(db), scope, asked);
  const { rows } = await sql<FacetValue>`
    select value, count(*)::int as count from (select ${facets[asked.by]} as value from ${from} where ${where}) chosen
     group by value order by count(*) desc, value`.execute(db);
  return rows;
}

/** The day that the POA&M of each of these milestones promises, `YYYY-MM-DD`, by their id; those of which it promises none are left out. */
export async function listPromisedDays(
  db: Kysely<Database>,
  milestoneIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (milestoneIds.length === 0) return new Map();
  const { rows } = await sql<{ id: string; day: string }>`
    select m.id::text as id, ${dayOf(sql`p.scheduled_completion`)} as day
      from ingestion_poam_milestones m join ingestion_poams p on p.poam_id = m.poam_id
     where m.id = any(${milestoneIds.map(Number)}::int[]) and p.scheduled_completion is not null`.execute(db);
  return new Map(rows.map(({ id, day }) => [id, day]));
}

interface OpenMilestone {
  readonly id: string;
  readonly poamId: string;
  readonly status: string | null;
  readonly description: string | null;
  /** YYYY-MM-DD. */
  readonly due: string | null;
  readonly comments: string | null;
}

/** The milestones of these POA&Ms that are neither completed nor cancelled. */
export async function listOpenMilestones(
  db: Kysely<Database>,
  poamIds: readonly string[],
): Promise<OpenMilestone[]> {
  if (poamIds.length === 0) return [];
  const { rows } = await sql<OpenMilestone>`
    select m.id::text as id, m.poam_id as "poamId", m.status, m.milestone_description as description,
           ${dayOf(sql`m.scheduled_completion`)} as due, m.comments
      from ingestion_poam_milestones m where m.poam_id = any(${[...poamIds]}::text[]) and ${isOpen} order by m.id`.execute(
    db,
  );
  return rows;
}

/** The open milestones of a POA&M that have a day, those that lie beyond the one it promises among them: what a fit reckons with, in order. */
export async function listForFit(
  db: Kysely<Database>,
  poamId: string,
): Promise<readonly { readonly id: string; readonly due: string; readonly isBeyond: boolean }[]> {
  const { rows } = await sql<{ id: string; due: string; isBeyond: boolean }>`
    select m.id::text as id, ${dayOf(sql`m.scheduled_completion`)} as due, ${isBeyond} as "isBeyond"
      from ${from}
     where m.poam_id = ${poamId} and ${isOpen} and m.scheduled_completion is not null
       and (${isBeyond} or m.scheduled_completion::date <= p.scheduled_completion::date)
     order by m.scheduled_completion, m.id`.execute(db);
  return rows;
}

/** How many milestones each of these POA&Ms has, whatever became of them; one without any is left out. */
export async function countMilestonesOf(
  db: Kysely<Database>,
  poamIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (poamIds.length === 0) return new Map();
  const { rows } = await sql<{ id: string; n: number }>`
    select m.poam_id as id, count(*)::int as n from ingestion_poam_milestones m
     where m.poam_id = any(${[...poamIds]}::text[]) group by m.poam_id`.execute(db);
  return new Map(rows.map(({ id, n }) => [id, n]));
}
