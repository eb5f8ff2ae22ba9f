/** Approvals, as src/contract/routes/decision-routes gives them. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { approvalDecided, requestDecided, requestDelegated } from '../../../../src/contract/index.ts';
import type { approvalRoutes } from '../../../../src/contract/index.ts';
import { get, post, put } from '../http/client.ts';

export type ApprovalRow = z.infer<
  (typeof approvalRoutes)['listApprovals']['answer']['shape']
>['items'][number];
export type ApprovalDetail = z.infer<(typeof approvalRoutes)['getApproval']['answer']['shape']>;
export type ApprovalGroup = ApprovalDetail['groups'][number];
export type ApprovalItem = ApprovalGroup['sample'][number];
type Items = z.infer<(typeof approvalRoutes)['listApprovalItems']['answer']['shape']>;
export type AskedRequest = NonNullable<ApprovalDetail['request']>;
export type Decided = z.infer<typeof approvalDecided>;
export type RequestDecided = z.infer<typeof requestDecided>;

export interface Decision {
  readonly decision: 'approve' | 'reject';
  readonly reason?: string;
  /** Of the content that was read: what moved since is not decided. */
  readonly sha256: string;
  /** Absent: all of it. */
  readonly records?: readonly string[];
}

const path = (id: string): string => `/approvals/${encodeURIComponent(id)}`;

export const approvalQuery = (id: string) =>
  queryOptions({
    queryKey: ['approvals', id],
    queryFn: ({ signal }) => get<ApprovalDetail>(path(id), { signal }),
  });

export const fetchItems = (id: string, numbers: readonly number[], signal: AbortSignal): Promise<Items> =>
  get(`${path(id)}/items`, { query: { numbers: numbers.join(','), limit: 500 }, signal });

export const decide = (id: string, decision: Decision): Promise<Decided> =>
  post(`${path(id)}/decision`, decision);

/** Agrees to a request, or rejects it. */
export const answerRequest = (
  id: string,
  answer: Pick<Decision, 'decision' | 'reason' | 'sha256'>,
): Promise<RequestDecided> => post(`${path(id)}/answer`, answer);

/** Lets another person answer a question of a workflow in one's place. */
export const delegateRequest = (
  id: string,
  wish: { readonly to: string; readonly reason?: string },
): Promise<z.infer<typeof requestDelegated>> => post(`${path(id)}/delegate`, wish);

/** Marks a group as viewed, for whoever is signed in. */
export const viewApprovalGroup = (id: string, sha256: string, viewed: boolean): Promise<void> =>
  put(`${path(id)}/groups/${sha256}/viewed`, { viewed });
