/** What every list of the API has in common. Its names of filters, sorts and facets come from GET /lists/:noun. */
import { queryOptions } from '@tanstack/react-query';
import { get, type Query } from './http/client.ts';

export interface Page<Row> {
  readonly items: readonly Row[];
  readonly next: string | null;
}
export interface Count {
  readonly count: number;
  readonly exact: boolean;
}
export interface Facets {
  readonly facets: Readonly<Record<string, Readonly<Record<string, Count>>>>;
}

/** As src/canonical/lists defines them, with the values known at this moment for what has few. */
export interface FilterSpec {
  readonly kind: 'choice' | 'word' | 'text' | 'address' | 'number' | 'instant' | 'flag';
  readonly title: string;
  readonly known?: readonly string[];
  readonly example?: string;
  readonly also?: readonly ('none' | 'any')[];
  readonly lies?: 'behind' | 'ahead';
}
export interface ListDefinition {
  readonly noun: string;
  readonly filters: Readonly<Record<string, FilterSpec>>;
  readonly sorts: readonly string[];
  readonly defaultSort: string;
  readonly facets: readonly string[];
}

type SentDefinition = Omit<ListDefinition, 'filters'> & {
  readonly filters: readonly (FilterSpec & { readonly name: string })[];
};

export const definitionQuery = (noun: string) =>
  queryOptions({
    queryKey: ['definition', noun],
    queryFn: async ({ signal }): Promise<ListDefinition> => {
      const sent = await get<SentDefinition>(`/lists/${noun}`, { signal });
      return { ...sent, filters: Object.fromEntries(sent.filters.map(({ name, ...spec }) => [name, spec])) };
    },
    staleTime: Infinity,
  });

export const countQuery = (noun: string, filters: Query) =>
  queryOptions({
    queryKey: ['list', noun, 'count', filters],
    queryFn: ({ signal }) => get<Count>(`/${noun}/count`, { query: filters, signal }),
  });

export const facetsQuery = (noun: string, by: string, filters: Query) =>
  queryOptions({
    queryKey: ['list', noun, 'facets', by, filters],
    queryFn: ({ signal }) => get<Facets>(`/${noun}/facets`, { query: { ...filters, by }, signal }),
  });
