/** Risk scores with their parts. */
import type { riskRoutes } from '../../../contract/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { explainAssetRisk, explainPluginRisk } from '../../../record/intelligence/index.ts';
import type { Handlers } from '../kit/call.ts';

export const riskHandlers: Handlers<typeof riskRoutes> = {
  getAssetRisk: async ({ app, scope, params: { assetUuid } }) => {
    const found = await explainAssetRisk(app.db, scope, assetUuid);
    if (!found) throw new TielineError('RECORD_UNKNOWN', `There is no asset ${assetUuid}.`);
    return { body: found };
  },
  getPluginRisk: async ({ app, scope, params: { pluginId } }) => {
    const found = await explainPluginRisk(app.db, scope, pluginId);
    if (!found) throw new TielineError('RECORD_UNKNOWN', `There is no risk score of plugin ${pluginId}.`);
    return { body: found };
  },
};
