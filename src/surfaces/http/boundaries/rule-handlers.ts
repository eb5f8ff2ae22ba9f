/** Rules of boundaries. */
import { everywhere } from '../../../canonical/access/index.ts';
import type { boundaryRuleRoutes } from '../../../contract/index.ts';
import { changeRule, previewRuleChange } from '../../../modules/boundary-rules/index.ts';
import { explainBoundaries, listRulesOf } from '../../../review/boundary-rules/index.ts';
import type { Handlers } from '../kit/call.ts';

export const boundaryRuleHandlers: Handlers<typeof boundaryRuleRoutes> = {
  listBoundaryRules: async ({ app, scope, params }) => ({
    body: { items: await listRulesOf(app, scope, params.systemId) },
  }),
  previewBoundaryRule: async ({ app, params, body }) => ({
    body: await previewRuleChange(app, { kind: 'make', rule: { ...params, ...body } }, everywhere),
  }),
  addBoundaryRule: async ({ app, by, params, body: { sha256, reason, ...rule } }) => ({
    body: await changeRule(
      app,
      { kind: 'make', rule: { ...params, ...rule } },
      { by: by.actor.name, reason, sha256, scope: everywhere },
    ),
  }),
  previewBoundaryRuleEnd: async ({ app, params }) => ({
    body: await previewRuleChange(app, { kind: 'end', ...params }, everywhere),
  }),
  endBoundaryRule: async ({ app, by, params, body: { sha256, reason } }) => ({
    body: await changeRule(
      app,
      { kind: 'end', ...params },
      { by: by.actor.name, reason, sha256, scope: everywhere },
    ),
  }),
  explainAssetBoundaries: async ({ app, scope, params }) => ({
    body: await explainBoundaries(app, scope, params.assetUuid),
  }),
};
