/** Alerts, their rules and their channels over HTTP. */
import { alertList, deliveryList } from '../../../canonical/lists/index.ts';
import { alertRow, type alertRoutes, deliveryRow } from '../../../contract/index.ts';
import type { App } from '../../../engine/run/index.ts';
import {
  acknowledgeAlert,
  addChannel,
  alertKindSpecs,
  type AlertReader,
  type AlertRow,
  type AlertRule,
  assignAlert,
  changeChannel,
  type ChannelWish,
  countAlerts,
  countDeliveries,
  deliverDue,
  type DeliveryRow,
  facetAlerts,
  facetDeliveries,
  fetchAlert,
  fetchDeliveries,
  listAlertRules,
  listAlerts,
  listChannels,
  listDeliveries,
  reactivateAlert,
  resolveAlert,
  removeAlertRule,
  removeChannel,
  retryDeliveries,
  setAlertRule,
  suppressAlert,
  testChannel,
} from '../../../modules/alerts/index.ts';
import { fetchDigest, listDigests, setDigest, stopDigest } from '../../../operate/digests/index.ts';
import { requestJob } from '../../../operate/jobs/index.ts';
import { Secret } from '../../../platform/values/index.ts';
import type { Call, Handlers } from '../kit/call.ts';
import { byValue, most } from '../kit/list-answer.ts';
import { columnsOf, everyPage } from '../kit/list-export.ts';
import { listHandlers, type ListParts } from '../kit/list-handlers.ts';

type Routes = typeof alertRoutes;

const readerOf = ({ scope, by, now }: Pick<Call, 'scope' | 'by' | 'now'>): AlertReader => ({
  scope,
  actor: by.actor,
  now,
});

/** Who sees an alert hangs on their permissions, not on a scope alone: the handlers are those of one call. */
const alertHandlersFor = (parts: ListParts, { by, now }: Pick<Call, 'by' | 'now'>) => {
  const reader = (scope: AlertReader['scope']): AlertReader => readerOf({ scope, by, now });
  return listHandlers('Alerts', alertList, {
    parts,
    source: {
      page: ({ db }, scope, request) => listAlerts(db, reader(scope), request),
      count: ({ db }, scope, filter, { exact }) => countAlerts(db, reader(scope), filter, most(exact)),
      facet: async ({ db }, scope, filter, of) => byValue(await facetAlerts(db, reader(scope), filter, of)),
      stream: ({ db }, scope, { filter, sort }) =>
        everyPage((after, limit) => listAlerts(db, reader(scope), { filter, sort, after, limit })),
      columns: columnsOf<AlertRow>(alertRow),
    },
  });
};

const deliveryHandlers = (parts: ListParts) =>
  listHandlers('Deliveries', deliveryList, {
    parts,
    source: {
      page: ({ db }, _scope, request) => listDeliveries(db, request),
      count: ({ db }, _scope, filter, { exact }) => countDeliveries(db, filter, most(exact)),
      facet: async ({ db }, _scope, filter, of) => byValue(await facetDeliveries(db, filter, of)),
      stream: ({ db }, _scope, { filter, sort }) =>
        everyPage((after, limit) => listDeliveries(db, { filter, sort, after, limit })),
      columns: columnsOf<DeliveryRow>(deliveryRow),
    },
  });

const shownRule = (rule: AlertRule) => {
  const { title, means, unit, reach } = alertKindSpecs[rule.kind];
  return { ...rule, title, means, unit, mayDiffer: reach === 'boundary' };
};

type Wished = Call<Routes['changeAlertChannel']>['body'];
const wishOf = ({ secret, ...wish }: Wished): ChannelWish => ({
  ...wish,
  ...(secret === undefined ? {} : { secret: new Secret(secret) }),
});

type Personal = { readonly app: App; readonly by: Call['by'] };
const ownId = ({ by }: Personal) => ({ principalId: by.actor.principalId });

type ListId =
  | 'listAlerts'
  | 'countAlerts'
  | 'facetAlerts'
  | 'listDeliveries'
  | 'countDeliveries'
  | 'facetDeliveries';

const changeHandlers: Pick<
  Handlers<Routes>,
  | 'getAlert'
  | 'acknowledgeAlert'
  | 'assignAlert'
  | 'suppressAlert'
  | 'reactivateAlert'
  | 'resolveAlert'
  | 'evaluateAlerts'
> = {
  getAlert: async (call) => ({ body: await fetchAlert(call.app.db, readerOf(call), call.params.alertId) }),
  acknowledgeAlert: async (call) => ({
    body: await acknowledgeAlert(call.app, readerOf(call), call.params.alertId, call.body),
  }),
  assignAlert: async (call) => ({
    body: await assignAlert(call.app, readerOf(call), call.params.alertId, call.body),
  }),
  suppressAlert: async (call) => ({
    body: await suppressAlert(call.app, readerOf(call), call.params.alertId, {
      until: new Date(call.body.until),
      reason: call.body.reason,
    }),
  }),
  reactivateAlert: async (call) => ({
    body: await reactivateAlert(call.app, readerOf(call), call.params.alertId, call.body),
  }),
  resolveAlert: async (call) => ({
    body: await resolveAlert(call.app, readerOf(call), call.params.alertId, call.body),
  }),
  evaluateAlerts: async ({ app, by }) => ({
    body: { jobId: await requestJob(app, by.actor, 'evaluate_alerts', { payload: {} }) },
  }),
};

const ruleHandlers: Pick<Handlers<Routes>, 'listAlertRules' | 'setAlertRule' | 'removeAlertRule'> = {
  listAlertRules: async ({ app, scope }) => ({
    body: { items: (await listAlertRules(app.db, scope)).map(shownRule) },
  }),
  setAlertRule: async ({ app, by, scope, body }) => ({
    body: shownRule(await setAlertRule(app, { scope, name: by.actor.name }, body)),
  }),
  removeAlertRule: async ({ app, by, scope, body }) => {
    await removeAlertRule(app, { scope, name: by.actor.name }, { ...body, metric: body.metric ?? null });
    return { body: undefined };
  },
};

export const alertHandlers = (
  parts: ListParts,
): Omit<Handlers<Routes>, ListId> & Pick<Handlers<Routes>, ListId> => ({
  listAlerts: async (call) => alertHandlersFor(parts, call).listAlerts(call),
  countAlerts: async (call) => alertHandlersFor(parts, call).countAlerts(call),
  facetAlerts: async (call) => alertHandlersFor(parts, call).facetAlerts(call),
  ...deliveryHandlers(parts),
  ...changeHandlers,
  ...ruleHandlers,
  listAlertChannels: async ({ app }) => ({ body: { items: await listChannels(app.db) } }),
  addAlertChannel: async ({ app, by, body: { name, kind, ...wish } }) => ({
    body: await addChannel(app, { ...wishOf(wish), name, kind }, by.actor.name),
  }),
  changeAlertChannel: async ({ app, by, params, body }) => ({
    body: await changeChannel(app, params.channel, wishOf(body), by.actor.name),
  }),
  removeAlertChannel: async ({ app, by, params }) => {
    await removeChannel(app, params.channel, by.actor.name);
    return { body: undefined };
  },
  testAlertChannel: async ({ app, by, params, signal }) => {
    const ids = await testChannel(app, params.channel, by.actor.name);
    await deliverDue(app, signal);
    return { body: { written: ids.length, deliveries: await fetchDeliveries(app.db, ids) } };
  },
  retryDeliveries: async ({ app, params }) => ({
    body: { deliveries: await retryDeliveries(app, params.channel) },
  }),
  listDigests: async ({ app }) => ({ body: { items: await listDigests(app) } }),
  getMyDigest: async (call) => ({
    body: { digest: (await fetchDigest(call.app, call.by.actor.principalId)) ?? null },
  }),
  setMyDigest: async (call) => ({
    body: await setDigest(call.app, ownId(call), call.body, call.by.actor.name),
  }),
  stopMyDigest: async (call) => {
    await stopDigest(call.app, ownId(call), call.by.actor.name);
    return { body: undefined };
  },
});
