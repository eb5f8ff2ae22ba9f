/**
 * The state of a list, all of it in the URL: filters by their own names, and a few words of ours. The same filters go to the API,
 * so that what is shown, counted and exported is the same.
 */
import { useRouter, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { ViewQuery } from '../../api/views.ts';
import type { Search } from '../search.ts';

/** Parameters that are no filters. */
const ours: ReadonlySet<string> = new Set(['sort', 'cols', 'group', 'from', 'show', 'job']);

export interface ListState {
  readonly filters: Search;
  readonly sort: string | undefined;
  readonly columns: readonly string[] | undefined;
  /** By what the rows are grouped, where the list can be. */
  readonly group: string | undefined;
  /** Nothing was asked for: the list as it begins. */
  readonly isBare: boolean;
  readonly setFilter: (name: string, value: string | undefined) => void;
  /** Replaces all filters but the boundary. */
  readonly setFilters: (filters: Search, sort?: string) => void;
  readonly setSort: (sort: string | undefined) => void;
  readonly setColumns: (ids: readonly string[] | undefined) => void;
  /** Shows a saved view; what it does not keep stays as it is. @param replace it takes the place of this address. */
  readonly apply: (view: ViewQuery, replace?: boolean) => void;
}

/** `fixed`: filters of the page itself (the findings of one asset), which are neither in the URL nor shown. */
export function useListState(fixed?: Search): ListState {
  const router = useRouter();
  const search = useSearch({ strict: false });
  return useMemo(() => {
    const change = (next: Search, replace = false): void =>
      void router.navigate({
        to: '.',
        search: (before) => ({ ...before, ...next }),
        resetScroll: false,
        replace,
      });
    const filters = Object.fromEntries(
      Object.entries(search).filter(([name, value]) => !ours.has(name) && value !== undefined),
    );
    const none = Object.fromEntries(
      Object.keys(filters)
        .filter((name) => name !== 'system')
        .map((name) => [name, undefined]),
    );
    return {
      filters: { ...filters, ...fixed },
      sort: search['sort'],
      columns: search['cols']?.split(','),
      group: search['group'],
      isBare: Object.entries(search).every(([name, value]) => value === undefined || name === 'system'),
      setFilter: (name, value) => change({ [name]: value }),
      setFilters: (next, sort) => change({ ...none, ...next, sort }),
      setSort: (sort) => change({ sort }),
      setColumns: (ids) => change({ cols: ids?.join(',') }),
      apply: (view, replace) =>
        change(
          {
            ...(view.filters === undefined
              ? {}
              : { ...none, ...view.filters, sort: view.sort, group: view.group }),
            ...(view.columns === undefined ? {} : { cols: view.columns.join(',') }),
          },
          replace,
        ),
    };
  }, [router, search, fixed]);
}
