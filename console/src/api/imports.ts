/** Scan files that are sent, and what became of them, as src/contract gives them. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { importDetail, importPlaces, importRow, watchedFolders } from '../../../src/contract/index.ts';
import { get, post, sendFile } from './http/client.ts';
import type { Page } from './lists.ts';

export type ImportRow = z.infer<typeof importRow>;
export type ImportDetail = z.infer<typeof importDetail>;
export type ImportPlaces = z.infer<typeof importPlaces>;

export const isOpen = ({ state }: Pick<ImportRow, 'state'>): boolean =>
  state === 'waiting' || state === 'running';

const path = (id: string): string => `/imports/${encodeURIComponent(id)}`;

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ['imports', id],
    queryFn: ({ signal }) => get<ImportDetail>(path(id), { passive: true, signal }),
    refetchInterval: ({ state: { data } }) => (data && isOpen(data) ? 2000 : false),
  });

/** What waits or runs; asked for again until nothing does. */
export const openImportsQuery = queryOptions({
  queryKey: ['imports', 'open'],
  queryFn: ({ signal }) =>
    get<Page<ImportRow>>('/imports', {
      query: { state: 'waiting,running', sort: 'at', limit: 50 },
      passive: true,
      signal,
    }),
  refetchInterval: ({ state: { data } }) => ((data?.items.length ?? 0) > 0 ? 2000 : false),
});

export const placesQuery = queryOptions({
  queryKey: ['imports', 'places'],
  queryFn: ({ signal }) => get<ImportPlaces>('/imports/places', { passive: true, signal }),
  staleTime: 10_000,
});

export type WatchedFolder = z.infer<typeof watchedFolders>[number];
export const foldersQuery = queryOptions({
  queryKey: ['imports', 'folders'],
  queryFn: ({ signal }) =>
    get<{ readonly items: readonly WatchedFolder[] }>('/imports/folders', { passive: true, signal }),
  refetchInterval: 30_000,
});

export interface Place {
  /** Undefined: the usual one. */
  readonly source: string | undefined;
  readonly newSource: boolean;
  readonly zone: string | undefined;
  readonly keepPartial: boolean;
}

export const bringFile = (
  file: File,
  place: Place,
  { signal, onSent }: { readonly signal: AbortSignal; readonly onSent: (bytes: number) => void },
): Promise<ImportDetail> =>
  sendFile('/imports', { query: { file: file.name, ...place }, file, signal, onSent });

export const cancelImport = (id: string): Promise<ImportDetail> => post(`${path(id)}/cancel`);
