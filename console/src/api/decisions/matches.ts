/** Matches that rules leave to a person, as src/contract gives them. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { matchPage, matchRow, matchSettled } from '../../../../src/contract/index.ts';
import { get, post, type Query } from '../http/client.ts';
import type { Page } from '../lists.ts';

export type MatchRow = z.infer<typeof matchRow>;
export type MatchDetail = z.infer<typeof matchPage>;
export type Candidate = MatchDetail['candidates'][number];
export type MatchSettled = z.infer<typeof matchSettled>;

export const matchQuery = (id: string) =>
  queryOptions({
    queryKey: ['matches', id],
    queryFn: ({ signal }) => get<MatchDetail>(`/matches/${encodeURIComponent(id)}`, { signal }),
  });

/** The matches of a list in its order, as far as one goes through them at a sitting. */
export const matchRunQuery = (filters: Query, sort: string | undefined) =>
  queryOptions({
    queryKey: ['list', 'matches', 'run', filters, sort],
    queryFn: ({ signal }) =>
      get<Page<MatchRow>>('/matches', { query: { ...filters, sort, limit: 500 }, signal }),
  });

export interface MatchDecision {
  readonly decision: 'accept' | 'reject';
  readonly choice?: string;
  readonly always?: boolean;
  readonly replaces?: boolean;
  readonly reason?: string;
}

export const decideMatch = (id: number, decision: MatchDecision): Promise<MatchSettled> =>
  post(`/matches/${id}/decision`, decision);
