/** Who decides requests, as src/contract/routes/requests/decider-routes.ts gives it. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { deciderList } from '../../../../src/contract/index.ts';
import { get, post, put } from '../http/client.ts';

export type DeciderRule = z.infer<typeof deciderList>[number];
export type DeciderLevel = DeciderRule['levels'][number];

/** @param system undefined: of every system that one may see. */
export const decidersQuery = (system?: string) =>
  queryOptions({
    queryKey: ['deciders', system ?? ''],
    queryFn: ({ signal }) => get<readonly DeciderRule[]>('/deciders', { query: { system }, signal }),
  });

export type DeciderDraft = Pick<
  DeciderRule,
  'kind' | 'boundary' | 'severity' | 'levels' | 'isRefused' | 'answerWithinDays' | 'longestDays' | 'note'
>;
export const setDecider = (draft: DeciderDraft): Promise<unknown> => put('/deciders', draft);
/** Gives a boundary back to the rules of all. */
export const resetDecider = (
  kind: DeciderRule['kind'],
  boundary: string,
  severity: DeciderRule['severity'],
): Promise<unknown> => post('/deciders/reset', { kind, boundary, severity });
