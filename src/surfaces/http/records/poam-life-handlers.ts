/** The life of POA&Ms: explained, told, moved on by a person. */
import { intersected, type Scope } from '../../../canonical/access/index.ts';
import type { poamLifeRoutes } from '../../../contract/index.ts';
import { defined } from '../../../platform/values/index.ts';
import {
  acceptPoamEvidence,
  completePoam,
  deliverPoamEvidence,
  explainPoam,
  extendPoam,
  fetchLifeSettings,
  openPoamEvidence,
  reopenPoam,
  resendPoamEvidence,
  setLifeSettings,
  tellChangesSince,
  tellPoam,
} from '../../../review/records/index.ts';
import type { Handlers } from '../kit/call.ts';
import { headerName } from '../header-name.ts';
import { orMoved } from '../kit/moved.ts';

/** The scope, cut to the boundaries that are looked at: their ids with commas between them, `none` for what is in none. */
function lookedAt(scope: Scope, system: string | undefined): Scope {
  const named = (system ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
  if (named.length === 0) return scope;
  const systemIds = named.filter((each) => each !== 'none');
  return intersected(scope, { kind: 'boundaries', systemIds, unassigned: named.includes('none') });
}

export const poamLifeHandlers: Handlers<typeof poamLifeRoutes> = {
  explainPoam: async ({ app, scope, params }) => ({ body: await explainPoam(app, scope, params.poamId) }),
  tellPoam: async ({ app, scope, params, query }) => ({
    body: { items: await tellPoam(app, scope, params.poamId, query) },
  }),
  getPoamEvidence: async ({ app, scope, params }) => {
    const { name, stream } = await openPoamEvidence(app, scope, params);
    // Never as what it says it is: a page that somebody attached is not to run here.
    return { stream, type: 'application/octet-stream', fileName: headerName(name) };
  },
  deliverPoamEvidence: async ({ app, by, scope, params, body }) => ({
    body: await deliverPoamEvidence(app, {
      who: { actor: by.actor, scope },
      of: params,
      reason: body.reason,
    }),
  }),
  resendPoamEvidence: async ({ app, by, scope, params, body }) => ({
    body: await resendPoamEvidence(app, { who: { actor: by.actor, scope }, of: params, reason: body.reason }),
  }),
  acceptPoamEvidence: async ({ app, by, scope, params, body }) => ({
    body: await acceptPoamEvidence(app, { who: { actor: by.actor, scope }, of: params, reason: body.reason }),
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
    body: await tellChangesSince(app, lookedAt(scope, query.system), {
      since: new Date(query.since),
      limit: query.limit,
    }),
  }),
};
