/**
 * What a list of the record can be filtered by, sorted by and counted by. One definition a noun: the API's parameters, the flags of the
 * command line, the console's filter picker and the SQL of the noun's room all take their names from it, so that they never differ.
 */
import type { After, Filter, FilterFields, Sort } from '../../platform/lists/index.ts';

export interface ListDefinition<
  Filter extends string = string,
  Sort extends string = string,
  Facet extends string = string,
> {
  /** In the plural, as in the URL: `findings`. */
  readonly noun: string;
  readonly filters: FilterFields<Filter>;
  readonly sorts: readonly Sort[];
  /** One of the sorts, with `-` where the highest comes first. */
  readonly defaultSort: Sort | `-${Sort}`;
  /** What rows are counted by. */
  readonly facets: readonly Facet[];
}

export const defineList = <Filter extends string, Sort extends string, Facet extends string>(
  definition: ListDefinition<Filter, Sort, Facet>,
): ListDefinition<Filter, Sort, Facet> => definition;

export type FilterOf<L> = L extends ListDefinition<infer F, string, string> ? F : never;
export type SortOf<L> = L extends ListDefinition<string, infer S, string> ? S : never;
export type FacetOf<L> = L extends ListDefinition<string, string, infer C> ? C : never;

/** Behind `q` in every list: words, all of which must be in what the list searches. */
export const search = { kind: 'text', title: 'words in the name or id' } as const;
/** The authorization boundary: its id (`system_id`) or `none` for what is in no boundary. */
export const systemFilter = {
  kind: 'word',
  example: 'SYS-001',
  also: ['none', 'any'],
  title: 'authorization boundary',
} as const;

/** A page of a list as it is asked for: parsed, with where it begins. */
export interface ListQuery<L> {
  readonly filter: Filter<FilterOf<L>>;
  readonly sort: Sort<SortOf<L>>;
  readonly after?: After | undefined;
  readonly limit: number;
}
