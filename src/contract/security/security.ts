import { z } from 'zod';
import { allEventKinds, eventOutcomes, severities } from '../../canonical/vocabulary/index.ts';
import { instant, jsonObject } from '../json/index.ts';

const text = z.string();

/** A security event as a row of its list. */
export const securityEventRow = z.strictObject({
  id: text,
  /** A word of an earlier version stays as it is. */
  kind: z.union([z.enum(allEventKinds), text]),
  title: text,
  severity: z.enum(severities),
  outcome: z.enum(eventOutcomes),
  failureReason: text.nullable(),
  occurredAt: instant,
  detectedAt: instant,
  who: text.nullable(),
  way: text,
  address: text.nullable(),
  objectType: text.nullable(),
  objectId: text.nullable(),
  systemId: text.nullable(),
  assetId: text.nullable(),
  source: text,
  relatedId: text.nullable(),
  details: jsonObject,
  investigatedBy: text.nullable(),
  notes: text.nullable(),
  isFalsePositive: z.boolean(),
  resolvedAt: instant.nullable(),
  isChained: z.boolean(),
});

/** `security list`. */
export const securityEventRows = z.strictObject({ items: z.array(securityEventRow), total: z.number() });

/** `security show`. */
export const securityEventDetail = securityEventRow.extend({ related: z.array(securityEventRow) });

const logFault = z.strictObject({
  kind: z.enum(['changed', 'missing', 'added', 'cut_off', 'counter', 'mark', 'key_missing']),
  log: text,
  chainId: z.number().nullable(),
  from: z.number().nullable(),
  to: z.number().nullable(),
  rowId: z.number().nullable(),
  at: instant.nullable(),
  says: text,
});
const begun = z.strictObject({ at: instant, lastIdBefore: z.number() }).nullable();

/** `security verify`. */
export const securityLogVerified = z.strictObject({
  verifiedAt: instant,
  tookMs: z.number(),
  rows: z.number(),
  chains: z.number(),
  tampered: z.number(),
  faultCount: z.number(),
  faults: z.array(logFault),
  begun: z.strictObject({ security_events_extended: begun, data_access_logs: begun }),
  signedHeadAt: instant.nullable(),
  keptHeadsAt: instant.nullable(),
});

/** The state of the log, as the page shows it at its head. */
export const securityLogState = z.strictObject({
  verified: z.strictObject({ at: instant, by: text, rows: z.number(), faults: z.number() }).nullable(),
});

/** `security forward`. */
export const securityForwarding = z.strictObject({
  host: text,
  port: z.number(),
  transport: z.enum(['tls', 'tcp']),
  format: z.enum(['cef', 'ocsf', 'ecs']),
  facility: z.number(),
  isEnabled: z.boolean(),
  /** PEM of the authorities that alone may have signed the receiver's certificate; null: those that Tieline trusts. */
  ca: text.nullable(),
  authorities: z.array(text),
  changedBy: text,
  changedAt: instant,
  lastSentAt: instant.nullable(),
  failingSince: instant.nullable(),
  failure: text.nullable(),
  behind: z.number(),
  batches: z.number(),
});
export const securityForwardingState = z.strictObject({ forwarding: securityForwarding.nullable() });
/** `security forward test`. */
export const securityForwardingTested = z.strictObject({ tookMs: z.number() });
