/** Who decides requests. */
import type { deciderRoutes } from '../../../contract/index.ts';
import { listDeciderRules, resetDeciderRule, setDeciderRule } from '../../../engine/approvals/index.ts';
import type { Handlers } from '../kit/call.ts';

export const deciderHandlers: Handlers<typeof deciderRoutes> = {
  listDeciders: async ({ app, scope, query }) => ({
    body: await listDeciderRules(app.db, scope, query.system),
  }),
  setDecider: async ({ app, by, body: { kind, boundary, severity, ...rule } }) => ({
    body: await setDeciderRule(app, by.actor, { place: { boundary, kind, severity }, ...rule }),
  }),
  resetDecider: async ({ app, by, body: { kind, boundary, severity } }) => ({
    body: await resetDeciderRule(app, by.actor, { boundary, kind, severity }),
  }),
};
