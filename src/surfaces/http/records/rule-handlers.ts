/** Weakness rules and exclusions. */
import type { ruleRoutes } from '../../../contract/index.ts';
import {
  endExclusionNow,
  exclude,
  fetchExclusion,
  fetchExclusions,
  fetchRuleHistory,
  fetchRules,
  setRule,
} from '../../../modules/weaknesses/index.ts';
import { previewRuleChange } from '../../../review/rules/index.ts';
import type { Handlers } from '../kit/call.ts';

export const ruleHandlers: Handlers<typeof ruleRoutes> = {
  listRules: async ({ app, scope }) => ({ body: await fetchRules(app, scope) }),
  listRuleVersions: async ({ app, scope, query }) => ({
    body: { items: await fetchRuleHistory(app, scope, query.systemId ?? null) },
  }),
  previewRule: async ({ app, by, scope, body, signal }) => ({
    body: await previewRuleChange(app, { actor: by.actor, scope }, body, { signal, report: () => undefined }),
  }),
  setRule: async ({ app, by, scope, body }) => ({ body: await setRule(app, by.actor, scope, body) }),
  listExclusions: async ({ app, scope, query }) => ({
    body: { items: await fetchExclusions(app, scope, query.all) },
  }),
  getExclusion: async ({ app, scope, params }) => ({
    body: await fetchExclusion(app, scope, params.exclusionId),
  }),
  addExclusion: async ({ app, by, scope, body: { expiresAt, ...given } }) => ({
    body: await exclude(app, by.actor, scope, { ...given, expiresAt: new Date(expiresAt) }),
  }),
  endExclusion: async ({ app, by, scope, params, body }) => ({
    body: await endExclusionNow(app, by.actor, scope, { id: params.exclusionId, reason: body.reason }),
  }),
};
