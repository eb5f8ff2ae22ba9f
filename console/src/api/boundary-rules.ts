/** Rules that put assets into a system, what a change of one would move, and the assets of a system, as src/contract gives them. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { boundaryMembers, boundaryRules, ruleChanged, ruleEffect } from '../../../src/contract/index.ts';
import { get, post } from './http/client.ts';

export type BoundaryRule = z.infer<typeof boundaryRules>['items'][number];
export type AssetRole = BoundaryRule['role'];
type Condition = BoundaryRule['conditions'][number];
export type ConditionKind = Condition['kind'];
export type RuleEffect = z.infer<typeof ruleEffect>;
type RuleChanged = z.infer<typeof ruleChanged>;
type Members = z.infer<typeof boundaryMembers>;
export type Member = Members['items'][number];

const pathOf = (systemId: string): string => `/systems/${encodeURIComponent(systemId)}`;

export const rulesQuery = (systemId: string) =>
  queryOptions({
    queryKey: ['systems', systemId, 'rules'],
    queryFn: ({ signal }) =>
      get<{ readonly items: readonly BoundaryRule[] }>(`${pathOf(systemId)}/rules`, { signal }),
  });

export const membersPage = 100;
export const membersQuery = (systemId: string, offset: number) =>
  queryOptions({
    queryKey: ['systems', systemId, 'members', offset],
    queryFn: ({ signal }) =>
      get<Members>(`${pathOf(systemId)}/members`, { query: { offset, limit: membersPage }, signal }),
  });

export interface RuleDraft {
  readonly priority: number;
  readonly role: AssetRole;
  readonly conditions: readonly Condition[];
  readonly note: string | null;
}

export const previewRule = (systemId: string, rule: RuleDraft): Promise<RuleEffect> =>
  post(`${pathOf(systemId)}/rules/preview`, rule);

export const addRule = (
  systemId: string,
  rule: RuleDraft & { readonly sha256: string; readonly reason?: string | undefined },
): Promise<RuleChanged> => post(`${pathOf(systemId)}/rules`, rule);

export const ruleEndQuery = (ruleId: number) =>
  queryOptions({
    queryKey: ['systems', 'rule', ruleId, 'end'],
    queryFn: ({ signal }) => get<RuleEffect>(`/boundary-rules/${ruleId}/end`, { signal }),
    staleTime: 0,
  });

export const endRule = (
  ruleId: number,
  more: { readonly sha256: string; readonly reason?: string | undefined },
): Promise<RuleChanged> => post(`/boundary-rules/${ruleId}/end`, more);
