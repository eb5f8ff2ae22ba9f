/** Weakness rules of the boundaries, and what is excluded from them. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { ruleRoutes } from '../../../src/contract/index.ts';
import { get, post } from './http/client.ts';

type Answer<Id extends keyof typeof ruleRoutes> = z.infer<(typeof ruleRoutes)[Id]['answer']['shape']>;
export type Rules = Answer<'listRules'>;
export type RuleInForce = Rules['inherited'];
export type Rule = RuleInForce['rule'];
export type RuleVersion = Answer<'listRuleVersions'>['items'][number];
export type RulePreview = Answer<'previewRule'>;
export type Exclusion = Answer<'listExclusions'>['items'][number];
export type ExclusionShown = Answer<'getExclusion'>;

export const rulesQuery = queryOptions({
  queryKey: ['rules'],
  queryFn: ({ signal }) => get<Rules>('/weakness-rules', { signal }),
});
/** @param systemId null: the rule of all boundaries. */
export const ruleVersionsQuery = (systemId: string | null) =>
  queryOptions({
    queryKey: ['rules', 'versions', systemId],
    queryFn: ({ signal }) =>
      get<{ readonly items: readonly RuleVersion[] }>('/weakness-rules/versions', {
        signal,
        query: { systemId: systemId ?? undefined },
      }),
  });
export const exclusionsQuery = queryOptions({
  queryKey: ['rules', 'exclusions'],
  queryFn: ({ signal }) => get<{ readonly items: readonly Exclusion[] }>('/weakness-exclusions', { signal }),
});
export const exclusionQuery = (id: number) =>
  queryOptions({
    queryKey: ['rules', 'exclusions', id],
    queryFn: ({ signal }) => get<ExclusionShown>(`/weakness-exclusions/${id}`, { signal }),
  });

export interface RuleEdit {
  readonly systemId: string | null;
  readonly rule: Rule | null;
}
export const previewRule = (edit: RuleEdit): Promise<RulePreview> => post('/weakness-rules/preview', edit);
export const saveRule = (
  edit: RuleEdit & { readonly reason: string; readonly replaces: number },
): Promise<RuleVersion> => post('/weakness-rules', edit);
export const addExclusion = (given: {
  readonly systemId: string | null;
  readonly scope: Exclusion['scope'];
  readonly reason: string;
  readonly expiresAt: string;
}): Promise<Exclusion> => post('/weakness-exclusions', given);
export const endExclusion = (id: number, reason: string): Promise<Exclusion> =>
  post(`/weakness-exclusions/${id}/end`, { reason });
