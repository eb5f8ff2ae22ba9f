import { z } from 'zod';
import {
  alertDirections,
  alertKinds,
  alertStates,
  channelKinds,
  deliveryEvents,
  deliveryStates,
  digestRhythms,
  severities,
} from '../../canonical/vocabulary/index.ts';
import { instant, json, jsonObject } from '../json/index.ts';

const text = z.string();

/** An alert as a row of its list. */
export const alertRow = z.strictObject({
  id: text,
  kind: z.enum(alertKinds),
  severity: z.enum(severities),
  state: z.enum(alertStates),
  title: text,
  description: text.nullable(),
  systemId: text.nullable(),
  entityType: text.nullable(),
  entityId: text.nullable(),
  threshold: z.number().nullable(),
  value: z.number().nullable(),
  assignedTo: text.nullable(),
  isTeam: z.boolean(),
  acknowledgedBy: text.nullable(),
  acknowledgedAt: instant.nullable(),
  suppressedUntil: instant.nullable(),
  suppressedBy: text.nullable(),
  handlingReason: text.nullable(),
  raisedAt: instant,
  updatedAt: instant.nullable(),
  resolvedAt: instant.nullable(),
  /** Who closed it: `tieline` where its cause is gone. */
  resolvedBy: text.nullable(),
  resolution: text.nullable(),
  facts: jsonObject,
});

/** `alerts list`. */
export const alertRows = z.strictObject({ items: z.array(alertRow), total: z.number() });

/** A message of an alert to a channel, as a row of its list. */
export const deliveryRow = z.strictObject({
  id: text,
  channel: text,
  kind: z.enum(channelKinds),
  event: z.enum(deliveryEvents),
  alertId: text.nullable(),
  recipient: text.nullable(),
  state: z.enum(deliveryStates),
  attempts: z.number(),
  failure: text.nullable(),
  notBefore: instant,
  createdAt: instant,
  sentAt: instant.nullable(),
});

/** `alerts deliveries`. */
export const deliveryRows = z.strictObject({ items: z.array(deliveryRow), total: z.number() });

/** `alerts show`. */
export const alertDetail = alertRow.extend({
  story: z.array(
    z.strictObject({
      at: instant,
      field: text,
      before: json,
      after: json,
      by: text,
      reason: text.nullable(),
    }),
  ),
  deliveries: z.array(deliveryRow),
  means: text,
  unit: text,
  remedy: text,
  list: z.strictObject({ noun: text, filter: z.record(text, text) }).nullable(),
});

const level = z.strictObject({ at: z.number(), severity: z.enum(severities) });

/** A rule as a row of `alerts rules list`; `systemId` is null where it holds for every system without one of its own. */
export const alertRule = z.strictObject({
  id: z.number(),
  kind: z.enum(alertKinds),
  metric: text.nullable(),
  systemId: text.nullable(),
  direction: z.enum(alertDirections),
  levels: z.array(level),
  isEnabled: z.boolean(),
  reason: text.nullable(),
  changedBy: text,
  changedAt: instant,
  title: text,
  means: text,
  unit: text,
  /** Whether a system may have one of its own. */
  mayDiffer: z.boolean(),
});

/** `alerts rules list`. */
export const alertRules = z.array(alertRule);

/** `alerts evaluate`; null where another process was at it. */
export const alertsEvaluated = z
  .strictObject({
    raised: z.number(),
    changed: z.number(),
    resolved: z.number(),
    failed: z.array(z.strictObject({ kind: z.enum(alertKinds), message: text })),
    deliveries: z.number(),
  })
  .nullable();

/** A channel; its secret is set, never shown. */
export const alertChannel = z.strictObject({
  id: z.number(),
  name: text,
  kind: z.enum(channelKinds),
  settings: jsonObject,
  hasSecret: z.boolean(),
  leastSeverity: z.enum(severities),
  alertKinds: z.array(z.enum(alertKinds)),
  systemIds: z.array(text),
  isEnabled: z.boolean(),
  changedBy: text,
  changedAt: instant,
});

/** `alerts channels list`. */
export const alertChannels = z.array(alertChannel);

/** `alerts test-delivery`: what was sent now, and what failed. */
export const deliveryTested = z.strictObject({ written: z.number(), deliveries: z.array(deliveryRow) });

/** Who gets a digest, and when. Hours are in UTC. */
export const digest = z.strictObject({
  person: text,
  address: text.nullable(),
  rhythm: z.enum(digestRhythms),
  hour: z.number(),
  namesRecords: z.boolean(),
  nextAt: instant,
  lastSentAt: instant.nullable(),
  lastOutcome: text.nullable(),
});

/** `alerts digests list`. */
export const digests = z.array(digest);
