/** What helps to write a workflow and to trust it: what there is to build with, and what one would have done. */
import { z } from 'zod';
import { recordKinds, workflowTypes } from '../../canonical/workflow/index.ts';
import { instant } from '../json/index.ts';

/** `workflows shipped`: a workflow that came with Tieline, to be saved as one's own. */
const shipped = z.strictObject({
  number: z.string(),
  name: z.string(),
  title: z.string(),
  purpose: z.string(),
  recordKind: z.enum(recordKinds),
  source: z.string(),
});

/** `workflows actions`: what a step may do. */
const action = z.strictObject({
  name: z.string(),
  title: z.string(),
  permission: z.string(),
  appliesTo: z.array(z.enum(recordKinds)),
  /** How a person takes it back. */
  undo: z.string(),
  /**
   * Its inputs as a JSON schema. Of an input, `picks` names the list that its value is of (assignee, channel, connection, report_template), and `fills`
   * says that fields of the record may stand in its text, as {poam.due}.
   */
  inputs: z.record(z.string(), z.unknown()),
});

/** `workflows fields`: what a condition may read. */
const field = z.strictObject({
  path: z.string(),
  type: z.string(),
  title: z.string(),
  words: z.array(z.string()),
});

/** What may start a run. */
const event = z.strictObject({
  event: z.string(),
  title: z.string(),
  /** What a workflow that it starts may be about. */
  records: z.array(z.enum(recordKinds)),
});

export const workflowAids = z.strictObject({
  shipped: z.array(shipped),
  actions: z.array(action),
  events: z.array(event),
  /** What a condition may call, as it is written: `daysUntil(`. */
  functions: z.array(z.strictObject({ name: z.string(), title: z.string() })),
  fields: z.record(z.enum(recordKinds), z.array(field)),
  /** What a workflow may be for. */
  kinds: z.array(z.enum(workflowTypes)),
  /** Who may be asked or told. */
  roles: z.array(z.strictObject({ role: z.string(), title: z.string() })),
});

/** `workflows replay`: what a workflow would have done. */
export const workflowReplay = z.strictObject({
  from: instant,
  to: instant,
  /** Records that were looked at. */
  looked: z.number(),
  /** There are more records, which were not looked at. */
  isCut: z.boolean(),
  runs: z.number(),
  busiest: z.strictObject({ day: z.string(), runs: z.number() }).nullable(),
  /** Times at which the condition could not be told, by the field that was empty. */
  unknown: z.array(z.strictObject({ field: z.string(), times: z.number() })),
  /** Why it, or a step of it, cannot be played again. */
  unreplayable: z.array(z.strictObject({ place: z.string(), field: z.string(), why: z.string() })),
  /** The first 500. */
  items: z.array(
    z.strictObject({
      at: instant,
      recordId: z.string(),
      title: z.string(),
      boundary: z.string().nullable(),
      steps: z.array(
        z.strictObject({
          id: z.string(),
          says: z.string(),
          outcome: z.enum(['would_do', 'skipped', 'would_ask', 'would_wait', 'unknown']),
        }),
      ),
    }),
  ),
});
