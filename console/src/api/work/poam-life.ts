/** The life of POA&Ms, as src/contract/routes/poams gives it, and why one is due when it is (src/contract/routes/rules). */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  changesSince,
  dueExplanation,
  poamExplanation,
  poamMoved,
  poamStory,
} from '../../../../src/contract/index.ts';
import type { ApprovalRow } from '../decisions/approvals.ts';
import { get, post } from '../http/client.ts';
import type { Page } from '../lists.ts';
import { poamKey } from '../poams.ts';

export type PoamExplanation = z.infer<typeof poamExplanation>;
export type DueExplanation = z.infer<typeof dueExplanation>;
export type DueAnswer = DueExplanation['weaknesses'][number]['answers'][number];
export type StoryItem = z.infer<typeof poamStory>[number];
export type PoamMoved = z.infer<typeof poamMoved>;
export type ChangesSince = z.infer<typeof changesSince>;

const path = (id: string): string => `/poams/${encodeURIComponent(id)}`;

export const explanationQuery = (id: string) =>
  queryOptions({
    queryKey: [...poamKey(id), 'explanation'],
    queryFn: ({ signal }) => get<PoamExplanation>(`${path(id)}/explanation`, { signal }),
  });
export const dueExplanationQuery = (id: string) =>
  queryOptions({
    queryKey: [...poamKey(id), 'due-date'],
    queryFn: ({ signal }) => get<DueExplanation>(`${path(id)}/due-date`, { signal }),
  });

/** So many steps of a story are shown. */
export const storyLimit = 500;
export const storyQuery = (id: string) =>
  queryOptions({
    queryKey: [...poamKey(id), 'story'],
    queryFn: ({ signal }) =>
      get<{ items: readonly StoryItem[] }>(`${path(id)}/story`, { query: { limit: storyLimit }, signal }),
  });

/** Requests about a POA&M, its deviations among them, that nobody has decided. */
export const waitingRequestsQuery = (id: string) =>
  queryOptions({
    queryKey: [...poamKey(id), 'requests'],
    queryFn: ({ signal }) => get<Page<ApprovalRow>>('/approvals', { query: { poam: id, limit: 50 }, signal }),
  });

/** What is done to a POA&M as it was shown. */
interface Move {
  readonly etag: string;
  readonly reason: string | undefined;
}
export const completePoam = (
  id: string,
  { etag, reason, on }: Move & { readonly on: string },
): Promise<PoamMoved> => post(`${path(id)}/complete`, { reason, on }, { ifMatch: etag });
export const reopenPoam = (id: string, { etag, reason }: Move): Promise<PoamMoved> =>
  post(`${path(id)}/reopen`, { reason }, { ifMatch: etag });
export const extendPoam = (
  id: string,
  { etag, reason, to }: Move & { readonly to: string },
): Promise<PoamMoved> => post(`${path(id)}/extend`, { reason, to }, { ifMatch: etag });

export const letPromiseStand = (id: string, reason: string): Promise<DueExplanation> =>
  post(`${path(id)}/due-date/stands`, { reason });

export const changesSinceQuery = (since: string, system: string | undefined) =>
  queryOptions({
    queryKey: ['list', 'poams', 'changes-since', since, system],
    queryFn: ({ signal }) =>
      get<ChangesSince>('/changes-since', { query: { since, system, limit: 500 }, signal }),
  });
