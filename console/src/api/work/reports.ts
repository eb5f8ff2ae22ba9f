/** Reports and their templates, as src/contract gives them. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  keptFile,
  reportAsked,
  reportRow,
  reportScheduled,
  reportTemplate,
  reportVerified,
} from '../../../../src/contract/index.ts';
import { download, get, post, type Query, sendFile } from '../http/client.ts';
import type { Page } from '../lists.ts';
import type { SystemRow } from '../systems.ts';

export type ReportRow = z.infer<typeof reportRow>;
export type ReportTemplate = z.infer<typeof reportTemplate>;

export const isUnderWay = ({ status }: ReportRow): boolean => status === 'pending' || status === 'running';

interface Items<T> {
  readonly items: readonly T[];
}

export const templatesQuery = queryOptions({
  queryKey: ['reports', 'templates'],
  queryFn: ({ signal }) => get<Items<ReportTemplate>>('/report-templates', { signal }),
});

const pageSize = 50;

/** The newest first, a page at a time; asked for again while one is being made. */
export const reportsQuery = infiniteQueryOptions({
  queryKey: ['reports', 'made'],
  queryFn: ({ signal, pageParam }) =>
    get<Items<ReportRow>>('/reports', {
      query: { limit: pageSize, ...(pageParam === '' ? {} : { after: pageParam }) },
      passive: true,
      signal,
    }),
  initialPageParam: '',
  getNextPageParam: ({ items }) => (items.length < pageSize ? undefined : items.at(-1)?.id),
  refetchInterval: ({ state: { data } }) =>
    (data?.pages ?? []).some(({ items }) => items.some(isUnderWay)) ? 2000 : false,
});

export const boundariesQuery = queryOptions({
  queryKey: ['reports', 'boundaries'],
  queryFn: ({ signal }) => get<Page<SystemRow>>('/systems', { query: { limit: 200 }, passive: true, signal }),
  staleTime: 60_000,
});

export interface ToMake {
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly snapshot?: string;
  readonly input?: string;
}
export const makeReport = (asked: ToMake): Promise<z.infer<typeof reportAsked>> => post('/reports', asked);

export interface ToSchedule {
  readonly name: string;
  readonly of: string;
  readonly cron: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly recipients: readonly string[];
  readonly outside: readonly ReportTemplate['outside'][number][];
}
export const scheduleReport = (asked: ToSchedule): Promise<z.infer<typeof reportScheduled>> =>
  post('/report-schedules', asked);
export const endSchedule = (name: string): Promise<{ readonly name: string }> =>
  post('/report-schedules/end', { name });

export const sendInput = (file: File): Promise<z.infer<typeof keptFile>> =>
  sendFile('/report-inputs', {
    query: {},
    file,
    signal: new AbortController().signal,
    onSent: () => undefined,
  });

/** @param further where the file leaves the agency: what the accounting of disclosures asks. */
export const saveReport = ({ id, mediaType, fileName }: ReportRow, further: Query = {}): Promise<void> =>
  download(
    `/reports/${encodeURIComponent(id)}/file`,
    further,
    mediaType ?? '*/*',
    fileName ?? `report-${id}`,
  );

/** Says that a report of a schedule was read. */
export const readReport = (id: string): Promise<ReportRow> =>
  post(`/reports/${encodeURIComponent(id)}/read`, {});

/** Of a file that the person has: its hash is made here, and the file stays where it is. */
export async function verifyFile(file: File): Promise<z.infer<typeof reportVerified>> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  const sha256 = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return get('/reports/verification', { query: { sha256 } });
}
