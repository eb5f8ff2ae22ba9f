/** A page, a count, facets or an export of a list: the same steps for every noun. */
import { leavingPlaces } from '../privacy/leaving.ts';
import { Readable } from 'node:stream';
import type { FilterOf, ListDefinition, SortOf } from '../../../canonical/lists/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import {
  type After,
  createCursors,
  type Filter,
  type FilterFields,
  type Page,
  parseFilter,
  parseSort,
  type Sort,
} from '../../../platform/lists/index.ts';

/** What of a list's query is no filter. */
const notFilters = new Set([
  'sort',
  'cursor',
  'limit',
  'exact',
  'by',
  'format',
  'columns',
  ...Object.values(leavingPlaces),
  'disclosure_address',
]);

/** A filter as it was asked, in words. */
export const filterText = (query: ListQuery): string =>
  Object.entries(query)
    .filter(([name, value]) => !notFilters.has(name) && value !== undefined)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');

export type ListQuery = Readonly<Record<string, string | number | boolean | undefined>>;
export type Cursors = ReturnType<typeof createCursors>;

/** The filter of a list's query; every name that is no other parameter must be a filter of it. @throws FILTER_INVALID. */
export function filterOf<L extends ListDefinition>(
  list: L,
  query: ListQuery,
  now: Date,
): Filter<FilterOf<L>> {
  const pairs = Object.entries(query)
    .filter(([name, value]) => !notFilters.has(name) && value !== undefined)
    .map(([name, value]) => [name, String(value)] as const);
  return parseFilter(list.filters as FilterFields<FilterOf<L>>, pairs, now); // the names of the same list
}

export interface PageRequest<L extends ListDefinition> {
  readonly filter: Filter<FilterOf<L>>;
  readonly sort: Sort<SortOf<L>>;
  readonly after?: After;
  readonly limit: number;
}

/** @throws TielineError FILTER_INVALID, CURSOR_INVALID. */
export function pageRequest<L extends ListDefinition>(
  list: L,
  query: ListQuery,
  { cursors, now }: { readonly cursors: Cursors; readonly now: Date },
): PageRequest<L> {
  const { sort: sortText, cursor, limit } = query;
  const filter = filterOf(list, query, now);
  const sort = parseSort(String(sortText ?? list.defaultSort), list.sorts) as Sort<SortOf<L>>; // the sorts of the same list
  const after = cursor === undefined ? undefined : cursors.read(String(cursor), useOf(list, query));
  return { filter, sort, limit: Number(limit ?? 100), ...(after ? { after } : {}) };
}

const useOf = (list: ListDefinition, query: ListQuery): Parameters<Cursors['read']>[1] => ({
  list: list.noun,
  sort: String(query['sort'] ?? list.defaultSort),
  filter: Object.fromEntries(
    Object.entries(query)
      .filter(([name, value]) => !notFilters.has(name) && value !== undefined)
      .map(([name, value]): [string, string] => [name, String(value)])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ),
});

/** The page as it is sent, its end as a cursor for the next one. */
export const pageBody = <Row>(
  list: ListDefinition,
  page: Page<Row>,
  { query, cursors }: { readonly query: ListQuery; readonly cursors: Cursors },
): { items: readonly Row[]; next: string | null } => ({
  items: page.items,
  next: page.next ? cursors.write(page.next, useOf(list, query)) : null,
});

/** What rows are counted by, as named in the query. @throws TielineError REQUEST_INVALID that lists what there is. */
export function facetsAsked<L extends ListDefinition>(list: L, by: string): readonly L['facets'][number][] {
  const asked = by.split(',').map((each) => each.trim());
  const unknown = asked.find((each) => !list.facets.includes(each));
  if (unknown !== undefined)
    throw new TielineError('REQUEST_INVALID', 'The query of the request is not what it must be.', {
      fields: [{ field: 'by', message: `Unknown "${unknown}". Expected: ${list.facets.join(', ')}` }],
    });
  return asked;
}

/** Rows by a facet, as they are sent. */
export const byValue = (rows: readonly { readonly value: string | null; readonly count: number }[]) =>
  Object.fromEntries(rows.map(({ value, count }) => [value ?? 'none', { count, exact: true }]));

/** How far is counted; undefined: to the end. */
export const most = (exact: boolean): number | undefined => (exact ? undefined : 10_000);

/** Rows as lines of JSON, for exports. */
export function jsonLines(rows: AsyncIterable<unknown>): Readable {
  return Readable.from(
    (async function* lines() {
      for await (const row of rows) yield `${JSON.stringify(row)}\n`;
    })(),
  );
}
