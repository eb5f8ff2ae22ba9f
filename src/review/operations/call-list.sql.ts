/** Calls to external systems as a list. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { callList, FacetOf, FilterOf, ListQuery } from '../../canonical/lists/index.ts';
import {
  type Conditions,
  countByFacet,
  countFitting,
  countedAtMost,
  type FacetCount,
  type Filter,
  filtered,
  flagOf,
  inOrderOf,
  instantOf,
  type ListCount,
  numberOf,
  type Page,
  selectKeys,
  textOf,
  wordsOf,
} from '../../platform/lists/index.ts';
import type { Database } from '../../platform/postgres/index.ts';

type List = typeof callList;
export type CallListQuery = ListQuery<List>;
export type CallListFilter = Filter<FilterOf<List>>;

export interface Call {
  readonly id: number;
  readonly connection: string | null;
  readonly operationId: string | null;
  readonly method: string;
  /** Without query. */
  readonly path: string;
  /** Null: no answer came. */
  readonly status: number | null;
  readonly ms: number | null;
  readonly at: Date;
}

const source = {
  from: sql`api_call_logs c left join external_systems s on s.id = c.external_system_id`,
  id: { column: sql`c.id`, type: 'integer' as const, always: true as const },
  // Calls are written in the order of their numbers, which have an index.
  sorts: { at: { column: sql`c.id`, type: 'integer' as const, always: true as const } },
  facets: { connection: sql`s.system_name`, status: sql`c.response_status` },
};

const conditions: Conditions<FilterOf<List>> = {
  connection: wordsOf(sql`s.system_name`),
  operation: (term) =>
    term.is === 'in'
      ? sql`(c.operation_id in (select o.batch_id from ingestion_batches o
                                 where o.batch_id::text = any(${term.values}::text[]) or o.parent_operation_id::text = any(${term.values}::text[])))
            is ${term.negated ? sql`not true` : sql`true`}`
      : wordsOf(sql`c.operation_id`)(term),
  method: wordsOf(sql`c.method`),
  status: numberOf(sql`c.response_status`),
  failed: flagOf(sql`coalesce(c.response_status, 599) >= 400`),
  ms: numberOf(sql`c.response_time_ms`),
  at: instantOf(sql`c.called_at`),
  q: textOf(sql`c.endpoint`),
};

const fitting = (filter: CallListFilter): RawBuilder<boolean>[] => filtered(conditions, filter);

export async function listCalls(db: Kysely<Database>, query: CallListQuery): Promise<Page<Call>> {
  const { items: keys, ...page } = await selectKeys(db, source, fitting(query.filter), query);
  if (keys.length === 0) return { items: [], ...page };
  const { rows } = await sql<Call>`
    select c.id, s.system_name as connection, c.operation_id as "operationId", c.method, c.endpoint as path,
           c.response_status as status, c.response_time_ms as ms, c.called_at as at
      from ${source.from} where c.id = any(${keys.map(Number)}::int[])`.execute(db);
  return { items: inOrderOf(keys, rows, (row) => row.id), ...page };
}

/** @param atMost undefined: all are counted. */
export const countFittingCalls = (
  db: Kysely<Database>,
  filter: CallListFilter,
  atMost: number | undefined = countedAtMost,
): Promise<ListCount> => countFitting(db, source, fitting(filter), atMost);

export const countCallsBy = (
  db: Kysely<Database>,
  filter: CallListFilter,
  facet: FacetOf<List>,
): Promise<FacetCount[]> => countByFacet(db, source, fitting(filter), facet);
