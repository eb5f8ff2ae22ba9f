/** Findings as GET /findings gives them. */
import { queryOptions } from '@tanstack/react-query';
import { get } from './http/client.ts';

export type Severity = 'Critical' | 'High' | 'Medium' | 'Low' | 'Info';
export type FindingState = 'open' | 'reopened' | 'fixed' | 'missing' | 'gone';
export type PoamState = 'open' | 'overdue' | 'completed';

export interface FindingRow {
  readonly key: string;
  readonly severity: Severity;
  readonly pluginId: string;
  readonly name: string;
  readonly family: string | null;
  readonly assetUuid: string;
  readonly assetName: string | null;
  readonly ip: string | null;
  readonly fqdn: string | null;
  readonly systemIds: readonly string[];
  readonly port: number | null;
  readonly protocol: string | null;
  readonly service: string | null;
  readonly state: FindingState;
  readonly isAccepted: boolean;
  readonly firstFound: string | null;
  readonly lastSeen: string | null;
  readonly lastFixed: string | null;
  readonly timesCameBack: number;
  readonly dueOn: string | null;
  readonly poamId: string | null;
  readonly poamStatus: string | null;
  readonly poamState: PoamState | null;
  readonly vpr: number | null;
  readonly epss: number | null;
  readonly cvss: number | null;
  readonly hasExploit: boolean | null;
  readonly cves: readonly string[];
  readonly solution: string | null;
  readonly patchPublishedAt: string | null;
  readonly sources: readonly string[];
  readonly acr: number | null;
  readonly criticality: string | null;
  readonly controls: readonly string[];
  readonly assignedTo: string | null;
  readonly remediationStatus: 'open' | 'in_progress' | 'blocked' | 'fix_reported' | 'fixed' | null;
  readonly plannedFor: string | null;
}

export interface FindingDetail extends FindingRow {
  readonly description: string | null;
  readonly output: string | null;
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
  readonly title: string | null;
  /** The worst of them. */
  readonly severity: Severity;
  readonly bySeverity: Partial<Record<Severity, number>>;
  readonly findings: number;
  readonly assets: number;
  readonly systems: number;
  /** Risk score, 0 to 100; null where none was scored, and for CVEs and solutions. */
  readonly risk: number | null;
  readonly firstFound: string | null;
}

/** A group as GET /findings/groups gives it. */
export interface ToldGroup {
  readonly key: string | null;
  readonly title: string | null;
  readonly critical: number;
  readonly high: number;
  readonly medium: number;
  readonly low: number;
  readonly info: number;
  readonly findings: number;
  readonly assets: number;
  readonly systems: number;
  /** Risk score, 0 to 100; null where none was scored, and for CVEs and solutions. */
  readonly risk: number | null;
  readonly firstFound: string | null;
}

const worstOf = ({ critical, high, medium, low }: ToldGroup): Severity =>
  critical > 0 ? 'Critical' : high > 0 ? 'High' : medium > 0 ? 'Medium' : low > 0 ? 'Low' : 'Info';

export const tellGroup = (told: ToldGroup): FindingGroupRow => ({
  key: told.key ?? 'none',
  title: told.title,
  severity: worstOf(told),
  bySeverity: {
    Critical: told.critical,
    High: told.high,
    Medium: told.medium,
    Low: told.low,
    Info: told.info,
  },
  findings: told.findings,
  assets: told.assets,
  systems: told.systems,
  risk: told.risk,
  firstFound: told.firstFound,
});

export interface PluginDetail {
  readonly pluginId: string;
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
  readonly hasExploit: boolean | null;
  readonly publishedAt: string | null;
  readonly patchPublishedAt: string | null;
}

/** As GET /findings/{key} and GET /plugins/{id} give them. */
interface Told extends FindingRow {
  readonly output: string | null;
  readonly views: readonly { source: string; severity: Severity | null; saidAt: string | null }[];
  readonly plugin: {
    description: string | null;
    crossReferences: readonly string[];
    seeAlso: readonly string[];
  } | null;
  readonly references: readonly string[];
  readonly otherAssets: number;
  readonly history: readonly {
    event: 'found' | 'seen' | 'fixed' | 'came back';
    at: string;
    isConcluded: boolean;
    source: string | null;
  }[];
}
interface ToldPlugin extends Omit<PluginDetail, 'severity' | 'references'> {
  readonly severities: readonly Severity[];
  readonly crossReferences: readonly string[];
  readonly seeAlso: readonly string[];
}

const tellFinding = (told: Told): FindingDetail => ({
  ...told,
  description: told.plugin?.description ?? null,
  references: [
    ...new Set([
      ...(told.plugin?.crossReferences ?? []),
      ...(told.plugin?.seeAlso ?? []),
      ...told.references,
    ]),
  ],
  severityBySource: told.views.map(({ source, severity, saidAt }) => ({
    source,
    severity: severity ?? told.severity,
    lastSeen: saidAt ?? told.lastSeen ?? '',
  })),
  sameElsewhere: told.otherAssets,
});

const tellHistory = ({ history }: Told): { items: readonly FindingEvent[] } => ({
  items: history.map(({ event, at, isConcluded, source }) => ({
    at,
    kind: event === 'came back' ? 'reopened' : event,
    source,
    concluded: isConcluded,
    note: null,
  })),
});

const toldFinding = (key: string) => ({
  queryKey: ['findings', key],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
    get<Told>(`/findings/${encodeURIComponent(key)}`, { signal }),
});

export const findingQuery = (key: string) => queryOptions({ ...toldFinding(key), select: tellFinding });
export const findingHistoryQuery = (key: string) =>
  queryOptions({ ...toldFinding(key), select: tellHistory });
export const pluginQuery = (id: string) =>
  queryOptions({
    queryKey: ['plugins', id],
    queryFn: async ({ signal }): Promise<PluginDetail> => {
      const told = await get<ToldPlugin>(`/plugins/${encodeURIComponent(id)}`, { signal });
      const { severities, crossReferences, seeAlso, ...rest } = told;
      return { ...rest, severity: severities[0] ?? 'Info', references: [...crossReferences, ...seeAlso] };
    },
  });
