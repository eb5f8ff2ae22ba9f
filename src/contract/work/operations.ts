import { z } from 'zod';
import { counts, decisionCodes, fieldFault, instant, json } from '../json/index.ts';

const operation = z.strictObject({
  operationId: z.string(),
  type: z.string(),
  what: z.string(),
  by: z.string().nullable(),
  step: z.string().nullable(),
  system: z.string(),
  status: z.string(),
  startedAt: instant.nullable(),
  completedAt: instant.nullable(),
  counts,
  planned: z.number().nullable(),
  retries: z.number(),
  error: z.string().nullable(),
  /** The run of a workflow that did it. */
  workflowRun: z.string().nullable(),
  /** Address of its system when it began. */
  address: z.string().nullable(),
});

/** `ops list`. */
export const operationList = z.array(operation);

const journalEntry = z.strictObject({
  id: z.number(),
  system: z.string().nullable(),
  entity: z.string(),
  entityId: z.string(),
  record: z.string(),
  title: z.string().nullable(),
  kind: z.enum(['created', 'changed', 'linked', 'missing']),
  field: z.string().nullable(),
  before: json,
  after: json,
  direction: z.string(),
  decidedBy: z.string(),
  reason: z.string().nullable(),
  ...decisionCodes,
  at: instant,
});

/** `ops show --changes`. */
export const operationChanges = z.strictObject({
  operationId: z.string(),
  changes: z.array(journalEntry),
  /** How many fit in all; `exact` is false where there are more. */
  count: z.number(),
  exact: z.boolean(),
  /** Give it as --after for the next page; null: that was the last. */
  next: z.number().nullable(),
});

/** `ops cancel`. */
export const operationCancelled = z.strictObject({ operationId: z.string() });

const record = z.strictObject({ identifier: z.string(), reason: z.string() });

/** `ops show`. */
export const operationDetail = operation.extend({
  steps: z.array(operation),
  journal: z.strictObject({
    entries: z.array(journalEntry),
    total: z.number(),
    next: z.number().nullable(),
  }),
  conflicts: z.array(
    z.strictObject({
      id: z.number(),
      entity: z.string(),
      entityId: z.string(),
      field: z.string().nullable(),
      type: z.string(),
      status: z.string(),
      title: z.string().nullable(),
    }),
  ),
  changes: z.array(z.strictObject({ direction: z.string(), entity: z.string(), changes: z.number() })),
  held: z.array(record),
  refused: z.array(record),
  cut: z.array(z.enum(['conflicts', 'held', 'refused'])),
  calls: z.strictObject({
    total: z.number(),
    byStatus: z.array(z.strictObject({ status: z.number().nullable(), n: z.number() })),
  }),
});

/** `ops undo`; without `operationId` it was only planned, or there was nothing to do. */
export const undo = z.strictObject({
  operationId: z.string().optional(),
  undoes: z.string(),
  fields: z.array(
    z.strictObject({
      entity: z.string(),
      entityId: z.string(),
      field: z.string(),
      before: json,
      after: json,
      note: z.string().optional(),
    }),
  ),
  refused: z.array(
    z.strictObject({
      entity: z.string(),
      entityId: z.string(),
      field: z.string().nullable(),
      reason: z.string(),
    }),
  ),
  /** Of both: what was shown is what is done, or nothing. */
  sha256: z.string(),
});

/** `jobs show|cancel`. */
export const job = z.strictObject({
  id: z.string(),
  kind: z.string(),
  state: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']),
  requestedBy: z.string(),
  requestedByPrincipal: z.string(),
  requestedAt: instant,
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  operationId: z.string().nullable(),
  progress: z.strictObject({
    done: z.number().nullable(),
    total: z.number().nullable(),
    unit: z.string().nullable(),
    step: z.string().nullable(),
  }),
  result: json,
  problem: z
    .strictObject({
      code: z.string(),
      message: z.string(),
      remedy: z.string().optional(),
      fields: z.array(fieldFault).optional(),
    })
    .nullable(),
  cancelRequestedAt: instant.nullable(),
});

/** `jobs list`. */
export const jobList = z.array(job);
