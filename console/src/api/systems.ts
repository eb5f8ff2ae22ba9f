/** Systems: authorization boundaries. */
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';

export interface SystemRow {
  readonly systemId: string;
  readonly name: string;
  readonly status: string | null;
  /** Confidentiality, integrity, availability. */
  readonly impact: {
    readonly confidentiality: string | null;
    readonly integrity: string | null;
    readonly availability: string | null;
  };
  readonly isso: string | null;
  readonly ao: string | null;
  readonly components: { readonly linked: number; readonly all: number };
  readonly assets: number;
  readonly openCritical: number;
  readonly openHigh: number;
  readonly openMedium: number;
  readonly poams: { readonly open: number; readonly overdue: number };
  readonly oldestCritical: string | null;
  readonly authorizationEnds: string | null;
  readonly lastScan: string | null;
  readonly lastSync: string | null;
  readonly isSynced: boolean;
  /** Why it is not kept in agreement. */
  readonly whyNotSynced: string | null;
}

export const systemQuery = (id: string) =>
  queryOptions({
    queryKey: ['systems', id],
    queryFn: ({ signal }) => get<SystemRow>(`/systems/${encodeURIComponent(id)}`, { signal }),
  });
