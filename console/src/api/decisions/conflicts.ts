/** Conflicts, as src/contract/conflicts gives them. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type {
  conflictDetail,
  conflictsResolved,
  conflictsSettled,
  conflictsTried,
} from '../../../../src/contract/index.ts';
import type { conflictRoutes } from '../../../../src/contract/index.ts';
import { get, post, type Query } from '../http/client.ts';
import type { Page } from '../lists.ts';

export type ConflictRow = z.infer<
  (typeof conflictRoutes)['listConflicts']['answer']['shape']
>['items'][number];
export type ConflictDetail = z.infer<typeof conflictDetail>;
export type Choice = ConflictDetail['choices'][number];
export type Resolved = z.infer<typeof conflictsResolved>;

export const conflictQuery = (id: string) =>
  queryOptions({
    queryKey: ['conflicts', id],
    queryFn: ({ signal }) => get<ConflictDetail>(`/conflicts/${encodeURIComponent(id)}`, { signal }),
  });

/** The conflicts of a list in its order, as far as one goes through them at a sitting. */
export const conflictRunQuery = (filters: Query, sort: string | undefined) =>
  queryOptions({
    queryKey: ['list', 'conflicts', 'run', filters, sort],
    queryFn: ({ signal }) =>
      get<Page<ConflictRow>>('/conflicts', { query: { ...filters, sort, limit: 500 }, signal }),
  });

export const settleConflict = (
  id: number,
  decision: { readonly keep: Choice['choice']; readonly value?: unknown; readonly reason?: string },
): Promise<Resolved> => post(`/conflicts/${id}/resolution`, decision);

export type Tried = z.infer<typeof conflictsTried>;
/** Either the filter of a list or the numbers of conflicts. */
export interface ManyConflicts {
  readonly filter?: Query;
  readonly ids?: readonly number[];
}
interface Way extends ManyConflicts {
  readonly keep: Choice['choice'];
  readonly value?: unknown;
}
export const tryResolving = (way: Way): Promise<Tried> => post('/conflicts/bulk/try', way);
export const resolveMany = (
  way: Way & { readonly token: string; readonly reason?: string },
): Promise<z.infer<typeof conflictsSettled>> => post('/conflicts/bulk/resolution', way);
