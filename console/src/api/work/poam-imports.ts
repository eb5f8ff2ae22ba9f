/** Files of POA&Ms: what each would change, and what became of it. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { poamImport, poamImportRow } from '../../../../src/contract/index.ts';
import { get, post, sendFile } from '../http/client.ts';

export type PoamImportRow = z.infer<typeof poamImportRow>;
export type PoamImport = z.infer<typeof poamImport>;

const path = (id: string): string => `/poam-imports/${encodeURIComponent(id)}`;

export const poamImportQuery = (id: string) =>
  queryOptions({
    queryKey: ['poam-imports', id],
    queryFn: ({ signal }) => get<PoamImport>(path(id), { signal }),
  });

export const poamImportsQuery = queryOptions({
  queryKey: ['poam-imports'],
  queryFn: ({ signal }) =>
    get<{ readonly items: readonly PoamImportRow[] }>('/poam-imports', {
      query: { limit: 20 },
      passive: true,
      signal,
    }),
});

export interface PoamPlace {
  /** Undefined: as the file or its source says. */
  readonly boundary: string | undefined;
  readonly acceptMissing: boolean;
}

export const bringPoamFile = (file: File, place: PoamPlace, signal: AbortSignal): Promise<PoamImport> =>
  sendFile('/poam-imports', { query: { file: file.name, ...place }, file, signal, onSent: () => undefined });

export const approvePoamImport = (id: string): Promise<PoamImport> => post(`${path(id)}/approve`);
export const discardPoamImport = (id: string): Promise<PoamImport> => post(`${path(id)}/discard`);
