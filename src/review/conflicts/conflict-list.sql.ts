/** Conflicts as a list: filtered, cut to a scope, paged, counted. What a row shows is `listConflicts` of the engine, with titles. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import {
  type conflictList,
  type FacetOf,
  type FilterOf,
  type ListQuery,
} from '../../canonical/lists/index.ts';
import { type ConflictRow, listConflicts as listByFilter } from '../../engine/conflicts/index.ts';
import {
  type Conditions,
  countByFacet,
  countFitting,
  countedAtMost,
  type FacetCount,
  type Filter,
  filtered,
  type FilterTerm,
  inOrderOf,
  instantOf,
  type ListCount,
  type Page,
  selectKeys,
  textOf,
  wordsOf,
} from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { boundaryOf, fetchRecordTitles, namedBy, titleOf } from '../../record/entities/index.ts';

type List = typeof conflictList;
export type ConflictListQuery = ListQuery<List>;
export type ConflictListFilter = Filter<FilterOf<List>>;

/** A conflict in a list. */
export interface ListedConflict extends ConflictRow {
  /** What the record is called; null where it is not known. */
  readonly title: string | null;
}

const record = namedBy('c');
const boundary = sql`b.id`;

/** Conflicts `c` with the connection `s`, the boundary `b` and the living link `l` of each. */
const source = () => ({
  from: sql`sync_conflicts c
      left join external_systems s on s.id = c.external_system_id
      left join lateral (select ${boundaryOf(record)} as id) b on true
      left join lateral (select l.external_id from sync_links l
                          where l.external_system_id = c.external_system_id and l.entity_type = c.entity_type
                            and l.entity_id = c.entity_id and l.retired_at is null
                          order by l.id limit 1) l on true`,
  id: { column: sql`c.id`, type: 'integer' as const, always: true as const },
  sorts: {
    age: { column: sql`c.created_at`, type: 'timestamp' as const },
    field: { column: sql`c.field_name::text`, type: 'text' as const },
    entity: { column: sql`c.entity_type::text`, type: 'text' as const, always: true as const },
  },
  facets: {
    system: boundary,
    connection: sql`s.system_name`,
    entity: sql`c.entity_type`,
    field: sql`c.field_name`,
    type: sql`c.conflict_type`,
  },
});

const isOpen = sql<boolean>`c.resolution_status = 'pending'`;
const state = sql`case when c.resolution_status = 'pending' then 'open' else 'settled' end`;

const conditions: Conditions<FilterOf<List>> = {
  system: wordsOf(boundary),
  connection: wordsOf(sql`s.system_name`),
  entity: wordsOf(sql`c.entity_type`),
  field: wordsOf(sql`c.field_name`),
  type: wordsOf(sql`c.conflict_type`),
  state: wordsOf(state),
  age: instantOf(sql`c.created_at`),
  settled: instantOf(sql`c.resolved_at`),
  operation: wordsOf(sql`c.operation_id::text`),
  q: (term: FilterTerm) =>
    textOf(sql`concat_ws(' ', c.id, c.entity_id, l.external_id, c.field_name, ${titleOf(record)})`)(term),
};

const fitting = (scope: Scope, filter: ConflictListFilter): RawBuilder<boolean>[] => [
  inScope(scope, boundary),
  ...(filter.state === undefined ? [isOpen] : []),
  ...filtered(conditions, filter),
];

/**
 * Conflicts within the scope, a page of them; open ones where the filter names no state.
 * @param query.ids only these; undefined: all.
 */
export async function listConflicts(
  db: Kysely<Database>,
  scope: Scope,
  { ids, ...query }: ConflictListQuery & { readonly ids?: readonly number[] },
): Promise<Page<ListedConflict>> {
  const { id } = source();
  const among = ids === undefined ? [] : [sql<boolean>`${id.column} = any(${[...ids]}::bigint[])`];
  const fits = [...fitting(scope, query.filter), ...among];
  const { items: keys, ...page } = await selectKeys(db, source(), fits, query);
  if (keys.length === 0) return { items: [], ...page };
  const rows = await listByFilter(db, { ids: keys.map(Number), all: true }, keys.length);
  const titles = await fetchRecordTitles(db, rows);
  const items = inOrderOf(keys, rows, (row) => row.id).map((row) => ({
    ...row,
    title: titles.get(`${row.entity} ${row.entityId}`)?.title ?? null,
  }));
  return { items, ...page };
}

/** @param atMost undefined: all are counted. */
export const countConflicts = (
  db: Kysely<Database>,
  scope: Scope,
  filter: ConflictListFilter,
  atMost: number | undefined = countedAtMost,
): Promise<ListCount> => countFitting(db, source(), fitting(scope, filter), atMost);

export const countConflictsBy = (
  db: Kysely<Database>,
  scope: Scope,
  filter: ConflictListFilter,
  facet: FacetOf<List>,
): Promise<FacetCount[]> => countByFacet(db, source(), fitting(scope, filter), facet);

/** Whether there is a conflict of this number within the scope, open or settled. */
export async function isConflictWithin(db: Kysely<Database>, scope: Scope, id: number): Promise<boolean> {
  const { rows } = await sql`
    select from ${source().from} where c.id = ${id} and ${inScope(scope, boundary)}`.execute(db);
  return rows.length > 0;
}

/** How many of these conflicts lie in each boundary; null: in none. */
export async function countByBoundary(
  db: Kysely<Database>,
  ids: readonly number[],
): Promise<{ readonly boundary: string | null; readonly count: number; readonly only: number | null }[]> {
  const { rows } = await sql<{ boundary: string | null; count: number; only: number | null }>`
    select ${boundary}::text as boundary, count(*)::int as count, case when count(*) = 1 then min(c.id) end as only
      from ${source().from} where c.id = any(${[...ids]}::int[]) group by 1`.execute(db);
  return rows;
}
