/** The rows of a list, page by page behind the last key; old rows stay while new ones are asked for. */
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get } from '../../api/http/client.ts';
import { countQuery, type Page } from '../../api/lists.ts';
import type { Search } from '../search.ts';

const pageSize = 100;
/** Above it a person is asked to narrow the filter: nobody reads more, and the browser keeps them all. */
export const mostRows = 5000;

export function useRows<Row>(noun: string, filters: Search, sort: string | undefined) {
  const query = useInfiniteQuery({
    queryKey: ['list', noun, 'rows', filters, sort],
    queryFn: ({ pageParam, signal }) =>
      get<Page<Row>>(`/${noun}`, {
        query: { ...filters, sort, limit: pageSize, cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined, // a key of the server's
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const count = useQuery({ ...countQuery(noun, filters), placeholderData: keepPreviousData });
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const more = hasNextPage && !isFetchingNextPage && rows.length < mostRows;
  return { query, rows, count: count.data, loadMore: more ? () => void fetchNextPage() : undefined };
}

export function countWords(count: { readonly count: number; readonly exact: boolean } | undefined): string {
  if (!count) return '';
  const number = count.count.toLocaleString('en');
  return count.exact ? number : `> ${number}`;
}
