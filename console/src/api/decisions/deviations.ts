/** Deviations, as src/contract/routes/requests gives them. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  deviationAsked,
  deviationChanged,
  deviationDetail,
  deviationRow,
  keptFile,
} from '../../../../src/contract/index.ts';
import { download, get, post, sendFile } from '../http/client.ts';

export type DeviationRow = z.infer<typeof deviationRow>;
export type DeviationDetail = z.infer<typeof deviationDetail>;
export type DeviationAsked = z.infer<typeof deviationAsked>;
type Changed = z.infer<typeof deviationChanged>;

const path = (id: number): string => `/deviations/${id}`;

export const deviationQuery = (id: number) =>
  queryOptions({
    queryKey: ['deviations', id],
    queryFn: ({ signal }) => get<DeviationDetail>(path(id), { signal }),
  });

export interface Evidence {
  readonly sha256: string;
  readonly name: string;
}

export interface DeviationRequest {
  readonly kind: DeviationRow['kind'];
  readonly poam: string;
  /** Absent: the whole POA&M. */
  readonly assets?: readonly string[];
  readonly rationale: string;
  readonly compensatingControls?: string;
  readonly until?: string;
  readonly reviewOn?: string;
  readonly adjustedSeverity?: string;
  readonly details: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly evidence: readonly Evidence[];
}

/** Sends a file; what it is called is said where it is named. */
export async function keepEvidence(file: File, signal: AbortSignal): Promise<Evidence> {
  const { sha256 } = await sendFile<z.infer<typeof keptFile>>('/evidence', {
    query: {},
    file,
    signal,
    onSent: () => undefined,
  });
  return { sha256, name: file.name };
}

export const requestDeviation = (asked: DeviationRequest): Promise<DeviationAsked> =>
  post('/deviations', asked);

export const withdrawDeviation = (id: number, reason: string): Promise<Changed> =>
  post(`${path(id)}/withdrawal`, { reason });

/** What was granted, by who may grant. */
export const revokeDeviation = (id: number, reason: string): Promise<Changed> =>
  post(`${path(id)}/revocation`, { reason });

export const addEvidence = (id: number, evidence: Evidence): Promise<Changed> =>
  post(`${path(id)}/evidence`, evidence);

export const checkInVendor = (id: number, on: string, note: string): Promise<Changed> =>
  post(`${path(id)}/check-ins`, { on, note });

/** Saves a file of the evidence; the server hands out only what matches its hash. */
export const saveEvidence = (id: number, { sha256, name }: Evidence): Promise<void> =>
  download(`${path(id)}/evidence/${sha256}`, {}, 'application/octet-stream', name);
