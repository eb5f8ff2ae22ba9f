/**
 * A list as SQL: the keys of a page, how many rows fit, and rows by facet, all over one `from` and the same conditions, so that the three
 * never differ. What a row shows is fetched by the keys of its page, by the room of its noun.
 */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../postgres/index.ts';
import { every } from './filter.sql.ts';
import type { After, Page, Sort } from './page.ts';
import { behind, orderOf, pageOf, type SortColumn, sortValue } from './page.sql.ts';

export interface ListSource<SortName extends string, Facet extends string> {
  /** SQL behind `from`: tables and joins. */
  readonly from: RawBuilder<unknown>;
  /** Unique among the rows. */
  readonly id: SortColumn;
  readonly sorts: Readonly<Record<SortName, SortColumn>>;
  readonly facets: Readonly<Record<Facet, RawBuilder<unknown>>>;
}

/** How many rows fit; `exact` is false where counting ended at the most that is counted. */
export interface ListCount {
  readonly count: number;
  readonly exact: boolean;
}

/** Rows by one value of a facet; null where they have none. */
export interface FacetCount {
  readonly value: string | null;
  readonly count: number;
}

/** More are not counted unless that is asked for. */
export const countedAtMost = 10_000;

type Conditions = readonly RawBuilder<boolean>[];

/** The ids of a page, in its order. */
export async function selectKeys<SortName extends string>(
  db: Kysely<Database>,
  source: ListSource<SortName, string>,
  where: Conditions,
  page: { readonly sort: Sort<SortName>; readonly after?: After | undefined; readonly limit: number },
): Promise<Page<string>> {
  const by = source.sorts[page.sort.by];
  const keys = { by, id: source.id, descending: page.sort.descending };
  const conditions = page.after === undefined ? where : [...where, behind(keys, page.after)];
  const { rows } = await sql<{ id: string; sort_value: string | number | null }>`
    select ${source.id.column}::text as id, ${sortValue(by)} as sort_value
      from ${source.from}
     where ${every(conditions)}
     order by ${orderOf(keys)} limit ${page.limit + 1}`.execute(db);
  return pageOf(
    rows,
    page.limit,
    (row) => row.id,
    (row) => row.id,
  );
}

/** @param atMost undefined: all are counted, which may take long. */
export async function countFitting(
  db: Kysely<Database>,
  source: Pick<ListSource<string, string>, 'from'>,
  where: Conditions,
  atMost: number | undefined = countedAtMost,
): Promise<ListCount> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from (select from ${source.from} where ${every(where)} limit ${atMost === undefined ? null : atMost + 1}) fitting`.execute(
    db,
  );
  const n = rows[0]?.n ?? 0;
  return atMost !== undefined && n > atMost ? { count: atMost, exact: false } : { count: n, exact: true };
}

const valuesAtMost = 200;

/** Rows by the values of a facet, the most first. */
export async function countByFacet<Facet extends string>(
  db: Kysely<Database>,
  source: ListSource<never, Facet>,
  where: Conditions,
  facet: Facet,
): Promise<FacetCount[]> {
  const { rows } = await sql<FacetCount>`
    select (${source.facets[facet]})::text as value, count(*)::int as count
      from ${source.from} where ${every(where)}
     group by 1 order by 2 desc, 1 nulls last limit ${valuesAtMost}`.execute(db);
  return rows;
}

/** Rows in the order of the keys that they were fetched by; one that is gone meanwhile is left out. */
export function inOrderOf<Row>(
  keys: readonly string[],
  rows: readonly Row[],
  keyOf: (row: Row) => string | number,
): Row[] {
  const known = new Map(rows.map((row) => [String(keyOf(row)), row]));
  return keys.flatMap((key) => known.get(key) ?? []);
}
