/** Rules that tie weaknesses to controls, over HTTP. */
import type { controlRuleRoutes } from '../../../contract/index.ts';
import {
  addControlRule,
  changeControlRule,
  explainControls,
  listStoredRules,
  removeControlRule,
} from '../../../modules/controls/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Handlers } from '../kit/call.ts';

/** Rules are numbered; what is no number of one is none. */
function numberOf(id: string): number {
  if (/^\d{1,9}$/.test(id)) return Number(id);
  throw new TielineError('RECORD_UNKNOWN', `There is no rule of controls ${id}.`);
}

export const controlRuleHandlers: Handlers<typeof controlRuleRoutes> = {
  listControlRules: async ({ app }) => ({ body: await listStoredRules(app.db) }),
  addControlRule: async ({ app, by, body }) => ({ body: await addControlRule(app, body, by.actor) }),
  changeControlRule: async ({ app, by, params, body }) => ({
    body: await changeControlRule(app, numberOf(params.controlRuleId), body, by.actor),
  }),
  removeControlRule: async ({ app, by, params }) => ({
    body: await removeControlRule(app, numberOf(params.controlRuleId), by.actor),
  }),
  explainControls: async ({ app, params }) => ({ body: await explainControls(app, params.pluginId) }),
};
