/** Findings as GET /findings gives them. */
import { queryOptions } from '@tanstack/react-query';
import { get } from './client.ts';

export type Severity = 'Critical' | 'High' | 'Medium' | 'Low' | 'Info';
export type FindingState = 'open' | 'reopened' | 'fixed';
export type PoamState = 'none' | 'open' | 'overdue' | 'completed';

export interface FindingRow {
  readonly key: string;
  readonly severity: Severity;
  readonly pluginId: number;
  readonly name: string;
  readonly asset: { readonly uuid: string; readonly name: string; readonly address: string | null };
  readonly system: { readonly id: string; readonly name: string } | null;
  readonly port: number | null;
  readonly protocol: string | null;
  readonly state: FindingState;
  readonly accepted: boolean;
  readonly firstFound: string;
  readonly lastSeen: string;
  readonly lastFixed: string | null;
  readonly due: string | null;
  readonly poam: { readonly id: string; readonly state: PoamState } | null;
  readonly vpr: number | null;
  readonly epss: number | null;
  readonly cvss: number | null;
  readonly exploit: boolean | null;
  readonly family: string | null;
  readonly sources: readonly string[];
}

export interface FindingDetail extends FindingRow {
  readonly description: string | null;
  readonly solution: string | null;
  readonly output: string | null;
  readonly cves: readonly string[];
  readonly references: readonly string[];
  readonly severityBySource: readonly {
    readonly source: string;
    readonly severity: Severity;
    readonly lastSeen: string;
  }[];
  readonly sameElsewhere: number;
}

export interface FindingEvent {
  readonly at: string;
  readonly kind: 'found' | 'seen' | 'fixed' | 'reopened' | 'accepted' | 'other';
  readonly source: string | null;
  /** Concluded from a scan that covered the host, not reported by a scanner. */
  readonly concluded: boolean;
  readonly note: string | null;
}

export interface FindingGroupRow {
  readonly key: string;
  readonly title: string;
  readonly severity: Severity;
  readonly bySeverity: Partial<Record<Severity, number>>;
  readonly findings: number;
  readonly assets: number;
  readonly systems: readonly string[];
  readonly firstFound: string;
  readonly due: string | null;
  readonly poam: { readonly id: string; readonly state: PoamState } | null;
  readonly vpr: number | null;
  readonly exploit: boolean | null;
}

export interface PluginDetail {
  readonly pluginId: number;
  readonly name: string;
  readonly severity: Severity;
  readonly family: string | null;
  readonly description: string | null;
  readonly solution: string | null;
  readonly cves: readonly string[];
  readonly references: readonly string[];
  readonly vpr: number | null;
  readonly cvss: number | null;
  readonly epss: number | null;
  readonly exploit: boolean | null;
  readonly published: string | null;
  readonly patchPublished: string | null;
}

export const findingQuery = (key: string) =>
  queryOptions({
    queryKey: ['findings', key],
    queryFn: ({ signal }) => get<FindingDetail>(`/findings/${encodeURIComponent(key)}`, { signal }),
  });
export const findingHistoryQuery = (key: string) =>
  queryOptions({
    queryKey: ['findings', key, 'history'],
    queryFn: ({ signal }) =>
      get<{ items: readonly FindingEvent[] }>(`/findings/${encodeURIComponent(key)}/history`, { signal }),
  });
export const pluginQuery = (id: string) =>
  queryOptions({
    queryKey: ['plugins', id],
    queryFn: ({ signal }) => get<PluginDetail>(`/plugins/${encodeURIComponent(id)}`, { signal }),
  });
