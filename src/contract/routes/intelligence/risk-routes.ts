import { z } from 'zod';
import { assetRisk, pluginRisk } from '../../records/index.ts';
import { defineRoutes } from '../define-route.ts';

export const riskRoutes = defineRoutes({
  getAssetRisk: {
    method: 'GET',
    path: '/assets/:assetUuid/risk',
    tag: 'assets',
    summary: 'The risk score of an asset with every part of it',
    permission: 'asset:read',
    scope: 'boundaries',
    params: z.strictObject({ assetUuid: z.guid() }),
    answer: { status: 200, shape: assetRisk },
  },
  getPluginRisk: {
    method: 'GET',
    path: '/plugins/:pluginId/risk',
    tag: 'findings',
    summary: 'The risk score of a plugin, by boundary, with every part',
    permission: 'finding:read',
    scope: 'boundaries',
    params: z.strictObject({ pluginId: z.string().min(1).max(64) }),
    answer: { status: 200, shape: pluginRisk },
  },
});
