/** Alerts, the rules that raise them, and where they are delivered to. */
import { z } from 'zod';
import { alertList, deliveryList } from '../../../canonical/lists/index.ts';
import {
  alertDirections,
  alertKinds,
  channelKinds,
  digestRhythms,
  ruledAlertKinds,
  severities,
} from '../../../canonical/vocabulary/index.ts';
import { instant, json } from '../../json/index.ts';
import {
  alertChannel,
  alertChannels,
  alertDetail,
  alertRow,
  alertRule,
  alertRules,
  deliveryRow,
  deliveryTested,
  digest,
  digests,
} from '../../alerts/index.ts';
import { defineRoutes } from '../define-route.ts';
import { listRoutes } from '../list-routes.ts';

const alertId = z.strictObject({ alertId: z.string().min(1).max(50) });
const channel = z.strictObject({ channel: z.string().min(1).max(100) });
const reason = z.string().max(10_000).nullable().optional();
const severity = z.enum(severities);

const changed = {
  method: 'POST',
  tag: 'alerts',
  permission: 'alert:write',
  scope: 'boundaries',
  params: alertId,
  idempotent: true,
  answer: { status: 200, shape: alertDetail },
  audit: { event: 'record_changed' },
} as const;
const administered = { tag: 'alerts', permission: 'alert:channels', scope: 'installation' } as const;
const mine = { tag: 'alerts', permission: 'signed-in', scope: 'own' } as const;

const rulePlace = z.strictObject({
  kind: z.enum(ruledAlertKinds),
  metric: z.string().max(255).nullable().optional(),
  /** Null: every system without a rule of its own. */
  systemId: z.string().max(50).nullable(),
  reason: z.string().min(1).max(2000),
});
const channelWish = z.strictObject({
  settings: z.record(z.string().max(100), json).optional(),
  /** Written, never read. */
  secret: z.string().min(1).max(10_000).optional(),
  leastSeverity: severity.optional(),
  alertKinds: z.array(z.enum(alertKinds)).max(50).optional(),
  systemIds: z.array(z.string().max(50)).max(1000).optional(),
  isEnabled: z.boolean().optional(),
});
const digestWish = z.strictObject({
  rhythm: z.enum(digestRhythms),
  /** Of the day, in UTC. */
  hour: z.number().int().min(0).max(23),
  namesRecords: z.boolean(),
});

export const alertRoutes = {
  ...listRoutes('Alerts', alertList, { row: alertRow, permission: 'alert:read' }),
  ...listRoutes('Deliveries', deliveryList, {
    row: deliveryRow,
    permission: 'alert:channels',
    scope: 'installation',
  }),
  ...defineRoutes({
    getAlert: {
      method: 'GET',
      path: '/alerts/:alertId',
      tag: 'alerts',
      summary: 'An alert with its story',
      permission: 'alert:read',
      scope: 'boundaries',
      params: alertId,
      answer: { status: 200, shape: alertDetail },
    },
    acknowledgeAlert: {
      ...changed,
      path: '/alerts/:alertId/acknowledge',
      summary: 'Say that somebody looks after an alert',
      body: z.strictObject({ reason }),
    },
    assignAlert: {
      ...changed,
      path: '/alerts/:alertId/assign',
      summary: 'Give an alert to a person or team',
      body: z.strictObject({ to: z.string().min(1).max(100).nullable(), reason }),
    },
    suppressAlert: {
      ...changed,
      path: '/alerts/:alertId/suppress',
      summary: 'Tell nobody of an alert until a time',
      body: z.strictObject({ until: instant, reason: z.string().min(1).max(10_000) }),
    },
    reactivateAlert: {
      ...changed,
      path: '/alerts/:alertId/reactivate',
      summary: 'Take an acknowledgement or suppression back',
      body: z.strictObject({ reason }),
    },
    resolveAlert: {
      ...changed,
      path: '/alerts/:alertId/resolve',
      summary: 'Say that an alert of a workflow is over',
      body: z.strictObject({ reason: z.string().min(1).max(10_000) }),
    },
    evaluateAlerts: {
      method: 'POST',
      path: '/alerts/evaluate',
      tag: 'alerts',
      summary: 'Evaluate every rule now',
      permission: 'alert:rules',
      scope: 'boundaries',
      body: z.strictObject({}),
      idempotent: true,
      answer: { status: 202, shape: z.strictObject({ jobId: z.string() }) },
      audit: { event: 'setting_changed' },
    },
    listAlertRules: {
      method: 'GET',
      path: '/alert-rules',
      tag: 'alerts',
      summary: 'When alerts are raised',
      permission: 'alert:read',
      scope: 'boundaries',
      answer: { status: 200, shape: z.strictObject({ items: alertRules }) },
    },
    setAlertRule: {
      method: 'PUT',
      path: '/alert-rules',
      tag: 'alerts',
      summary: 'Set when an alert is raised',
      permission: 'alert:rules',
      scope: 'boundaries',
      body: rulePlace.extend({
        levels: z.array(z.strictObject({ at: z.number(), severity })).max(5),
        direction: z.enum(alertDirections).optional(),
        isEnabled: z.boolean(),
      }),
      answer: { status: 200, shape: alertRule },
      audit: { event: 'policy_changed' },
    },
    removeAlertRule: {
      method: 'POST',
      path: '/alert-rules/remove',
      tag: 'alerts',
      summary: 'Let a system or metric go without a rule of its own',
      permission: 'alert:rules',
      scope: 'boundaries',
      body: rulePlace,
      idempotent: true,
      answer: { status: 204 },
      audit: { event: 'policy_changed' },
    },
    listAlertChannels: {
      ...administered,
      method: 'GET',
      path: '/alert-channels',
      summary: 'Where alerts are delivered to',
      answer: { status: 200, shape: z.strictObject({ items: alertChannels }) },
    },
    addAlertChannel: {
      ...administered,
      method: 'POST',
      path: '/alert-channels',
      summary: 'Deliver alerts to a further place',
      stepUp: true,
      body: channelWish.extend({ name: z.string().min(1).max(100), kind: z.enum(channelKinds) }),
      idempotent: true,
      answer: { status: 201, shape: alertChannel },
      audit: { event: 'setting_changed' },
    },
    changeAlertChannel: {
      ...administered,
      method: 'POST',
      path: '/alert-channels/:channel/change',
      summary: 'Change where and what is delivered',
      stepUp: true,
      params: channel,
      body: channelWish,
      idempotent: true,
      answer: { status: 200, shape: alertChannel },
      audit: { event: 'setting_changed' },
    },
    removeAlertChannel: {
      ...administered,
      method: 'POST',
      path: '/alert-channels/:channel/remove',
      summary: 'Deliver nothing there any more',
      params: channel,
      body: z.strictObject({}),
      idempotent: true,
      answer: { status: 204 },
      audit: { event: 'setting_changed' },
    },
    testAlertChannel: {
      ...administered,
      method: 'POST',
      path: '/alert-channels/:channel/test',
      summary: 'Send a test to a channel',
      params: channel,
      body: z.strictObject({}),
      idempotent: true,
      answer: { status: 200, shape: deliveryTested },
      audit: { event: 'setting_changed' },
    },
    retryDeliveries: {
      ...administered,
      method: 'POST',
      path: '/alert-channels/:channel/retry',
      summary: 'Try again now what was not delivered',
      params: channel,
      body: z.strictObject({}),
      idempotent: true,
      answer: { status: 200, shape: z.strictObject({ deliveries: z.number() }) },
      audit: { event: 'setting_changed' },
    },
    listDigests: {
      ...administered,
      method: 'GET',
      path: '/digests',
      summary: 'Who gets a mail of what waits for them',
      answer: { status: 200, shape: z.strictObject({ items: digests }) },
    },
    getMyDigest: {
      ...mine,
      method: 'GET',
      path: '/me/digest',
      summary: 'When you get a mail of what waits for you',
      answer: { status: 200, shape: z.strictObject({ digest: digest.nullable() }) },
    },
    setMyDigest: {
      ...mine,
      method: 'PUT',
      path: '/me/digest',
      summary: 'Get a mail of what waits for you',
      body: digestWish,
      answer: { status: 200, shape: digest },
      audit: { event: 'setting_changed' },
    },
    stopMyDigest: {
      ...mine,
      method: 'DELETE',
      path: '/me/digest',
      summary: 'Get no mail of what waits for you',
      answer: { status: 204 },
      audit: { event: 'setting_changed' },
    },
  }),
} as const;
