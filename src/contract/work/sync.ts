import { z } from 'zod';
import { inboxKinds, inboxPlaces } from '../../canonical/lists/index.ts';
import { instant, tally } from '../json/index.ts';
import { connectionOverview } from './connections.ts';

/** What the record holds after a sync, and what that sync did. docs/cli.md says what each field is. */
const summary = z.strictObject({
  operationId: z.string(),
  assets: z.number(),
  findings: z.number(),
  findingsByState: z.strictObject({
    open: z.number(),
    reopened: z.number(),
    fixed: z.number(),
    missing: z.number(),
    gone: z.number(),
  }),
  systems: z.number(),
  components: z.number(),
  controls: z.number(),
  poams: z.number(),
  milestones: z.number(),
  /** Rows that are linked, by entity. */
  linked: tally,
  assetsLinked: z.number(),
  linkedBy: tally,
  assetsForReview: z.number(),
  matchesNew: z.number(),
  assetsUnreported: z.number(),
  findingsUnreported: z.number(),
  assetsNewlyUnreported: z.number(),
  findingsNewlyMissing: z.number(),
  assetsUnmatched: z.number(),
  alreadyThere: z.strictObject({ linked: tally, unlinked: tally }).optional(),
  systemsFailed: z.array(z.strictObject({ system: z.string(), code: z.string(), message: z.string() })),
  poamsRead: z.number(),
  weaknesses: z.number(),
  poamsCreated: z.number(),
  poamsOverdue: z.number(),
  poamsLate: z.number(),
  poamsUpdated: z.number(),
  tagsAssigned: z.number(),
  recordsFailed: z.number(),
  recordsHeld: z.number(),
  conflictsPending: z.number(),
  newConflicts: tally,
  approvalsAsked: z.number(),
  waitingForApproval: z.number(),
  waitingToBeSent: z.number(),
  sendingPaused: z.array(z.string()),
  read: z.number(),
  written: z.number(),
});

/** `sync run`, `sync apply`. */
export const syncSummary = summary.extend({ seconds: z.number() });

/** The last line of `demo`. */
export const demoSummary = syncSummary.extend({
  secondSync: z.strictObject({ read: z.number(), written: z.number() }),
});

/** `sync status`. */
export const syncStatus = z.strictObject({
  lastRun: z
    .strictObject({ operationId: z.string(), status: z.string(), startedAt: instant.nullable() })
    .nullable(),
  running: z.array(
    z.strictObject({
      operationId: z.string(),
      type: z.string(),
      startedAt: instant.nullable(),
      connection: z.string().nullable(),
      step: z.string().nullable(),
      done: z.number().nullable(),
      total: z.number().nullable(),
      isSilent: z.boolean(),
      cancelRequestedBy: z.string().nullable(),
    }),
  ),
  reads: z.array(
    z.strictObject({
      system: z.string(),
      entity: z.string(),
      completeAt: instant.nullable(),
      unfinished: z.boolean(),
    }),
  ),
  outbox: z.strictObject({ open: z.number(), failed: z.number() }),
  conflictsPending: z.number(),
  assetsForReview: z.number(),
  unreported: z.strictObject({ assets: z.number(), openFindings: z.number() }),
  approvalsPending: z.number(),
  health: z.array(
    z.strictObject({
      system: z.string(),
      check: z.string(),
      status: z.string(),
      detail: z.string().nullable(),
      checkedAt: instant.nullable(),
    }),
  ),
  lag: z.array(
    z.strictObject({
      system: z.string(),
      enabled: z.boolean(),
      unsentSince: instant.nullable(),
      unreadSince: instant.nullable(),
      sendingPaused: z.string().nullable(),
    }),
  ),
  waiting: z.array(z.strictObject({ kind: z.string(), count: z.number(), of: tally })),
  oldestConflict: instant.nullable(),
  schedules: z.array(
    z.strictObject({
      system: z.string(),
      name: z.string(),
      nextRunAt: instant.nullable(),
      lastOutcome: z.string().nullable(),
    }),
  ),
});

/** The list that holds what waits, and the filter of it. */
const listThatHolds = z.strictObject({ noun: z.string(), filter: z.record(z.string(), z.string()) });

/** `inbox`. */
export const inbox = z.strictObject({
  items: z.array(
    z.strictObject({
      kind: z.enum(inboxKinds),
      subject: z.string(),
      title: z.string(),
      detail: z.string().nullable(),
      since: instant,
      boundary: z.string().nullable(),
      connection: z.string().nullable(),
      /** The record whose page is the place to act; a connection by its name. */
      place: z.strictObject({ kind: z.enum(inboxPlaces), id: z.string() }).nullable(),
      /** Of a question about a POA&M: its code. */
      question: z.string().nullable(),
      list: listThatHolds,
    }),
  ),
  /** Of each kind of which any waits. */
  counts: z.array(
    z.strictObject({
      kind: z.enum(inboxKinds),
      count: z.number(),
      since: instant.nullable(),
      mayAct: z.boolean(),
      words: z.string(),
      list: listThatHolds,
      command: z.string(),
    }),
  ),
});

/** Each connection with how it is, what runs now, and how many workers live. */
export const syncOverview = z.strictObject({
  connections: z.array(
    connectionOverview.extend({
      health: z.array(
        z.strictObject({
          check: z.string(),
          status: z.string(),
          detail: z.string().nullable(),
          checkedAt: instant,
        }),
      ),
    }),
  ),
  running: z.array(
    z.strictObject({
      operationId: z.string(),
      type: z.string(),
      startedAt: instant.nullable(),
      connection: z.string().nullable(),
      step: z.string().nullable(),
      done: z.number().nullable(),
      total: z.number().nullable(),
      isSilent: z.boolean(),
      cancelRequestedBy: z.string().nullable(),
    }),
  ),
  workers: z.number(),
});

/** A call to an external system; `status` is null where no answer came. */
export const apiCall = z.strictObject({
  id: z.number(),
  connection: z.string().nullable(),
  operationId: z.string().nullable(),
  method: z.string(),
  /** Without query. */
  path: z.string(),
  status: z.number().nullable(),
  ms: z.number().nullable(),
  at: instant,
});
