/** What operations changed, as a list: filtered, cut to a scope, paged in the order in which it was changed. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { inScope, type Scope } from '../../canonical/access/index.ts';
import type { changeList, FilterOf, ListQuery } from '../../canonical/lists/index.ts';
import {
  type Conditions,
  countFitting,
  type Filter,
  filtered,
  type ListCount,
  type Page,
  selectKeys,
  wordsOf,
} from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';
import { boundaryOf, namedBy } from '../../record/entities/index.ts';

type List = typeof changeList;
export type ChangeListQuery = ListQuery<List>;
export type ChangeListFilter = Filter<FilterOf<List>>;

const source = {
  from: sql`sync_changes c`,
  id: { column: sql`c.id`, type: 'bigint' as const, always: true as const },
  sorts: { order: { column: sql`c.id`, type: 'bigint' as const, always: true as const } },
  facets: {},
};

const conditions: Conditions<FilterOf<List>> = {
  record: (term) =>
    term.is === 'in'
      ? sql`(c.entity_id = any(${term.values}::text[])
             or exists (select from sync_links l where l.entity_type = c.entity_type and l.entity_id = c.entity_id
                           and l.external_id = any(${term.values}::text[]))) is ${term.negated ? sql`not true` : sql`true`}`
      : wordsOf(sql`c.entity_id`)(term),
  entity: wordsOf(sql`c.entity_type`),
  field: wordsOf(sql`c.field_name`),
  direction: wordsOf(sql`c.direction`),
};

const fitting = (
  scope: Scope,
  operationIds: readonly string[],
  filter: ChangeListFilter,
): RawBuilder<boolean>[] => [
  sql`c.operation_id = any(${[...operationIds]}::uuid[])`,
  ...(scope.kind === 'everywhere' ? [] : [inScope(scope, boundaryOf(namedBy('c')))]),
  ...filtered(conditions, filter),
];

export const selectChanges = (
  db: Kysely<Database>,
  scope: Scope,
  operationIds: readonly string[],
  query: ChangeListQuery,
): Promise<Page<string>> => selectKeys(db, source, fitting(scope, operationIds, query.filter), query);

export const countFittingChanges = (
  db: Kysely<Database>,
  scope: Scope,
  operationIds: readonly string[],
  filter: ChangeListFilter,
): Promise<ListCount> => countFitting(db, source, fitting(scope, operationIds, filter));
