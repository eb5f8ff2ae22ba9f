/**
 * Pages of findings. The rows of a page are looked for by the narrowest index that serves; everything else is looked up for these rows only.
 *
 * Open and fixed findings lie in halves of their own, each with its indexes, and a sort that can be null has a part for each of both: every
 * combination is a branch with an order and a limit, so that each is a walk along one index, and at most a few pages of rows are put in order.
 * After some years nearly all findings are fixed; without the halves the oldest open one would stand behind all of them.
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
} from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { type FindingFilter, matching, pluginOf } from './finding-conditions.sql.ts';
import { type FindingRow, findingRows } from './finding-row.sql.ts';

export type FindingSort = Sort<SortOf<typeof findingList>>;
export interface FindingQuery {
  readonly filter: FindingFilter;
  readonly sort: FindingSort;
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

const source = (by: FindingSort['by']): RawBuilder<unknown> =>
  by === 'vpr'
    ? sql`ingestion_vulnerabilities v left join scan_plugins p on p.plugin_id = ${pluginOf}`
    : sql`ingestion_vulnerabilities v`;

/** SQL of the page's rows as a relation (id, sort_value, place). @param limit undefined: all. */
export function findingIds(
  scope: Scope,
  { filter, sort }: FindingQuery,
  after: After | undefined,
  limit: number | undefined,
): RawBuilder<unknown> {
  const column = sorts[sort.by];
  const cut = limit === undefined ? sql`` : sql`limit ${limit}`;
  const parts = partsOf(sort, after);
  const branches = parts.flatMap((part) =>
    halvesOf(filter).map(
      (half) => sql`
      (select v.id, ${sortValue(column)} as sort_value, ${column.column} as sort_key, ${part.place} as part
         from ${source(sort.by)}
        where ${every([half, part.condition, matching(scope, filter), ...(part.after ? [behind(part.keys, part.after)] : [])])}
        order by ${orderOf(part.keys)} ${cut})`,
    ),
  );
  if (branches.length === 0)
    return sql`select null::int as id, null::text as sort_value, null::bigint as place where false`;
  const order = orderOf({
    by: { column: sql`sort_key`, type: column.type },
    id: { column: sql`id`, type: 'integer' },
    descending: sort.descending,
  });
  return sql`select id, sort_value, row_number() over (order by part, ${order}) as place from (${sql.join(branches, sql` union all `)}) branch
       order by part, ${order} ${cut}`;
}

/** A page of findings: the newest of the most severe first by default. */
export async function listFindings(
  db: Kysely<Database>,
  scope: Scope,
  query: FindingQuery & { readonly after?: After; readonly limit: number },
): Promise<Page<FindingRow>> {
  const page = findingIds(scope, query, query.after, query.limit + 1);
  const { rows } = await sql<StoredFindingRow>`
    with page as materialized (${page})
    ${findingRows(scope, sql`page`)}`.execute(db);
  return pageOf(rows, query.limit, (row) => row.id, shownRow);
}

export type StoredFindingRow = FindingRow & {
  readonly id: number;
  readonly sort_value: string | number | null;
};
export const shownRow = ({ id: _id, sort_value: _value, ...row }: StoredFindingRow): FindingRow => row;
