/**
 * A workflow as data: one schema for the database, YAML, the command line, the API and the console. What its conditions and actions mean is
 * checked where these are known (modules/workflows); here is only its shape.
 *
 * A run is about one record. Steps run in their order; a step has an id that no other step of the workflow has, at any depth, by which traces
 * name it.
 */
import { z } from 'zod';
import { allRoles, type Role } from '../access/index.ts';
import { allTriggerEvents, recordKinds, workflowTypes } from './workflow-words.ts';

const text = (longest: number) => z.string().trim().min(1).max(longest);
/** A condition in CEL; the record is named by its kind: `finding.severity == "critical"`. */
const condition = text(4_000);
const days = z.number().int().min(1).max(400);
const roleName = z.enum(allRoles as readonly [Role, ...Role[]]); // there are some
const stepId = z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/, {
  error: 'must begin with a letter and hold only a-z, 0-9, - and _ (at most 40), such as "tell-owner"',
});

/** What starts runs of a workflow; just one of them. */
export const workflowTrigger = z.union([
  z.strictObject({
    event: z.enum(
      allTriggerEvents as readonly [
        (typeof allTriggerEvents)[number],
        ...(typeof allTriggerEvents)[number][],
      ],
    ), // there are some
  }),
  z.strictObject({
    /** Five fields of cron, in UTC: `0 6 * * *`. Each time, a run for every record of which the condition is true. */
    schedule: text(100),
  }),
  z.strictObject({
    /** The name of a metric; a run each time its newest value comes to lie beyond the threshold, not each day that it stays there. */
    metric: text(255),
    above: z.number().optional(),
    below: z.number().optional(),
  }),
  z.strictObject({ by_hand: z.literal(true) }),
]);
export type WorkflowTrigger = z.infer<typeof workflowTrigger>;

/** `stop`: the run ends as failed; `continue`: the next step runs, and the trace keeps what went wrong. */
const onError = z.enum(['stop', 'continue']).default('stop');

/** A level of an approval: one of these roles agrees, or one person of each. */
export const approvalLevel = z.strictObject({
  who: z.array(roleName).min(1).max(5),
  quorum: z.enum(['one', 'all']).default('one'),
});

interface StepBase {
  readonly id: string;
}
/** Carries out an action of the registry. */
export interface ActionStep extends StepBase {
  readonly action: string;
  readonly with: Readonly<Record<string, unknown>>;
  /** It is carried out only where this is true; else `else`. */
  readonly when?: string | undefined;
  readonly else?: readonly WorkflowStep[] | undefined;
  readonly onError: 'stop' | 'continue';
}
/** Asks people, level by level, and waits. After a no, or where nobody decides in time, the run ends, after the steps of `onRefused`. */
export interface ApprovalStep extends StepBase {
  readonly approve: {
    /** What is asked, in plain words; it reads after "asks to". */
    readonly ask: string;
    readonly levels: readonly z.infer<typeof approvalLevel>[];
    readonly expireDays: number;
    /** So many days after it was asked, those whose turn it is are reminded. */
    readonly remindDays: readonly number[];
    /** Who is told when nobody decided in time for the last reminder. */
    readonly escalateTo?: readonly Role[] | undefined;
  };
  readonly onRefused?: readonly WorkflowStep[] | undefined;
}
/** Waits for a number of days, or until a condition comes true; then for no longer than `timeoutDays`. */
export interface WaitStep extends StepBase {
  readonly waitUntil: string | { readonly days: number };
  readonly timeoutDays?: number | undefined;
  readonly onTimeout: 'stop' | 'continue' | readonly WorkflowStep[];
}
/** Runs the steps of the first branch whose condition is true, else those of `else`. */
export interface BranchStep extends StepBase {
  readonly branch: readonly { readonly when: string; readonly steps: readonly WorkflowStep[] }[];
  readonly else?: readonly WorkflowStep[] | undefined;
}
export type WorkflowStep = ActionStep | ApprovalStep | WaitStep | BranchStep;

const steps: z.ZodType<WorkflowStep[]> = z.lazy(() => z.array(workflowStep).min(1).max(50));

const actionStep = z.strictObject({
  id: stepId,
  action: text(60),
  with: z.record(z.string(), z.unknown()).default({}),
  when: condition.optional(),
  else: steps.optional(),
  onError,
});
const approvalStep = z.strictObject({
  id: stepId,
  approve: z.strictObject({
    ask: text(300),
    levels: z.array(approvalLevel).min(1).max(5),
    expireDays: days.default(14),
    remindDays: z.array(days).max(5).default([3, 7]),
    escalateTo: z.array(roleName).min(1).max(5).optional(),
  }),
  onRefused: steps.optional(),
});
const waitStep = z
  .strictObject({
    id: stepId,
    waitUntil: z.union([condition, z.strictObject({ days })]),
    timeoutDays: days.optional(),
    onTimeout: z.union([z.enum(['stop', 'continue']), steps]).default('stop'),
  })
  .refine(({ waitUntil, timeoutDays }) => typeof waitUntil === 'object' || timeoutDays !== undefined, {
    path: ['timeoutDays'],
    error: 'is required where a condition is waited for: nothing waits for ever',
  });
const branchStep = z.strictObject({
  id: stepId,
  branch: z
    .array(z.strictObject({ when: condition, steps }))
    .min(1)
    .max(10),
  else: steps.optional(),
});

/** The schema of each kind of step, by the field that makes it one. */
export const stepSchemas = {
  action: actionStep,
  approve: approvalStep,
  waitUntil: waitStep,
  branch: branchStep,
} as const;

export const workflowStep: z.ZodType<WorkflowStep> = z.union([
  actionStep,
  approvalStep,
  waitStep,
  branchStep,
]);

export const workflowDefinition = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{1,79}$/, {
    error: 'must begin with a letter and hold only a-z, 0-9 and - (2 to 80), such as "kev-arrives"',
  }),
  title: text(200),
  /** What it is for, in a sentence or two. */
  purpose: text(1_000).optional(),
  kind: z.enum(workflowTypes).default('other'),
  trigger: workflowTrigger,
  /** What its runs are about, and its conditions read. */
  record: z.enum(recordKinds),
  /** A run is started for a record of which this is true. */
  when: condition.default('true'),
  /** How many records it may touch in 24 hours before it asks. */
  limit: z.number().int().min(1).max(100_000).default(100),
  steps,
});
/** A workflow, its defaults filled in. */
export type WorkflowDefinition = z.infer<typeof workflowDefinition>;
