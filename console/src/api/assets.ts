/** Assets, as src/record/asset-lists gives them. */
import { queryOptions } from '@tanstack/react-query';
import { get, getVersioned, patch, post, type Versioned } from './http/client.ts';
import type { Severity } from './findings.ts';
import type { FieldValue, FieldView } from './poams.ts';

export interface AssetRow {
  readonly assetUuid: string;
  readonly name: string | null;
  readonly ips: readonly string[];
  readonly fqdns: readonly string[];
  readonly operatingSystem: string | null;
  readonly systemIds: readonly string[];
  readonly componentId: string | null;
  readonly state: 'reported' | 'unreported' | 'terminated' | 'deleted';
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  readonly hasAgent: boolean | null;
  readonly acr: number | null;
  /** Risk score, 0 to 100; null where nothing of it was scored. */
  readonly risk: number | null;
  readonly criticality: string | null;
  readonly environment: string | null;
  readonly tags: readonly string[];
  readonly sources: readonly string[];
  readonly openCritical: number;
  readonly openHigh: number;
  readonly openMedium: number;
  readonly openLow: number;
  readonly openInfo: number;
  readonly accepted: number;
}

export interface AssetDetail extends AssetRow {
  readonly netbiosName: string | null;
  readonly businessOwner: string | null;
  readonly technicalOwner: string | null;
  readonly acrRated: number | null;
  readonly acrOverride: number | null;
  readonly deletedAt: string | null;
  readonly terminatedAt: string | null;
  readonly unreportedSince: string | null;
  readonly lastCredentialedScan: string | null;
  readonly component: { readonly id: string; readonly name: string; readonly systemId: string } | null;
  readonly absorbed: readonly string[];
  readonly complianceFailed: number;
  /** Its tags that workflows set. */
  readonly workflowTags: readonly {
    readonly category: string;
    readonly value: string;
    readonly workflow: string;
    readonly taggedAt: string;
  }[];
}

export interface AssetSources {
  readonly sources: readonly {
    readonly source: string;
    readonly type: string;
    readonly externalId: string;
    readonly lastSeen: string | null;
    readonly reportedAt: string;
  }[];
  readonly fields: readonly {
    readonly field: string;
    readonly values: readonly unknown[];
    readonly taken: unknown;
    readonly why: 'only' | 'latest' | 'all' | 'earliest';
    readonly from: readonly number[];
  }[];
}

interface Decided {
  readonly decidedBy: string;
  readonly reason: string | null;
  readonly decidedAt: string;
}

export interface Evidence {
  readonly kind: string;
  readonly value: string;
  readonly weight: number;
  readonly note?: string;
}

export interface AssetIdentity {
  readonly identifiers: readonly {
    readonly kind: string;
    readonly value: string;
    readonly lastSeen: string | null;
    readonly sharedBy: readonly {
      readonly assetUuid: string;
      readonly name: string | null;
      readonly lastSeen: string | null;
    }[];
  }[];
  readonly decisions: readonly (Decided & {
    readonly id: number;
    readonly source: string;
    readonly externalId: string;
    readonly decision: string;
    readonly candidates: readonly {
      readonly assetUuid?: string;
      readonly score?: number;
      readonly evidence?: readonly Evidence[];
    }[];
    readonly settledBy: string | null;
    readonly settledAt: string | null;
  })[];
}

export interface AssetComponent extends Decided {
  readonly source: string;
  readonly componentId: string;
  readonly name: string;
  readonly systemId: string;
  readonly decision: string;
  readonly score: number;
  readonly evidence: unknown;
}

export interface AssetExposure {
  readonly from: string;
  readonly to: string;
  readonly days: readonly { readonly day: string; readonly severity: Severity; readonly open: number }[];
  readonly fixTimes: readonly {
    readonly severity: Severity;
    readonly fixed: number;
    readonly medianDays: number;
  }[];
}

export interface AssetContext {
  readonly version: string;
  readonly mayEdit: boolean;
  readonly fields: readonly FieldView[];
}

export interface AssetChange {
  readonly field: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly direction: string;
  readonly at: string;
  readonly operationId: string;
  readonly decidedBy: string;
  readonly reason: string | null;
}

export interface ComplianceResult {
  readonly auditFile: string;
  readonly checkId: string;
  readonly checkName: string;
  readonly status: string;
  readonly expected: string | null;
  readonly actual: string | null;
  readonly solution: string | null;
  readonly controls: readonly string[];
  readonly lastSeen: string | null;
}

const pathOf = (uuid: string): string => `/assets/${encodeURIComponent(uuid)}`;
const part =
  <T>(name: string) =>
  (uuid: string) =>
    queryOptions({
      queryKey: ['assets', uuid, name],
      queryFn: ({ signal }) => get<T>(`${pathOf(uuid)}/${name}`, { signal }),
    });

export const assetQuery = (uuid: string) =>
  queryOptions({
    queryKey: ['assets', uuid],
    queryFn: ({ signal }) => get<AssetDetail>(pathOf(uuid), { signal }),
  });
export const assetSourcesQuery = part<AssetSources>('sources');
export const assetIdentityQuery = part<AssetIdentity>('identity');
export const assetComponentsQuery = part<{ readonly items: readonly AssetComponent[] }>('components');
export const assetExposureQuery = part<AssetExposure>('exposure');
export const assetHistoryQuery = part<{ readonly items: readonly AssetChange[] }>('history');
export const assetComplianceQuery = part<{ readonly items: readonly ComplianceResult[] }>('compliance');
export const assetContextQuery = (uuid: string) =>
  queryOptions({
    queryKey: ['assets', uuid, 'context'],
    queryFn: ({ signal }) => getVersioned<AssetContext>(`${pathOf(uuid)}/context`, { signal }),
  });
export const editAssetContext = (
  uuid: string,
  edit: { readonly changes: Readonly<Record<string, FieldValue>> },
  etag: string,
): Promise<Versioned<unknown>> => patch(`${pathOf(uuid)}/context`, edit, etag);

/** Says that an asset is another one, which stays. */
export const mergeAsset = (uuid: string, into: string, reason: string): Promise<{ readonly into: string }> =>
  post(`${pathOf(uuid)}/merge`, { into, reason });
/** Says that what a source reports is another machine. @returns the asset that it is now. */
export const splitAsset = (
  uuid: string,
  record: { readonly source: string; readonly externalId: string },
  reason: string,
): Promise<{ readonly into: string; readonly isSynced: boolean }> =>
  post(`${pathOf(uuid)}/split`, { ...record, reason });
