/** Privacy requests and the accounting of disclosures, as src/contract/routes/privacy gives them. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  disclosures,
  privacyHits,
  privacyLeftOut,
  privacyRequest,
  privacyRequestRow,
  privacySearch,
  privacySearchStarted,
  recordStatement,
} from '../../../../src/contract/index.ts';
import { download, get, post } from '../http/client.ts';

export type PrivacyRow = z.infer<typeof privacyRequestRow>;
export type PrivacyRequest = z.infer<typeof privacyRequest>;
export type PrivacySearch = z.infer<typeof privacySearch>;
export type SearchedTable = PrivacySearch['tables'][number];
export type PrivacyHit = z.infer<typeof privacyHits>['items'][number];
export type Disclosure = z.infer<typeof disclosures>['items'][number];
export type RecordStatement = z.infer<typeof recordStatement>;

const path = (id: number | string): string => `/privacy/${encodeURIComponent(id)}`;

export const privacyQuery = (id: string) =>
  queryOptions({
    queryKey: ['privacy', id],
    queryFn: ({ signal }) => get<PrivacyRequest>(path(id), { signal }),
  });

/** Asked for again while it runs. */
export const privacySearchQuery = (id: number) =>
  queryOptions({
    queryKey: ['privacy', String(id), 'search'],
    queryFn: ({ signal }) =>
      get<{ readonly search: PrivacySearch | null }>(`${path(id)}/search`, { passive: true, signal }),
    refetchInterval: ({ state: { data } }) => (data?.search?.endedAt === null ? 2000 : false),
  });

export const privacyHitsQuery = (id: number, table: string, after: string | undefined) =>
  queryOptions({
    queryKey: ['privacy', String(id), 'hits', table, after ?? ''],
    queryFn: ({ signal }) =>
      get<{ readonly items: readonly PrivacyHit[] }>(`${path(id)}/hits`, {
        query: { table, limit: 20, ...(after === undefined ? {} : { after }) },
        signal,
      }),
  });

export const disclosuresQuery = (of: string | undefined) =>
  queryOptions({
    queryKey: ['disclosures', of ?? ''],
    queryFn: ({ signal }) =>
      get<z.infer<typeof disclosures>>('/disclosures', {
        query: { limit: 200, ...(of === undefined ? {} : { of }) },
        signal,
      }),
  });

export const statementsQuery = (entity: 'poams' | 'assets' | 'systems', id: string) =>
  queryOptions({
    queryKey: ['statements', entity, id],
    queryFn: ({ signal }) =>
      get<{ readonly items: readonly RecordStatement[] }>(`/${entity}/${encodeURIComponent(id)}/statements`, {
        signal,
      }),
  });

export interface Receipt {
  readonly type: PrivacyRow['type'];
  readonly subjectId: string;
  readonly name: string | null;
  readonly mail: string | null;
  readonly replyTo: string | null;
  readonly asked: string | null;
  readonly receivedOn: string;
}
export const receivePrivacyRequest = (receipt: Receipt): Promise<PrivacyRequest> => post('/privacy', receipt);

/** Steps that need no more than what they are called. */
export type PlainStep = 'acknowledge' | 'ask-identity' | 'review' | 'copy';
/** Takes a step: the last part of its address, with what it needs. */
export const takePrivacyStep = (
  id: number,
  step: PlainStep | 'identify' | 'amend' | 'annotate' | 'grant' | 'refuse' | 'appeal' | 'disagree' | 'close',
  body: unknown = {},
): Promise<PrivacyRequest> => post(`${path(id)}/${step}`, body);

export const startPrivacySearch = (
  id: number,
  terms: readonly string[],
): Promise<z.infer<typeof privacySearchStarted>> => post(`${path(id)}/search`, { terms });

export const leaveOut = (
  id: number,
  which: { readonly table: string } | { readonly hits: readonly string[] },
  because: PrivacyHit['leftOutBecause'],
): Promise<z.infer<typeof privacyLeftOut>> => post(`${path(id)}/hits/left-out`, { ...which, because });

export const savePrivacyCopy = (id: number, form: 'html' | 'json'): Promise<void> =>
  download(
    `${path(id)}/copy`,
    { form },
    form === 'html' ? 'text/html' : 'application/json',
    `privacy-request-${id}.${form}`,
  );

export interface DisclosureMade {
  readonly nature: Disclosure['nature'];
  readonly what: string;
  readonly purpose: string;
  readonly recipient: string;
  readonly address?: string;
  readonly authority: string;
  readonly subjects?: readonly string[];
}
export const recordDisclosure = (made: DisclosureMade): Promise<{ readonly id: string }> =>
  post('/disclosures', made);
