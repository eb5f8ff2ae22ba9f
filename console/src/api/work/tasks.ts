/** Tasks, and the reviews of POA&Ms, as src/contract/routes/remediation/task-routes.ts gives them. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { poamsReviewed, reviewIntervals, reviewsTried, task } from '../../../../src/contract/index.ts';
import { get, post, put } from '../http/client.ts';

export type Task = z.infer<typeof task>;
export type ReviewInterval = z.infer<typeof reviewIntervals>[number];
type ReviewsTried = z.infer<typeof reviewsTried>;

const path = (id: number): string => `/tasks/${id}`;

export const taskQuery = (id: string) =>
  queryOptions({
    queryKey: ['tasks', id],
    queryFn: ({ signal }) => get<Task>(`/tasks/${encodeURIComponent(id)}`, { signal }),
  });

export interface TaskWish {
  readonly what: string;
  readonly about: Task['about'];
  readonly recordId: string;
  readonly to: string | null;
  readonly due: string | null;
  readonly note: string | null;
}
/** What is absent stays; null empties it. */
export type TaskChange = Partial<Pick<TaskWish, 'what' | 'to' | 'due' | 'note'>>;

export const addTask = (wish: TaskWish): Promise<Task> => post('/tasks', wish);
export const changeTask = (id: number, change: TaskChange): Promise<Task> =>
  post(`${path(id)}/change`, change);
export const settleTask = (id: number, isDone: boolean, note: string | null): Promise<Task> =>
  post(`${path(id)}/${isDone ? 'done' : 'reopen'}`, { note });

/** Which POA&Ms: all of a filter, or those named. */
export interface ReviewedPoams {
  readonly filter?: Readonly<Record<string, string | undefined>>;
  readonly ids?: readonly string[];
}
export const tryReviews = (poams: ReviewedPoams): Promise<ReviewsTried> => post('/poams/reviews/try', poams);
export const reviewPoams = (
  poams: ReviewedPoams,
  more: { readonly token: string; readonly note: string | null },
): Promise<z.infer<typeof poamsReviewed>> => post('/poams/reviews', { ...poams, ...more });

export const reviewIntervalsQuery = queryOptions({
  queryKey: ['review-intervals'],
  queryFn: ({ signal }) => get<readonly ReviewInterval[]>('/review-intervals', { signal }),
});
export const setReviewInterval = (boundary: string | null, days: number | null): Promise<unknown> =>
  put('/review-intervals', { boundary, days });
