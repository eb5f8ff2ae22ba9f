/** The life of POA&Ms: explained, told, moved on by a person. */
import type { poamLifeRoutes } from '../../../contract/index.ts';
import { defined } from '../../../platform/values/index.ts';
import {
  completePoam,
  explainPoam,
  extendPoam,
  fetchLifeSettings,
  reopenPoam,
  setLifeSettings,
  tellChangesSince,
  tellPoam,
} from '../../../review/records/index.ts';
import type { Handlers } from '../kit/call.ts';
import { orMoved } from '../kit/moved.ts';

export const poamLifeHandlers: Handlers<typeof poamLifeRoutes> = {
  explainPoam: async ({ app, scope, params }) => ({ body: await explainPoam(app, scope, params.poamId) }),
  tellPoam: async ({ app, scope, params, query }) => ({
    body: { items: await tellPoam(app, scope, params.poamId, query) },
  }),
  completePoam: async ({ app, by, scope, params, body, version }) => ({
    body: await orMoved(
      completePoam(app, by.actor, scope, {
        poamId: params.poamId,
        version,
        reason: body.reason,
        on: body.on,
      }),
    ),
  }),
  reopenPoam: async ({ app, by, scope, params, body, version }) => ({
    body: await orMoved(
      reopenPoam(app, by.actor, scope, { poamId: params.poamId, version, reason: body.reason }),
    ),
  }),
  extendPoam: async ({ app, by, scope, params, body, version }) => ({
    body: await orMoved(
      extendPoam(app, by.actor, scope, { poamId: params.poamId, version, reason: body.reason, to: body.to }),
    ),
  }),
  getLifeSettings: async ({ app, scope, params }) => ({
    body: await fetchLifeSettings(app, scope, params.systemId),
  }),
  setLifeSettings: async ({ app, by, scope, params, body }) => ({
    body: await setLifeSettings(app, by.actor, scope, {
      boundary: params.systemId,
      set: defined(body.set),
      reason: body.reason,
    }),
  }),
  tellChangesSince: async ({ app, scope, query }) => ({
    body: await tellChangesSince(app, scope, { since: new Date(query.since), limit: query.limit }),
  }),
};
