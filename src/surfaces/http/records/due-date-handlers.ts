/** Due-date policies, where they apply, and why a POA&M is due when it is. */
import { isWithin, type Scope } from '../../../canonical/access/index.ts';
import type { dueDateRoutes } from '../../../contract/index.ts';
import type { App } from '../../../engine/run/index.ts';
import {
  addPolicyVersion,
  changeFreeDay,
  evaluatePoam,
  explainDueDate,
  inputsOfTrial,
  letPromiseStand,
  listDuePolicies,
  listFreeDays,
  listPolicyHistory,
  listSaidOfPoam,
  listToldFacts,
  listUnanswered,
  listZones,
  previewPolicyUse,
  setBoundaryFacts,
  setExposure,
  setPolicyUse,
  tryDueDate,
} from '../../../modules/due-dates/index.ts';
import { fetchBoundary } from '../../../review/boundaries/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { fetchAssetReach } from '../../../record/systems/index.ts';
import type { Handlers } from '../kit/call.ts';

/** @throws RECORD_UNKNOWN where it is not there or out of scope. */
async function known(app: App, scope: Scope, systemId: string): Promise<string> {
  if (!isWithin(scope, systemId)) throw new TielineError('RECORD_UNKNOWN', `There is no system ${systemId}.`);
  await fetchBoundary(app, scope, systemId);
  return systemId;
}

export const dueDateHandlers: Handlers<typeof dueDateRoutes> = {
  listDuePolicies: async ({ app, scope }) => ({ body: { items: await listDuePolicies(app, scope) } }),
  listDuePolicyHistory: async ({ app, scope }) => ({ body: { items: await listPolicyHistory(app, scope) } }),
  tryDuePolicies: async ({ app, scope, body }) => ({
    body: {
      items: await tryDueDate(app, scope, {
        systemId: body.systemId,
        every: body.every,
        inputs: inputsOfTrial(body),
      }),
    },
  }),
  addDuePolicy: async ({ app, by, body }) => ({ body: await addPolicyVersion(app, by.actor, body) }),
  previewDefaultDuePolicy: async ({ app, scope, body }) => ({
    body: await previewPolicyUse(app, scope, { ...body, systemId: null }),
  }),
  setDefaultDuePolicy: async ({ app, by, body }) => {
    await setPolicyUse(app, by.actor, { ...body, systemId: null });
    return { body: undefined };
  },
  previewSystemDuePolicy: async ({ app, scope, params, body }) => ({
    body: await previewPolicyUse(app, scope, {
      ...body,
      systemId: await known(app, scope, params.systemId),
    }),
  }),
  setSystemDuePolicy: async ({ app, by, scope, params, body }) => {
    await setPolicyUse(app, by.actor, { ...body, systemId: await known(app, scope, params.systemId) });
    return { body: undefined };
  },
  listFreeDays: async ({ app, query, now }) => ({
    body: await listFreeDays(app, query.year ?? now.getUTCFullYear()),
  }),
  setFreeDay: async ({ app, by, body: { title, isWorking, ...given } }) => {
    await changeFreeDay(app, by.actor, given, title === null ? null : { title, isWorking });
    return { body: undefined };
  },
  listSystemDueFacts: async ({ app, scope, params }) => ({
    body: await listToldFacts(app, await known(app, scope, params.systemId)),
  }),
  setSystemDueFacts: async ({ app, by, scope, params, body }) => {
    const systemId = await known(app, scope, params.systemId);
    await setBoundaryFacts(app, by.actor, systemId, body);
    return { body: await listToldFacts(app, systemId) };
  },
  getPoamDueFacts: async ({ app, scope, params }) => ({
    body: await listSaidOfPoam(app, scope, params.poamId),
  }),
  evaluatePoamWeaknesses: async ({ app, by, scope, params: { poamId }, body }) => {
    await evaluatePoam(app, by.actor, scope, { poamId, ...body });
    return { body: await explainDueDate(app, scope, poamId) };
  },
  setAssetExposure: async ({ app, by, scope, params: { assetUuid }, body }) => {
    // Of an asset in several boundaries, who says so sees all of them: it holds in each.
    const { isInside, isOutside } = await fetchAssetReach(app.db, scope, assetUuid);
    if (!isInside || isOutside) throw new TielineError('RECORD_UNKNOWN', `There is no asset ${assetUuid}.`);
    await setExposure(app, by.actor, { assetUuid, zone: null }, body);
    return { body: undefined };
  },
  listUnansweredDueFacts: async ({ app, scope, query }) => ({
    body: await listUnanswered(app.db, scope, query),
  }),
  listZoneExposures: async ({ app, scope }) => ({ body: await listZones(app.db, scope) }),
  setZoneExposure: async ({ app, by, body: { zone, ...said } }) => {
    await setExposure(app, by.actor, { assetUuid: null, zone }, said);
    return { body: undefined };
  },
  explainPoamDueDate: async ({ app, scope, params }) => ({
    body: await explainDueDate(app, scope, params.poamId),
  }),
  letPoamPromiseStand: async ({ app, by, scope, params, body }) => {
    await letPromiseStand(app, by.actor, scope, { poamId: params.poamId, reason: body.reason });
    return { body: await explainDueDate(app, scope, params.poamId) };
  },
};
