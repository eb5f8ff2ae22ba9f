/** Operations, the outbox and jobs, as src/contract gives them. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { job, operationChanges, operationDetail, operationList } from '../../../src/contract/index.ts';
import type { outboxDecided, outboxEntry, undo } from '../../../src/contract/index.ts';
import { get, post } from './http/client.ts';
import type { Page } from './lists.ts';

export type OperationRow = z.infer<typeof operationList>[number];
export type OperationDetail = z.infer<typeof operationDetail>;
export type JournalEntry = z.infer<typeof operationChanges>['changes'][number];
export type OutboxRow = z.infer<typeof outboxEntry>;
export type Job = z.infer<typeof job>;

const path = (id: string): string => `/operations/${encodeURIComponent(id)}`;

export const operationQuery = (id: string) =>
  queryOptions({
    queryKey: ['operations', id],
    queryFn: ({ signal }) => get<OperationDetail>(path(id), { passive: true, signal }),
    refetchInterval: (query) => (query.state.data?.status === 'in_progress' ? 5000 : false),
  });

export const changesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['operations', id, 'changes'],
    queryFn: ({ pageParam, signal }) =>
      get<Page<JournalEntry>>(`${path(id)}/changes`, { query: { cursor: pageParam, limit: 100 }, signal }),
    initialPageParam: undefined as string | undefined, // a key of the server's
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const outboxQuery = (id: string) =>
  queryOptions({
    queryKey: ['outbox', id],
    queryFn: ({ signal }) => get<OutboxRow>(`/outbox/${encodeURIComponent(id)}`, { signal }),
  });

export const isOver = ({ state }: Job): boolean => state !== 'queued' && state !== 'running';
export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ['jobs', id],
    queryFn: ({ signal }) => get<Job>(`/jobs/${encodeURIComponent(id)}`, { passive: true, signal }),
    refetchInterval: ({ state: { data } }) => (data && isOver(data) ? false : 2000),
  });

export type Undo = z.infer<typeof undo>;
export const undoQuery = (id: string) =>
  queryOptions({
    queryKey: ['operations', id, 'undo'],
    queryFn: ({ signal }) => get<Undo>(`${path(id)}/undo`, { signal }),
    staleTime: 0,
  });
/** @param sha256 of the preview that was looked at. */
export const undoOperation = (id: string, reason: string, sha256: string): Promise<Undo> =>
  post(`${path(id)}/undo`, { reason, sha256 });

export type OutboxDecided = z.infer<typeof outboxDecided>;
/** Sends refused changes again, or drops changes for good. */
export const decideOutbox = (
  decision: 'retry' | 'drop',
  ids: readonly number[],
  reason: string,
): Promise<OutboxDecided> => post('/outbox/decision', { decision, ids, reason });

export const runSync = (): Promise<Job> => post('/operations/sync', {});
export const stopOperation = (id: string): Promise<unknown> => post(`${path(id)}/cancel`);
