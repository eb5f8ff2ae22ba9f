/** POA&Ms and milestones, as src/review/records and src/record/poams give them. Days are `YYYY-MM-DD`. */
import type { RulePreview } from './rules.ts';
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { poamDetail, recordsTried } from '../../../src/contract/index.ts';
import type { Search } from '../kit/search.ts';
import type { Agreement } from '../kit/marks/agreement.tsx';
import type { DeviationRow } from './decisions/deviations.ts';
import { download, get, getVersioned, patch, post, type Versioned } from './http/client.ts';
import type { Severity } from './findings.ts';
import type { Job } from './operations.ts';

export type FieldValue = string | number | boolean | null | readonly string[];

export interface PoamRow {
  readonly poamId: string;
  readonly remoteId: string | null;
  readonly systemId: string | null;
  readonly systemName: string | null;
  readonly weakness: string | null;
  readonly severity: Severity | null;
  /** Risk score, 0 to 100; null where nothing of it was scored. */
  readonly risk: number | null;
  readonly residualRisk: string | null;
  readonly status: string | null;
  readonly isOpen: boolean;
  readonly isOverdue: boolean;
  readonly due: string | null;
  /** By which day policies oblige it. */
  readonly obligedBy: string | null;
  /** `past`: that day is over; `promised`: it lies ahead, and a later one is promised. */
  readonly late: 'past' | 'promised' | null;
  readonly completed: string | null;
  readonly milestones: { readonly done: number; readonly all: number; readonly next: string | null };
  readonly findings: { readonly open: number; readonly all: number };
  readonly assets: number;
  readonly control: string | null;
  readonly owner: string | null;
  /** State of the newest request about it, and of its life. */
  readonly approval: string | null;
  readonly workflow: string | null;
  readonly agreement: Agreement;
  /** When somebody last looked at it and found that nothing is to change. */
  readonly reviewedOn: string | null;
  readonly reviewedBy: string | null;
  readonly updatedAt: string | null;
  readonly changed: { readonly at: string; readonly by: string; readonly where: 'here' | 'there' } | null;
}

export interface FieldThere {
  readonly connection: string;
  readonly there: FieldValue;
  readonly base: FieldValue;
  readonly differs: boolean;
  readonly conflictId: number | null;
  readonly policy: string;
}
export interface FieldView {
  readonly field: string;
  readonly here: FieldValue;
  readonly sides: readonly FieldThere[];
  readonly changed: {
    readonly at: string;
    readonly by: string;
    readonly where: 'here' | 'there';
    readonly reason: string | null;
  } | null;
  readonly isEditable: boolean;
  readonly whyNot: string | null;
}

export interface MilestoneRow {
  readonly id: string;
  readonly remoteId: string | null;
  readonly poamId: string;
  readonly weakness: string | null;
  readonly systemId: string | null;
  readonly description: string | null;
  readonly due: string | null;
  readonly completed: string | null;
  readonly status: string | null;
  readonly isOpen: boolean;
  readonly isOverdue: boolean;
  /** Planned after the day that its POA&M promises. */
  readonly isBeyond: boolean;
  readonly comments: string | null;
  readonly owner: string | null;
}

export interface MilestoneView extends MilestoneRow {
  readonly version: string;
  /** Fields that may not be edited here, each with why. */
  readonly fixedFields: Readonly<Record<string, string>>;
}

export type PoamEvidence = z.infer<typeof poamDetail>['evidence'][number];

export interface PoamDetail {
  readonly poam: PoamRow;
  readonly version: string;
  /** Deviations that hold, by kind. */
  readonly deviations: readonly {
    readonly kind: DeviationRow['kind'];
    readonly assets: number;
    readonly until: string | null;
  }[];
  readonly fields: readonly FieldView[];
  readonly remotes: readonly {
    readonly connection: string;
    readonly externalId: string;
    readonly confirmedAt: string;
    readonly missingSince: string | null;
  }[];
  readonly milestones: readonly MilestoneView[];
  /** Where a milestone that is added now goes; empty while no connection has the POA&M, which takes its milestones along. */
  readonly milestoneTargets: readonly {
    readonly connection: string;
    readonly whyNot: string | null;
    readonly needsApproval: boolean;
  }[];
  /** Files that go to the GRC system, the latest first. */
  readonly evidence: readonly PoamEvidence[];
  readonly weaknesses: readonly {
    readonly grouping: string;
    readonly identifier: string;
    readonly name: string | null;
    readonly severity: Severity;
    readonly detectedOn: string;
    readonly dueOn: string;
    readonly dueReason: string;
    readonly controls: readonly string[];
    readonly findings: { readonly open: number; readonly all: number };
  }[];
  /** Null: it was made by others, or before rules had versions. */
  readonly madeUnder: {
    readonly systemId: string | null;
    readonly version: number;
    readonly splitFrom: string | null;
    readonly endedAt: string | null;
    readonly mergedInto: string | null;
    readonly reworded: {
      readonly version: number;
      readonly at: string;
      readonly kept: RulePreview['poams'][number]['kept'];
    } | null;
  } | null;
  readonly assets: readonly {
    readonly assetUuid: string;
    readonly hostname: string | null;
    readonly systemId: string | null;
    readonly lastSeen: string | null;
    readonly findings: { readonly open: number; readonly all: number };
  }[];
  readonly cves: readonly string[];
  /** What stands between it, its milestones included, and agreement; the worst first. */
  readonly obstacles: readonly {
    readonly agreement: Agreement;
    readonly entity: string;
    readonly entityId: string;
  }[];
}

export interface Change {
  readonly id: number;
  readonly operationId: string;
  readonly system: string | null;
  readonly entity: string;
  readonly entityId: string;
  readonly field: string | null;
  readonly before: FieldValue;
  readonly after: FieldValue;
  readonly direction: 'inbound' | 'outbound' | 'internal';
  readonly decidedBy: string;
  readonly reason: string | null;
  readonly at: string;
}

export const poamKey = (id: string) => ['poams', id] as const;
export const poamQuery = (id: string) =>
  queryOptions({
    queryKey: poamKey(id),
    queryFn: ({ signal }) => getVersioned<PoamDetail>(`/poams/${encodeURIComponent(id)}`, { signal }),
  });
export const poamHistoryQuery = (id: string) =>
  queryOptions({
    queryKey: [...poamKey(id), 'history'],
    queryFn: ({ signal }) =>
      get<{ items: readonly Change[] }>(`/poams/${encodeURIComponent(id)}/history`, { signal }),
  });

/** An edit of all POA&Ms of a filter, or of some by id. */
export interface BulkEdit {
  readonly filter?: Search;
  readonly ids?: readonly string[];
  readonly changes: Readonly<Record<string, FieldValue>>;
  readonly shiftDays?: number;
  readonly reason?: string;
}
export type TriedEdit = z.infer<typeof recordsTried>;
export const tryPoamEdits = (edit: BulkEdit): Promise<TriedEdit> => post('/poams/bulk/try', edit);
/** @param token of the try: exactly that is done, by a worker. */
export const editPoams = (edit: BulkEdit, token: string): Promise<Job> =>
  post('/poams/bulk/edit', { ...edit, token });

export const editPoam = (
  id: string,
  edit: { readonly changes: Readonly<Record<string, FieldValue>>; readonly reason?: string },
  etag: string,
): Promise<Versioned<unknown>> => patch(`/poams/${encodeURIComponent(id)}`, edit, etag);

export const addMilestone = (
  poamId: string,
  milestone: { readonly description: string; readonly due: string; readonly reason?: string },
): Promise<{ readonly id: string }> => post(`/poams/${encodeURIComponent(poamId)}/milestones`, milestone);

/** Moves those that lie after the promised day. */
export const fitMilestones = (
  poamId: string,
  given: { readonly how: 'proportion' | 'date'; readonly reason: string },
): Promise<{ readonly promised: string; readonly moved: readonly { readonly id: string }[] }> =>
  post(`/poams/${encodeURIComponent(poamId)}/milestones/fit`, given);

/** @param version of the milestone as it was shown. */
export const editMilestone = (
  id: string,
  edit: { readonly changes: Readonly<Record<string, FieldValue>>; readonly reason?: string },
  version: string,
): Promise<Versioned<unknown>> => patch(`/milestones/${encodeURIComponent(id)}`, edit, `"${version}"`);

const evidencePath = (poamId: string, sha256: string): string =>
  `/poams/${encodeURIComponent(poamId)}/evidence/${sha256}`;

export const savePoamEvidence = (poamId: string, { sha256, name }: PoamEvidence): Promise<void> =>
  download(evidencePath(poamId, sha256), {}, 'application/octet-stream', name);

/** Somebody took a file that is not sent to the GRC system by hand. */
export const deliverPoamEvidence = (poamId: string, sha256: string): Promise<unknown> =>
  post(`${evidencePath(poamId, sha256)}/delivery`, {});

/** A file that is gone or changed there goes again with the next sync. */
export const resendPoamEvidence = (poamId: string, sha256: string): Promise<unknown> =>
  post(`${evidencePath(poamId, sha256)}/resend`, {});

/** It stays as it is there. */
export const acceptPoamEvidence = (poamId: string, sha256: string): Promise<unknown> =>
  post(`${evidencePath(poamId, sha256)}/acceptance`, {});
