/** The parts of an asset's page. */
import { Readable } from 'node:stream';
import { scopeFor } from '../../../canonical/access/index.ts';
import type { assetRoutes } from '../../../contract/index.ts';
import {
  assetExposureOverTime,
  assetFixTimes,
  fetchAssetComponents,
  fetchAssetCompliance,
  fetchAssetHistory,
  fetchAssetIdentity,
  fetchAssetSources,
  isAssetThere,
  sourceFields,
} from '../../../record/asset-lists/index.ts';
import { exportChecklist, listAssetStigs } from '../../../modules/stig-files/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { merge, split } from '../../../review/assets/index.ts';
import { editRecord, fetchContextOfAsset } from '../../../review/records/index.ts';
import type { Handlers } from '../kit/call.ts';
import { orMoved } from '../kit/moved.ts';

/** @throws TielineError RECORD_UNKNOWN where there is nothing. */
function known<T>(found: T | undefined, assetUuid: string): T {
  if (found !== undefined) return found;
  throw new TielineError('RECORD_UNKNOWN', `There is no asset ${assetUuid}.`);
}

const dayMs = 86_400_000;
const shownDays = 90;
const mostDays = 400;

/** The days that are asked for, the last 90 by default. @throws TielineError REQUEST_INVALID where they are too many or in the wrong order. */
function period(given: { readonly from?: string | undefined; readonly to?: string | undefined }, now: Date) {
  const to = given.to ?? now.toISOString().slice(0, 10);
  const from = given.from ?? new Date(Date.parse(to) - (shownDays - 1) * dayMs).toISOString().slice(0, 10);
  const days = (Date.parse(to) - Date.parse(from)) / dayMs;
  if (days >= 0 && days < mostDays) return { from, to };
  throw new TielineError('REQUEST_INVALID', 'The query of the request is not what it must be.', {
    fields: [{ field: '/from', message: `name a period of 1 to ${mostDays} days` }],
  });
}

export const assetHandlers: Handlers<typeof assetRoutes> = {
  listAssetChecklists: async ({ app, scope, params: { assetUuid } }) => {
    if (!(await isAssetThere(app.db, scope, assetUuid))) known(undefined, assetUuid);
    return { body: { items: await listAssetStigs(app.db, scope, assetUuid) } };
  },
  exportAssetChecklist: async ({ app, scope, params: { assetUuid }, query: { stig, format } }) => {
    const { fileName, text } = await exportChecklist(app, scope, { assetUuid, stig, format });
    return { stream: Readable.from([text]), type: 'application/octet-stream', fileName };
  },
  getAssetSources: async ({ app, scope, params: { assetUuid } }) => {
    const sources = known(await fetchAssetSources(app.db, scope, assetUuid), assetUuid);
    return {
      body: {
        sources: sources.map(({ record: _record, ...source }) => source),
        fields: sourceFields(sources).map((field) => ({
          ...field,
          values: field.values.map((value) => value ?? null),
        })),
      },
    };
  },
  getAssetIdentity: async ({ app, scope, params: { assetUuid } }) => ({
    body: known(await fetchAssetIdentity(app.db, scope, assetUuid), assetUuid),
  }),
  listAssetComponents: async ({ app, scope, params: { assetUuid } }) => ({
    body: { items: known(await fetchAssetComponents(app.db, scope, assetUuid), assetUuid) },
  }),
  getAssetExposure: async ({ app, scope, params: { assetUuid }, query, now }) => {
    const asked = period(query, now);
    // Neither read says whether there is such an asset.
    if (!(await isAssetThere(app.db, scope, assetUuid))) known(undefined, assetUuid);
    return {
      body: {
        ...asked,
        days: await assetExposureOverTime(app.db, scope, assetUuid, asked),
        fixTimes: await assetFixTimes(app.db, scope, assetUuid),
      },
    };
  },
  getAssetContext: async ({ app, by, scope, params: { assetUuid }, now }) => {
    const editable = scopeFor(by.actor, 'asset:write', now);
    const detail = await fetchContextOfAsset(app, scope, editable, assetUuid);
    return { body: detail, version: detail.version };
  },
  editAssetContext: async ({ app, by, scope, params: { assetUuid }, body, version }) => {
    const edit = { entity: 'asset_context', id: assetUuid, version, ...defined(body) } as const;
    const outcome = await orMoved(editRecord(app, by.actor, scope, { ...edit, changes: body.changes }));
    return { body: defined(outcome), version: outcome.version };
  },
  mergeAsset: async ({ app, by, scope, params: { assetUuid }, body: { into, reason } }) => {
    for (const each of [assetUuid, into])
      if (!(await isAssetThere(app.db, scope, each))) known(undefined, each);
    return { body: await merge(app, scope, { from: assetUuid, into }, { by: by.actor.name, reason }) };
  },
  splitAsset: async ({ app, by, scope, params: { assetUuid }, body: { source, externalId, reason } }) => {
    if (!(await isAssetThere(app.db, scope, assetUuid))) known(undefined, assetUuid);
    const record = { system: source, externalId, of: assetUuid };
    return { body: await split(app, scope, record, { by: by.actor.name, reason }) };
  },
  listAssetHistory: async ({ app, scope, params: { assetUuid }, query }) => ({
    body: { items: known(await fetchAssetHistory(app.db, scope, assetUuid, query.limit), assetUuid) },
  }),
  listAssetCompliance: async ({ app, scope, params: { assetUuid }, query }) => ({
    body: { items: known(await fetchAssetCompliance(app.db, scope, assetUuid, query.limit), assetUuid) },
  }),
};
