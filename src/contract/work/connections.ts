import { z } from 'zod';
import { trustLevels } from '../../canonical/policy/index.ts';
import { fieldFault, instant, json, tally } from '../json/index.ts';

/** `connections list`. */
export const connectionList = z.array(
  z.strictObject({
    name: z.string(),
    type: z.string(),
    url: z.string(),
    enabled: z.boolean(),
    sendingPaused: z.boolean(),
    lastSync: instant.nullable(),
  }),
);

/** `connections add`. */
export const connectionAdded = z.strictObject({ name: z.string(), type: z.string(), url: z.string() });

/** What would be left behind by the end of a connection. */
const hangs = z.strictObject({
  links: tally,
  assetsOnlyHere: z.number(),
  unsent: z.number(),
  unclear: z.number(),
  conflicts: z.number(),
  schedules: z.number(),
});

const paused = z
  .strictObject({ since: z.string(), by: z.string().nullable(), reason: z.string().nullable() })
  .nullable();

/** `connections show`. */
export const connectionDetail = z.strictObject({
  name: z.string(),
  type: z.string(),
  title: z.string().optional(),
  url: z.string(),
  state: z.enum(['on', 'paused', 'files']),
  paused,
  sendingPaused: paused,
  /** What a change over HTTP is made to (If-Match). */
  version: z.string(),
  addedAt: instant.nullable(),
  lastSync: instant.nullable(),
  settings: z.array(
    z.strictObject({
      name: z.string(),
      description: z.string(),
      secret: z.boolean(),
      env: z.string().optional(),
      default: json.optional(),
      value: json.optional(),
      state: z.enum(['set', 'unreadable', 'missing', 'not needed']).optional(),
      /** Set at the machine only, but for its default. */
      namesFile: z.literal(true).optional(),
    }),
  ),
  ignored: z.array(z.string()),
  faults: z.array(fieldFault),
  hangs,
});

/** `connections check`: a line each. */
export const connectionChecks = z.array(
  z.strictObject({
    check: z.string(),
    kind: z.enum(['connectivity', 'authentication', 'permission', 'clock']),
    status: z.enum(['ok', 'warning', 'failed']),
    detail: z.string(),
    remedy: z.string().optional(),
    /** On the command line, what the remedy says. */
    command: z.string().optional(),
  }),
);

/** `connections set`; without `operationId` nothing was changed. */
export const connectionChanged = z.strictObject({
  name: z.string(),
  changes: z.array(z.strictObject({ field: z.string(), before: json, after: json })),
  operationId: z.string().optional(),
});

/** `connections pause|resume`. */
export const connectionPaused = z.strictObject({
  name: z.string(),
  enabled: z.boolean(),
  changed: z.boolean(),
});

/** `connections remove`. */
export const connectionRemoved = hangs.extend({ name: z.string(), operationId: z.string() });

/** `secrets rotate`. */
export const secretsRotated = z.strictObject({ secrets: z.number(), keyId: z.string() });

const kinds = z.array(
  z.strictObject({ entity: z.string(), kind: z.enum(['create', 'update']), n: z.number() }),
);

/** `connections trust`; without `operationId` nothing was changed. */
export const connectionTrust = z.strictObject({
  before: z.enum(trustLevels),
  after: z.enum(trustLevels),
  waiting: z.strictObject({ released: kinds, held: kinds, withdrawn: kinds }),
  operationId: z.string().optional(),
});

/** How a connection is, as a list shows it. */
export const connectionOverview = z.strictObject({
  connection: z.string(),
  type: z.string(),
  url: z.string(),
  state: z.enum(['running', 'failing', 'late', 'paused', 'off', 'on time']),
  why: z.string().nullable(),
  circuit: z.enum(['closed', 'open']),
  isEnabled: z.boolean(),
  pausedAt: instant.nullable(),
  pausedBy: z.string().nullable(),
  pausedReason: z.string().nullable(),
  sendingPausedAt: instant.nullable(),
  sendingPausedBy: z.string().nullable(),
  sendingPausedReason: z.string().nullable(),
  lastSuccess: instant.nullable(),
  /** Changes that are not settled: the rows of the outbox with this connection. */
  waiting: z.number(),
  unsentSince: instant.nullable(),
  unreadSince: instant.nullable(),
  nextRun: instant.nullable(),
  runningOperation: z.string().nullable(),
  unhealthy: z.array(z.strictObject({ check: z.string(), detail: z.string().nullable() })),
  marks: z.array(
    z.strictObject({ entity: z.string(), readAt: instant.nullable(), isUnfinished: z.boolean() }),
  ),
});
