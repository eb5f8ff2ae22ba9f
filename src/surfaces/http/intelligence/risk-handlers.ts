/** Risk scores with their parts. */
import { scopeFor } from '../../../canonical/access/index.ts';
import type { riskRoutes } from '../../../contract/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { explainAssetRisk, explainPluginRisk } from '../../../record/intelligence/index.ts';
import type { Handlers } from '../kit/call.ts';

export const riskHandlers: Handlers<typeof riskRoutes> = {
  getAssetRisk: async ({ app, by, now, scope, params: { assetUuid } }) => {
    const found = await explainAssetRisk(app.db, scope, assetUuid);
    if (!found) throw new TielineError('RECORD_UNKNOWN', `There is no asset ${assetUuid}.`);
    // Whoever may not see findings is told what they come to, and not which they are.
    const seesFindings = scopeFor(by.actor, 'finding:read', now) !== undefined;
    return { body: seesFindings ? found : { ...found, findings: [] } };
  },
  getPluginRisk: async ({ app, scope, params: { pluginId } }) => {
    const found = await explainPluginRisk(app.db, scope, pluginId);
    if (!found) throw new TielineError('RECORD_UNKNOWN', `There is no risk score of plugin ${pluginId}.`);
    return { body: found };
  },
};
