/**
 * Pages of findings. The rows of a page are looked for among narrow entries of indexes; everything else is looked up for these rows only.
 *
 * A page is found by one of two ways. The walk goes along the order of the list and leaves out what does not match: quick where much matches,
 * endless where little does, so it ends after some thousand rows. Where it did not fill the page, all that match are gathered and sorted. The
 * planner chooses between the two by numbers that it does not have (how many findings are left by a plugin's name and a caller's boundaries),
 * and took 0.2 s to 4 s of CPU where either way takes 0.01 s to 0.2 s.
 *
 * Open and fixed findings lie in halves of their own, each with its indexes, and a sort that can be null has a part for each of both: every
 * combination is a branch with an order and a limit. After some years nearly all findings are fixed; without the halves the oldest open one
 * would stand behind all of them.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Scope } from '../../canonical/access/index.ts';
import type { findingList, SortOf } from '../../canonical/lists/index.ts';
import {
  type After,
  behind,
  every,
  type KeySet,
  orderOf,
  type Page,
  pageOf,
  type Sort,
  type SortColumn,
  sortValue,
  streamRows,
} from '../../platform/lists/index.ts';
import type { Database, Store } from '../../platform/postgres/index.ts';
import { type FindingFilter, isShown, pluginOf } from './finding-conditions.sql.ts';
import { fetchRows, type FindingRow, nothingKnown } from './finding-row.sql.ts';
import { findReach, type Reach } from './reach.sql.ts';

export type FindingSort = Sort<SortOf<typeof findingList>>;
export interface FindingQuery {
  readonly filter: FindingFilter;
  readonly sort: FindingSort;
  /** By which a POA&M is overdue. */
  readonly now: Date;
}

const id: SortColumn = { column: sql`v.id`, type: 'integer', always: true };
const sorts: Readonly<Record<SortOf<typeof findingList>, SortColumn>> = {
  severity: { column: sql`v.severity_rank`, type: 'integer', always: true },
  first: { column: sql`v.first_found`, type: 'timestamp' },
  seen: { column: sql`v.last_found`, type: 'timestamp' },
  plugin: { column: pluginOf, type: 'text', always: true },
  vpr: { column: sql`p.vpr_score`, type: 'numeric' },
};

const halves = [
  sql<boolean>`v.lifecycle_state in ('open', 'reopened')`,
  sql<boolean>`v.lifecycle_state = 'fixed'`,
];

/** The halves in which rows can be that have the wanted states. */
function halvesOf({ state }: FindingFilter): readonly RawBuilder<boolean>[] {
  if (state?.is !== 'in') return halves;
  const has = (word: string): boolean => state.values.includes(word) !== state.negated;
  return halves.filter((_, at) => (at === 0 ? has('open') || has('reopened') : has('fixed')));
}

/** A part of the rows in the order of the whole: those with a value of the sort, or those without. */
interface Part {
  readonly condition: RawBuilder<boolean>;
  readonly keys: KeySet;
  readonly after: After | undefined;
  /** Where the part stands among the others. */
  readonly place: number;
}

function partsOf({ by, descending }: FindingSort, after: After | undefined): readonly Part[] {
  const column = sorts[by];
  const whole: KeySet = { by: { ...column, always: true }, id, descending };
  if (column.always) return [{ condition: sql`true`, keys: whole, after, place: 0 }];
  const byId: KeySet = { by: id, id, descending };
  const without: Part = {
    condition: sql`${column.column} is null`,
    keys: byId,
    after: after?.value === null ? { value: after.id, id: after.id } : undefined,
    place: 1,
  };
  return after?.value === null
    ? [without]
    : [{ condition: sql`${column.column} is not null`, keys: whole, after, place: 0 }, without];
}

/** So many rows of each branch are walked along before all that match are gathered. */
const walkedAtMost = 5000;
/** Of VPR, which is a plugin's: findings of the so many plugins that come first, and of those that share the last one's place. */
const pluginsWalkedAtMost = 20;

const withPlugin = sql`left join scan_plugins p on p.plugin_id = ${pluginOf}`;

function walk(sort: FindingSort, half: RawBuilder<boolean>, part: Part): RawBuilder<unknown> {
  const order = orderOf(part.keys);
  const behindAfter = part.after ? behind(part.keys, part.after) : sql<boolean>`true`;
  if (sort.by !== 'vpr')
    return sql`(select v.* from ingestion_vulnerabilities v where ${every([isShown, half, part.condition, behindAfter])} order by ${order} limit ${walkedAtMost}) v`;
  const value = part.after
    ? sql<boolean>`p.vpr_score ${sort.descending ? sql`<=` : sql`>=`} ${part.after.value}::numeric`
    : sql<boolean>`true`;
  return sql`(select p.plugin_id, p.vpr_score from scan_plugins p where ${every([part.condition, value])}
               order by p.vpr_score ${sort.descending ? sql`desc` : sql`asc`} fetch first ${sql.lit(pluginsWalkedAtMost)} rows with ties) p
             cross join lateral (select * from ingestion_vulnerabilities v where ${pluginOf} = p.plugin_id and ${every([isShown, half, behindAfter])} offset 0) v`;
}

function gathered(
  sort: FindingSort,
  half: RawBuilder<boolean>,
  part: Part,
  matching: RawBuilder<boolean>,
): RawBuilder<unknown> {
  const conditions = every([
    half,
    part.condition,
    matching,
    ...(part.after ? [behind(part.keys, part.after)] : []),
  ]);
  return sort.by === 'vpr'
    ? sql`(select v.id, p.vpr_score from ingestion_vulnerabilities v ${withPlugin} where ${conditions} offset 0) g(id, key)`
    : sql`(select v.id, ${sorts[sort.by].column} from ingestion_vulnerabilities v where ${conditions} offset 0) g(id, key)`;
}

/** SQL of rows in their order as a relation (id, sort_value, place). @param limit undefined: all. */
function idsOf(
  way: 'walk' | 'gather',
  {
    reach,
    sort,
    halves: wanted,
  }: { readonly reach: Reach; readonly sort: FindingSort; readonly halves: readonly RawBuilder<boolean>[] },
  after: After | undefined,
  limit: number | undefined,
): RawBuilder<unknown> {
  const { type, column } = sorts[sort.by];
  const cut = limit === undefined ? sql`` : sql`limit ${limit}`;
  const order = orderOf({
    by: { column: sql`key`, type },
    id: { column: sql`id`, type: 'integer' },
    descending: sort.descending,
  });
  const parts = way === 'walk' && sort.by === 'vpr' ? partsOf(sort, after).slice(0, 1) : partsOf(sort, after);
  const branches = parts.flatMap((part) =>
    wanted.map((half) =>
      way === 'gather'
        ? sql`(select id, key, ${part.place} as part from ${gathered(sort, half, part, reach.all)} order by ${order} ${cut})`
        : sql`(select v.id, ${column} as key, ${part.place} as part from ${walk(sort, half, part)} where ${reach.matching} order by ${orderOf(part.keys)} ${cut})`,
    ),
  );
  return sql`select id, ${sortValue({ column: sql`key`, type })} as sort_value, row_number() over (order by part, ${order}) as place
               from (${sql.join(branches, sql` union all `)}) branch order by part, ${order} ${cut}`;
}

interface Place {
  readonly id: number;
  readonly sort_value: string | number | null;
}

/** The ids of a page's rows, in their order. */
async function findPage(
  db: Kysely<Database>,
  scope: Scope,
  { filter, sort, after, limit, now }: FindingQuery & { readonly after?: After; readonly limit: number },
): Promise<Place[]> {
  const wanted = halvesOf(filter);
  if (wanted.length === 0) return [];
  const reach = await findReach(db, scope, { filter, now });
  const ids = async (way: 'walk' | 'gather'): Promise<Place[]> =>
    (await sql<Place>`${idsOf(way, { reach, sort, halves: wanted }, after, limit)}`.execute(db)).rows;
  if (!reach.isNarrow) {
    const walked = await ids('walk');
    if (walked.length >= limit) return walked;
  }
  return ids('gather');
}

/** A page of findings: the newest of the most severe first by default. */
export async function listFindings(
  db: Kysely<Database>,
  scope: Scope,
  query: FindingQuery & { readonly after?: After; readonly limit: number },
): Promise<Page<FindingRow>> {
  const places = await findPage(db, scope, { ...query, limit: query.limit + 1 });
  const rows = await fetchRows(
    db,
    { scope, now: query.now },
    places.map((place) => place.id),
  );
  const values = new Map(places.map((place) => [place.id, place.sort_value]));
  return pageOf(
    rows.map((listed) => ({ ...listed, sort_value: values.get(listed.id) ?? null })),
    query.limit,
    (listed) => listed.id,
    (listed) => listed.row,
  );
}

/** Ids of the findings that match, in no order of meaning; at most `limit`. */
export async function listFindingIds(
  db: Kysely<Database>,
  scope: Scope,
  { filter, now, limit }: { readonly filter: FindingFilter; readonly now: Date; readonly limit: number },
): Promise<number[]> {
  const { all } = await findReach(db, scope, { filter, now });
  const { rows } = await sql<{ id: number }>`
    select v.id from ingestion_vulnerabilities v where ${all} order by v.id limit ${limit}`.execute(db);
  return rows.map((row) => row.id);
}

/** All findings that match, in their order, some hundred at a time; however many, in the memory of these. */
export async function* streamFindings(
  store: Store,
  scope: Scope,
  { filter, sort, now }: FindingQuery,
  signal?: AbortSignal,
): AsyncGenerator<readonly FindingRow[], void> {
  const wanted = halvesOf(filter);
  if (wanted.length === 0) return;
  const reach = await findReach(store.db, scope, { filter, now });
  const ids = sql`select id from (${idsOf('gather', { reach, sort, halves: wanted }, undefined, undefined)}) page order by place`;
  const known = nothingKnown();
  yield* streamRows(
    store,
    ids,
    async (db, some) => (await fetchRows(db, { scope, now }, some, known)).map(({ row }) => row),
    signal,
  );
}
