/** Threat feeds, CVEs and risk scores, as src/contract gives them. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  assetRisk,
  cveDetail,
  cveRow,
  feedStatuses,
  lastAssessed,
  pluginRisk,
} from '../../../src/contract/index.ts';
import { get, sendFile } from './http/client.ts';
import type { Job } from './operations.ts';

export type FeedStatus = z.infer<typeof feedStatuses>[number];
export type CveRow = z.infer<typeof cveRow>;
export type CveDetail = z.infer<typeof cveDetail>;
export type AssetRisk = z.infer<typeof assetRisk>;
export type PluginRisk = z.infer<typeof pluginRisk>;
export type FactorReason = PluginRisk['severityReason'];

interface Feeds {
  readonly items: readonly FeedStatus[];
  readonly assessed: z.infer<typeof lastAssessed> | null;
}

export const feedsQuery = queryOptions({
  queryKey: ['intelligence', 'feeds'],
  queryFn: ({ signal }) => get<Feeds>('/intelligence/feeds', { passive: true, signal }),
  refetchInterval: 30_000,
});

export interface CveSearch {
  readonly q?: string | undefined;
  readonly kev?: string | undefined;
  readonly here?: string | undefined;
}

export const cvesQuery = (search: CveSearch) =>
  queryOptions({
    queryKey: ['intelligence', 'cves', search],
    queryFn: ({ signal }) =>
      get<{ readonly items: readonly CveRow[]; readonly next: string | null }>('/intelligence/cves', {
        query: { ...search, limit: 100 },
        signal,
      }),
  });

export const cveQuery = (cve: string) =>
  queryOptions({
    queryKey: ['intelligence', 'cve', cve],
    queryFn: ({ signal }) => get<CveDetail>('/intelligence/cve', { query: { cve }, signal }),
  });

export const assetRiskQuery = (assetUuid: string) =>
  queryOptions({
    queryKey: ['assets', assetUuid, 'risk'],
    queryFn: ({ signal }) => get<AssetRisk>(`/assets/${encodeURIComponent(assetUuid)}/risk`, { signal }),
  });

export const pluginRiskQuery = (pluginId: string) =>
  queryOptions({
    queryKey: ['plugins', pluginId, 'risk'],
    queryFn: ({ signal }) => get<PluginRisk>(`/plugins/${encodeURIComponent(pluginId)}/risk`, { signal }),
    retry: false,
  });

export const sendFeed = (
  file: File,
  feed: FeedStatus['feed'],
  about: { readonly signal: AbortSignal; readonly onSent: (bytes: number) => void },
): Promise<Job> => sendFile<Job>('/intelligence/loads', { query: { feed, file: file.name }, file, ...about });
