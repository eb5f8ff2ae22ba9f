/** Deviations and the files of their evidence. */
import type { Readable } from 'node:stream';
import { deviationList } from '../../../canonical/lists/index.ts';
import { deviationRow, type deviationRoutes } from '../../../contract/index.ts';
import type { App } from '../../../engine/run/index.ts';
import {
  addEvidence,
  checkInVendor,
  countDeviations,
  countDeviationsBy,
  fetchDeviation,
  fetchEvidence,
  keepEvidence,
  listDeviations,
  type ListedDeviation,
  readRequest,
  requestDeviation,
  withdrawDeviation,
} from '../../../modules/deviations/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Handlers } from '../kit/call.ts';
import { headerName } from '../header-name.ts';
import { byValue, most } from '../kit/list-answer.ts';
import { columnsOf, everyPage } from '../kit/list-export.ts';
import { listHandlers, type ListParts } from '../kit/list-handlers.ts';

function filesOf({ files }: Pick<App, 'files'>): NonNullable<App['files']> {
  if (files) return files;
  throw new TielineError('INTERNAL', 'This build of Tieline keeps no files.');
}

/** The file of a request, as it comes. */
function bodyOf(stream: Readable | undefined): Readable {
  if (stream) return stream;
  throw new TielineError('MEDIA_TYPE_UNKNOWN', 'The file is to be the body, as application/octet-stream.');
}

export const deviationHandlers = (parts: ListParts): Handlers<typeof deviationRoutes> => ({
  ...listHandlers('Deviations', deviationList, {
    parts,
    source: {
      page: ({ db }, scope, request) => listDeviations(db, scope, request),
      count: ({ db }, scope, filter, { exact }) => countDeviations(db, scope, filter, most(exact)),
      facet: async ({ db }, scope, filter, by) => byValue(await countDeviationsBy(db, scope, filter, by)),
      stream: ({ db }, scope, { filter, sort }) =>
        everyPage((after, limit) =>
          listDeviations(db, scope, { filter, sort, limit, ...(after ? { after } : {}) }),
        ),
      columns: columnsOf<ListedDeviation>(deviationRow),
    },
  }),
  getDeviation: async ({ app, scope, params }) => ({
    body: await fetchDeviation(app.db, scope, params.deviationId),
  }),
  keepEvidence: async ({ app, by, stream }) => ({
    body: await keepEvidence(app, by.actor, bodyOf(stream)),
  }),
  requestDeviation: async ({ app, by, scope, body }) => {
    const asked = await requestDeviation(app, by.actor, scope, readRequest(body));
    return { body: asked, location: `/api/v1/deviations/${asked.id}` };
  },
  withdrawDeviation: async ({ app, by, scope, params, body }) => ({
    body: await withdrawDeviation(app, { actor: by.actor, scope }, { id: params.deviationId, ...body }),
  }),
  revokeDeviation: async ({ app, by, scope, params, body }) => ({
    body: await withdrawDeviation(app, { actor: by.actor, scope }, { id: params.deviationId, ...body }),
  }),
  addEvidence: async ({ app, by, scope, params, body }) => ({
    body: await addEvidence(app, { actor: by.actor, scope }, { id: params.deviationId, ...body }),
  }),
  getEvidence: async ({ app, scope, params: { deviationId, sha256 } }) => {
    const { name } = await fetchEvidence(app, scope, { id: deviationId, sha256 });
    const { stream } = await filesOf(app).store.open(sha256);
    // Never as what it says it is: a page that somebody attached is not to run here.
    return { stream, type: 'application/octet-stream', fileName: headerName(name) };
  },
  checkInVendor: async ({ app, by, scope, params, body }) => ({
    body: await checkInVendor(app, { actor: by.actor, scope }, { id: params.deviationId, ...body }),
  }),
});
