/** Operations as a list: runs, imports, plans and decisions, the latest first; and those of one connection, which are its timeline. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { FacetOf, FilterOf, ListQuery, operationList } from '../../canonical/lists/index.ts';
import {
  type Conditions,
  countByFacet,
  countFitting,
  countedAtMost,
  type FacetCount,
  type Filter,
  filtered,
  instantOf,
  type ListCount,
  type Page,
  selectKeys,
  wordsOf,
} from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

type List = typeof operationList;
export type OperationListQuery = ListQuery<List>;
export type OperationListFilter = Filter<FilterOf<List>>;

const by = sql`coalesce(o.metadata ->> 'by', o.metadata ->> 'appliedBy')`;

const source = {
  from: sql`ingestion_batches o`,
  id: { column: sql`o.id`, type: 'integer' as const, always: true as const },
  // Operations begin in the order of their numbers, which have an index.
  sorts: { started: { column: sql`o.id`, type: 'integer' as const, always: true as const } },
  facets: { type: sql`o.operation_type`, status: sql`o.status` },
};

const conditions: Conditions<FilterOf<List>> = {
  type: wordsOf(sql`o.operation_type`),
  // A run is about every connection that it names; one of an older version names none.
  connection: (term) =>
    term.is === 'in'
      ? sql`(o.external_system = any(${term.values}::text[])
             or o.metadata -> 'systems' ?| ${term.values}::text[]) is ${term.negated ? sql`not true` : sql`true`}`
      : wordsOf(sql`o.external_system`)(term),
  status: wordsOf(sql`o.status`),
  started: instantOf(sql`o.started_at`),
  by: wordsOf(by),
  step: wordsOf(sql`o.batch_type`),
};

const fitting = (filter: OperationListFilter): RawBuilder<boolean>[] => [
  sql`o.parent_operation_id is null`,
  sql`o.operation_type is not null`,
  ...filtered(conditions, filter),
];

/** The numbers of the rows of a page, as `listOperationRows` takes them. */
export const selectOperations = (db: Kysely<Database>, query: OperationListQuery): Promise<Page<string>> =>
  selectKeys(db, source, fitting(query.filter), query);

/** @param atMost undefined: all are counted. */
export const countOperations = (
  db: Kysely<Database>,
  filter: OperationListFilter,
  atMost: number | undefined = countedAtMost,
): Promise<ListCount> => countFitting(db, source, fitting(filter), atMost);

export const countOperationsBy = (
  db: Kysely<Database>,
  filter: OperationListFilter,
  facet: FacetOf<List>,
): Promise<FacetCount[]> => countByFacet(db, source, fitting(filter), facet);
