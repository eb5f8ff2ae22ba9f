/** The security log over HTTP. */
import { securityEventList } from '../../../canonical/lists/index.ts';
import { securityEventRow, type securityRoutes } from '../../../contract/index.ts';
import {
  countSecurityEvents,
  facetSecurityEvents,
  fetchSecurityEvent,
  investigateEvent,
  listSecurityEvents,
  type SecurityEventRow,
} from '../../../ledger/security/index.ts';
import {
  fetchForwardingState,
  fetchLastVerification,
  setForwarding,
  testForwarding,
  verifySecurityLog,
} from '../../../operate/security-log/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Handlers } from '../kit/call.ts';
import { byValue, most } from '../kit/list-answer.ts';
import { columnsOf, everyPage } from '../kit/list-export.ts';
import { listHandlers, type ListParts } from '../kit/list-handlers.ts';
import { originOf } from '../kit/origin.ts';

export const securityHandlers = (parts: ListParts): Handlers<typeof securityRoutes> => ({
  ...listHandlers('SecurityEvents', securityEventList, {
    parts,
    source: {
      page: ({ db }, scope, request) => listSecurityEvents(db, scope, request),
      count: ({ db }, scope, filter, { exact }) => countSecurityEvents(db, scope, filter, most(exact)),
      facet: async ({ db }, scope, filter, by) => byValue(await facetSecurityEvents(db, scope, filter, by)),
      stream: ({ db }, scope, { filter, sort }) =>
        everyPage((after, limit) => listSecurityEvents(db, scope, { filter, sort, after, limit })),
      columns: columnsOf<SecurityEventRow>(securityEventRow),
    },
  }),
  async getSecurityEvent({ app, scope, params }) {
    const event = await fetchSecurityEvent(app.db, scope, params.eventId);
    if (!event) throw new TielineError('RECORD_UNKNOWN', `There is no security event ${params.eventId}.`);
    return { body: event };
  },
  investigateSecurityEvent: async (call) => ({
    body: await investigateEvent(
      call.app,
      { scope: call.scope, origin: originOf(call) },
      call.params.eventId,
      call.body,
    ),
  }),
  getSecurityForwarding: async ({ app }) => ({ body: { forwarding: await fetchForwardingState(app) } }),
  setSecurityForwarding: async (call) => ({
    body: { forwarding: await setForwarding(call.app, call.body, originOf(call)) },
  }),
  testSecurityForwarding: async ({ app, signal }) => ({ body: await testForwarding(app, signal) }),
  getSecurityLog: async ({ app }) => ({ body: { verified: await fetchLastVerification(app.db) } }),
  verifySecurityLog: async (call) => ({
    body: await verifySecurityLog(call.app, { origin: originOf(call), signal: call.signal }),
  }),
});
