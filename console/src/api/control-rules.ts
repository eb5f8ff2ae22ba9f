/** Rules that tie weaknesses to controls, as src/contract/routes/remediation/control-rule-routes.ts gives them. */
import { queryOptions } from '@tanstack/react-query';
import type { z } from 'zod';
import type { controlRules, controlsExplained } from '../../../src/contract/index.ts';
import { get, post } from './http/client.ts';

export type ControlRule = z.infer<typeof controlRules>[number];
type Explained = z.infer<typeof controlsExplained>;

export const controlRulesQuery = queryOptions({
  queryKey: ['control-rules'],
  queryFn: ({ signal }) => get<readonly ControlRule[]>('/control-rules', { signal }),
});
export const explainedQuery = (pluginId: string) =>
  queryOptions({
    queryKey: ['control-rules', 'explain', pluginId],
    queryFn: ({ signal }) =>
      get<Explained>(`/control-rules/explain/${encodeURIComponent(pluginId)}`, { signal }),
    retry: false,
  });
export const addControlRule = (rule: Omit<ControlRule, 'id'>): Promise<ControlRule> =>
  post('/control-rules', rule);
export const changeControlRule = (id: number, rule: Omit<ControlRule, 'id'>): Promise<ControlRule> =>
  post(`/control-rules/${id}/change`, rule);
export const removeControlRule = (id: number): Promise<ControlRule> => post(`/control-rules/${id}/remove`);
