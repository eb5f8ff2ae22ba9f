/** Systems: authorization boundaries. */
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';

export interface SystemRow {
  readonly systemId: string;
  readonly remoteId: string | null;
  readonly name: string;
  readonly status: string | null;
  readonly impact: {
    readonly confidentiality: string | null;
    readonly integrity: string | null;
    readonly availability: string | null;
    readonly overall: string | null;
  };
  readonly isso: string | null;
  readonly authorizingOfficial: string | null;
  readonly components: { readonly linked: number; readonly all: number };
  readonly assets: number;
  readonly open: {
    readonly critical: number;
    readonly high: number;
    readonly medium: number;
    readonly low: number;
  };
  readonly poams: { readonly open: number; readonly overdue: number };
  /** Since when the oldest open critical finding is there. */
  readonly severeSince: string | null;
  readonly authorizationEnds: string | null;
  readonly lastScan: string | null;
  readonly lastSync: string | null;
  readonly sync: {
    readonly isOn: boolean;
    readonly why: 'excluded' | 'not_linked' | 'connection_paused' | null;
  };
}

export interface SystemDetail {
  readonly system: SystemRow;
  readonly version: string;
  readonly topWeaknesses: readonly {
    readonly pluginId: string;
    readonly name: string | null;
    readonly severity: number;
    readonly assets: number;
  }[];
}

export const countsOf = ({ open }: SystemRow) => ({
  Critical: open.critical,
  High: open.high,
  Medium: open.medium,
  Low: open.low,
});

export const systemQuery = (id: string) =>
  queryOptions({
    queryKey: ['systems', id],
    queryFn: ({ signal }) => get<SystemDetail>(`/systems/${encodeURIComponent(id)}`, { signal }),
  });
