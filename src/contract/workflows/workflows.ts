/** Workflows, their versions and runs as they are shown. */
import { z } from 'zod';
import { workflowRunStates } from '../../canonical/lists/index.ts';
import { recordKinds, workflowModes } from '../../canonical/workflow/index.ts';
import { instant } from '../json/index.ts';

const mode = z.enum(workflowModes);
const runMode = z.enum(['simulate', 'live']);
const state = z.enum(workflowRunStates);

/** A workflow as a row of its list. */
export const workflow = z.strictObject({
  name: z.string(),
  title: z.string(),
  purpose: z.string().nullable(),
  kind: z.string(),
  recordKind: z.enum(recordKinds),
  triggerKind: z.string(),
  triggerEvent: z.string().nullable(),
  /** The event, the cron of its schedule, or the metric; null: people start it. */
  trigger: z.string().nullable(),
  /** In CEL, of the version that runs, else of the latest; null: it has none. */
  condition: z.string().nullable(),
  steps: z.number(),
  mode,
  /** It is approved, and not off. */
  isActive: z.boolean(),
  /** How many records it may touch in 24 hours before it asks. */
  limit: z.number(),
  /** By whose rights it runs. */
  owner: z.string(),
  latestVersion: z.number(),
  /** The version that runs; null: none may. */
  approvedVersion: z.number().nullable(),
  /** The latest version waits for a person to approve it. */
  waitsForApproval: z.boolean(),
  isShipped: z.boolean(),
  nextRunAt: instant.nullable(),
  lastStartedAt: instant.nullable(),
  updatedAt: instant.nullable(),
  /** Why it stopped by itself; null: it did not. */
  stopped: z.strictObject({ code: z.string(), why: z.string(), at: instant }).nullable(),
  /** Runs that the reader may see, by state. */
  runs: z.partialRecord(state, z.number()),
});

/** `workflows list`. */
export const workflows = z.strictObject({
  items: z.array(workflow),
  /** Since when events wait because a transaction is open; null: they are read as they come. */
  eventsWaitSince: instant.nullable(),
});

export const workflowVersion = z.strictObject({
  version: z.number(),
  sha256: z.string(),
  note: z.string().nullable(),
  savedBy: z.string(),
  savedAt: instant,
  state: z.enum(['waiting', 'approved', 'rejected', 'replaced']),
  decidedBy: z.string().nullable(),
  decidedAt: instant.nullable(),
  decisionNote: z.string().nullable(),
});

/** `workflows show`: with the definition of one version, as data and as it was written. */
export const workflowDetail = workflow.extend({
  shownVersion: z.number(),
  /** A workflow as docs/workflows.md describes it. */
  definition: z.record(z.string(), z.unknown()),
  source: z.string(),
  versions: z.array(workflowVersion),
});

/** `workflows check`: empty where it could be saved. */
export const workflowProblems = z.strictObject({
  problems: z.array(
    z.strictObject({
      /** `steps.2.when`; empty: the whole. */
      path: z.string(),
      message: z.string(),
      /** Of the YAML, from 1. */
      line: z.number().optional(),
    }),
  ),
});

/** `workflows save`. */
export const workflowSaved = z.strictObject({ name: z.string(), version: z.number(), isNew: z.boolean() });

/** `workflows run`. */
export const workflowStarted = z.strictObject({
  started: z.number(),
  held: z.number(),
  runs: z.array(z.string()),
  /** Records of which no run was started: not there or not seen, or the condition is not true of them. */
  left: z.array(z.string()),
});

/** `workflows release`. */
export const workflowReleased = z.strictObject({ released: z.number() });
/** `workflows remove`. */
export const workflowRemoved = z.strictObject({ cancelled: z.number() });

/** A run as a row of its list. */
export const workflowRun = z.strictObject({
  runId: z.string(),
  workflow: z.string(),
  title: z.string(),
  version: z.number(),
  mode: runMode,
  state,
  recordKind: z.enum(recordKinds),
  recordId: z.string(),
  systemId: z.string().nullable(),
  /** An event, or schedule, metric, by_hand. */
  trigger: z.string(),
  startedBy: z.string().nullable(),
  /** The run whose step made what started this one. */
  causedBy: z.string().nullable(),
  startedAt: instant,
  endedAt: instant.nullable(),
  /** The step that is next, or that it waits in. */
  step: z.string().nullable(),
  wakeAt: instant.nullable(),
  /** Why it failed or waits for a person. */
  problem: z.string().nullable(),
});

/** `workflows runs`. */
export const workflowRunRows = z.strictObject({ items: z.array(workflowRun), total: z.number() });

/** `workflows trace`. */
export const workflowRunDetail = workflowRun.extend({
  trace: z.array(
    z.strictObject({
      number: z.number(),
      /** Null: of the run as a whole. */
      stepId: z.string().nullable(),
      kind: z.enum(['action', 'approve', 'wait', 'branch', 'run']),
      outcome: z.string(),
      code: z.string(),
      why: z.string(),
      changes: z.array(
        z.strictObject({
          entity: z.string(),
          id: z.string(),
          field: z.string().nullable(),
          before: z.unknown(),
          after: z.unknown(),
        }),
      ),
      operationId: z.string().nullable(),
      by: z.string().nullable(),
      at: instant,
    }),
  ),
});

/** `workflows cancel`, `workflows retry`. */
export const workflowRunMoved = z.strictObject({ runId: z.string(), workflow: z.string() });
