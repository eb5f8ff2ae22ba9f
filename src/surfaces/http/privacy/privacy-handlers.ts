/** Privacy requests and the accounting of disclosures over HTTP. */
import { privacyList } from '../../../canonical/lists/index.ts';
import { privacyRequestRow, type privacyRoutes } from '../../../contract/index.ts';
import {
  acknowledgePrivacyRequest,
  annotateRecord,
  appealPrivacyRequest,
  askForIdentity,
  closePrivacyRequest,
  countDisclosures,
  countPrivacyRequests,
  facetPrivacyRequests,
  fetchPrivacyRequest,
  findPrivacySearch,
  grantPrivacyRequest,
  identifySubject,
  leaveOutHits,
  listDisclosures,
  listPrivacyHits,
  listPrivacyRequests,
  makePrivacyCopy,
  openPrivacyCopy,
  type PrivacyRequestRow,
  receivePrivacyRequest,
  recordDisclosure,
  refusePrivacyRequest,
  reviewPrivacyRequest,
  type SearchView,
} from '../../../modules/privacy/index.ts';
import { requestPrivacySearch } from '../../../operate/jobs/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { defined } from '../../../platform/values/index.ts';
import { amendRecord, fileDisagreement, listRecordStatements } from '../../../review/privacy/index.ts';
import type { Handlers } from '../kit/call.ts';
import { byValue, most } from '../kit/list-answer.ts';
import { columnsOf, everyPage } from '../kit/list-export.ts';
import { listHandlers, type ListParts } from '../kit/list-handlers.ts';

/** Requests are numbered; what is no number of one is none. */
function numberOf({ privacyId }: { readonly privacyId: string }): number {
  if (/^\d{1,9}$/.test(privacyId)) return Number(privacyId);
  throw new TielineError('RECORD_UNKNOWN', `There is no privacy request ${privacyId}.`);
}

const shownSearch = ({ tables, ...search }: SearchView) => ({
  ...search,
  tables: tables.map(({ keyColumns: _key, position: _position, ...table }) => table),
});

const stepHandlers = {
  receivePrivacyRequest: async ({ app, by, body }) => ({
    body: await receivePrivacyRequest(app, body, by.actor),
  }),
  getPrivacyRequest: async ({ app, params, now }) => ({
    body: await fetchPrivacyRequest(app.db, numberOf(params), now),
  }),
  acknowledgePrivacyRequest: async ({ app, by, params, body }) => ({
    body: await acknowledgePrivacyRequest(app, numberOf(params), { note: body.note, by: by.actor }),
  }),
  askForPrivacyIdentity: async ({ app, by, params, body }) => ({
    body: await askForIdentity(app, numberOf(params), { note: body.note, by: by.actor }),
  }),
  identifyPrivacySubject: async ({ app, by, params, body }) => ({
    body: await identifySubject(app, numberOf(params), { ...body, by: by.actor }),
  }),
  reviewPrivacyRequest: async ({ app, by, params, body }) => ({
    body: await reviewPrivacyRequest(app, numberOf(params), { note: body.note, by: by.actor }),
  }),
  grantPrivacyRequest: async ({ app, by, params, body }) => ({
    body: await grantPrivacyRequest(app, numberOf(params), { ...body, by: by.actor }),
  }),
  refusePrivacyRequest: async ({ app, by, params, body }) => ({
    body: await refusePrivacyRequest(app, numberOf(params), { ...body, by: by.actor }),
  }),
  appealPrivacyRequest: async ({ app, by, params, body }) => ({
    body: await appealPrivacyRequest(app, numberOf(params), { ...body, by: by.actor }),
  }),
  closePrivacyRequest: async ({ app, by, params, body }) => ({
    body: await closePrivacyRequest(app, numberOf(params), { ...body, by: by.actor }),
  }),
  amendForPrivacy: async ({ app, by, params, body: { entity, recordId, changes } }) => ({
    body: await amendRecord(app, by.actor, numberOf(params), {
      entity,
      id: recordId,
      changes,
    }),
  }),
  annotateForPrivacy: async ({ app, by, params, body: { table, recordId, note } }) => ({
    body: await annotateRecord(app, numberOf(params), {
      note,
      to: { entity: table, id: recordId, systemId: null },
      by: by.actor,
    }),
  }),
  disagreeForPrivacy: async ({ app, by, params, body }) => ({
    body: await fileDisagreement(app, by.actor, numberOf(params), body),
  }),
} satisfies Partial<Handlers<typeof privacyRoutes>>;

const foundHandlers = {
  startPrivacySearch: async ({ app, by, params, body }) => ({
    body: await requestPrivacySearch(app, by.actor, { id: numberOf(params), terms: body.terms }),
  }),
  getPrivacySearch: async ({ app, params, now }) => {
    const { id } = await fetchPrivacyRequest(app.db, numberOf(params), now);
    const search = await findPrivacySearch(app, id);
    return { body: { search: search ? shownSearch(search) : null } };
  },
  listPrivacyHits: async ({ app, params, query }) => ({
    body: { items: await listPrivacyHits(app, numberOf(params), query) },
  }),
  leaveOutPrivacyHits: async ({ app, by, params, body }) => ({
    body: await leaveOutHits(app, numberOf(params), { ...body, by: by.actor }),
  }),
  makePrivacyCopy: async ({ app, by, params }) => ({
    body: await makePrivacyCopy(app, numberOf(params), by.actor),
  }),
  getPrivacyCopy: async ({ app, params, query }) => {
    const { stream, sha256, bytes, fileName } = await openPrivacyCopy(app, numberOf(params), query.form);
    return {
      stream,
      type: query.form === 'html' ? 'text/html; charset=utf-8' : 'application/json',
      fileName,
      headers: {
        'content-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
        'content-length': String(bytes),
      },
    };
  },
} satisfies Partial<Handlers<typeof privacyRoutes>>;

const statementHandlers = {
  listPoamStatements: async ({ app, scope, params }) => ({
    body: { items: await listRecordStatements(app, scope, { entity: 'poam', id: params.poamId }) },
  }),
  listAssetStatements: async ({ app, scope, params }) => ({
    body: { items: await listRecordStatements(app, scope, { entity: 'asset', id: params.assetUuid }) },
  }),
  listSystemStatements: async ({ app, scope, params }) => ({
    body: { items: await listRecordStatements(app, scope, { entity: 'system', id: params.systemId }) },
  }),
} satisfies Partial<Handlers<typeof privacyRoutes>>;

const disclosureHandlers = {
  listDisclosures: async ({ app, query: { of, ...page } }) => {
    const names = of?.split(',').map((name) => name.trim());
    const person = names ? { of: names } : {};
    return {
      body: {
        items: await listDisclosures(app.db, { ...defined(page), limit: page.limit, ...person }),
        total: await countDisclosures(app.db, person),
      },
    };
  },
  recordDisclosure: async ({ app, by, body, now }) => ({
    body: {
      id: await app.store.transaction(({ db }) =>
        recordDisclosure(db, { ...body, scope: { kind: 'everywhere' }, at: now, by: by.actor }),
      ),
    },
  }),
} satisfies Partial<Handlers<typeof privacyRoutes>>;

export const privacyHandlers = (parts: ListParts): Handlers<typeof privacyRoutes> => ({
  ...listHandlers('PrivacyRequests', privacyList, {
    parts,
    source: {
      page: ({ db, now }, _scope, request) => listPrivacyRequests(db, request, now()),
      count: ({ db, now }, _scope, filter, { exact }) => countPrivacyRequests(db, filter, now(), most(exact)),
      facet: async ({ db, now }, _scope, filter, by) =>
        byValue(await facetPrivacyRequests(db, filter, now(), by)),
      stream: ({ db, now }, _scope, { filter, sort }) =>
        everyPage((after, limit) => listPrivacyRequests(db, { filter, sort, after, limit }, now())),
      columns: columnsOf<PrivacyRequestRow>(privacyRequestRow),
    },
  }),
  ...stepHandlers,
  ...foundHandlers,
  ...statementHandlers,
  ...disclosureHandlers,
});
