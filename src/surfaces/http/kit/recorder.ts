/** What the security log is told of calls: writes before they are carried out, reads of records and exports, and every refusal. */
import type { Route } from '../../../contract/index.ts';
import { recordAccess, recordSecurityEvent } from '../../../ledger/security/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import type { Recorder } from './add-route.ts';
import type { Call } from './call.ts';
import { originOf } from './origin.ts';

/** The record that a call is about: the last parameter of its address. */
function objectOf(route: Route, call: Call): { readonly type: string; readonly id: string } {
  const ids = Object.values(call.params ?? {}).map(String);
  return { type: route.tag, id: ids.at(-1) ?? '' };
}

/** Refusals for want of a right, or from another page, are events; a wrong filter is not. */
const isRecorded = (error: TielineError): boolean =>
  ['NOT_ALLOWED', 'REQUEST_FORGED', 'STEP_UP_NEEDED', 'APPROVAL_OWN', 'APPROVAL_ROLE'].includes(error.code);

/** What is read, and what leaves. */
const readRecorder = (app: App): Pick<Recorder, 'read' | 'exported' | 'sent'> => ({
  async read(route, call) {
    if (!route.audit || !('access' in route.audit)) return;
    const id = objectOf(route, call).id;
    await recordAccess(app.db, {
      at: call.now,
      origin: originOf(call),
      resource: { type: route.audit.resource, ...(id === '' ? {} : { id }) },
      action: route.audit.access,
      method: call.by?.way === 'token' ? 'api' : 'ui',
    });
  },
  async exported(route, call, { name, type }) {
    await recordSecurityEvent(app.db, {
      kind: 'export',
      at: call.now,
      origin: originOf(call),
      outcome: 'success',
      object: { type: route.tag, id: name },
      details: { route: `${route.method} ${route.path}`, type, query: call.query as unknown as JsonObject }, // parsed texts
      correlationId: call.requestId,
    });
    await recordAccess(app.db, {
      at: call.now,
      origin: originOf(call),
      resource: { type: route.tag },
      action: 'export',
      method: call.by?.way === 'token' ? 'api' : 'ui',
    });
  },
  async sent(route, call, rows) {
    await recordSecurityEvent(app.db, {
      kind: 'export_finished',
      at: app.now(),
      origin: originOf(call),
      object: { type: route.tag, id: route.tag },
      details: { rows },
      correlationId: call.requestId,
    }).catch((cause: unknown) => app.log.warn({ err: cause }, 'the end of an export could not be recorded'));
  },
});

/** What a call that changes something leaves, before it begins and where it fails. */
const changeRecorder = (app: App): Pick<Recorder, 'begun' | 'failed'> => {
  const tell = (
    route: Route,
    call: Call,
    how: { at: Date; outcome: 'attempted' | 'failure'; failureReason?: string },
  ) =>
    route.audit && 'event' in route.audit
      ? recordSecurityEvent(app.db, {
          kind: route.audit.event,
          origin: originOf(call),
          object: objectOf(route, call),
          details: { route: `${route.method} ${route.path}` },
          correlationId: call.requestId,
          ...how,
        })
      : Promise.resolve();
  return {
    async begun(route, call) {
      await tell(route, call, { at: call.now, outcome: 'attempted' });
    },
    async failed(route, call, error) {
      if (error instanceof TielineError && isRecorded(error)) return; // told as a refusal
      const failureReason = error instanceof TielineError ? error.code : 'INTERNAL';
      await tell(route, call, { at: app.now(), outcome: 'failure', failureReason }).catch((cause: unknown) =>
        app.log.warn({ err: cause }, 'a failure could not be recorded'),
      );
    },
  };
};

export const recorderOf = (app: App): Recorder => ({
  ...readRecorder(app),
  ...changeRecorder(app),
  async refused(route, error, { by, address, requestId }) {
    if (!(error instanceof TielineError) || !isRecorded(error)) return;
    await recordSecurityEvent(app.db, {
      kind: 'refused',
      at: app.now(),
      origin: { way: by?.way ?? 'none', address, requestId, ...(by ? { actor: by.actor } : {}) },
      outcome: 'refused',
      failureReason: error.code,
      details: { route: `${route.method} ${route.path}` },
      correlationId: requestId,
    }).catch((cause: unknown) => app.log.warn({ err: cause }, 'a refusal could not be recorded'));
  },
});
