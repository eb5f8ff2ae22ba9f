/**
 * What a step of a workflow can do. An action is a use case of a module with its inputs as data: it decides nothing by itself, and what a
 * policy of the boundary already did is `nothing_to_do`, with that reason.
 *
 * A simulated step carries the action out and takes it back with its transaction: there is no second telling of what it would have done.
 */
import { z } from 'zod';
import { isWithin, type Permission, type Scope, scopeFor } from '../../../canonical/access/index.ts';
import type { RecordKind, TriggerEvent } from '../../../canonical/workflow/index.ts';
import { type ErrorCode, TielineError } from '../../../platform/errors/index.ts';
import type { Snapshot } from '../conditions/index.ts';
import type { ActionChange, ActionContext, ActionOutcome } from '../parts.ts';
import { issueWords } from '../definition/index.ts';
import { unknownFields } from './inputs.ts';

/** What an action is given beside its inputs. */
export interface Acting extends Omit<ActionContext, 'simulate'> {
  /** Where the owner holds the permission of the action. */
  readonly scope: Scope;
  /** Why, for journals: the workflow by name. */
  readonly reason: string;
}

export interface ActionSpec<Inputs extends z.ZodObject> {
  readonly name: string;
  /** In plain words; it reads after "a step may". */
  readonly title: string;
  readonly inputs: Inputs;
  readonly permission: Permission;
  readonly appliesTo: readonly RecordKind[];
  /** Events that it raises: by these a circle of workflows is found. */
  readonly raises: readonly TriggerEvent[];
  /** How a person takes it back. */
  readonly undo: string;
  readonly carryOut: (acting: Acting, record: Snapshot, inputs: z.output<Inputs>) => Promise<ActionOutcome>;
}

export interface WorkflowAction {
  readonly name: string;
  readonly title: string;
  readonly permission: Permission;
  readonly appliesTo: readonly RecordKind[];
  readonly raises: readonly TriggerEvent[];
  readonly undo: string;
  /** Its inputs as a JSON schema: what the editor completes. */
  readonly inputs: () => Record<string, unknown>;
  /**
   * @param record the kind that the workflow is about: fields that texts name (`{poam.due}`) are looked up there.
   * @returns what is wrong with inputs, each with its path within them.
   */
  readonly problems: (
    inputs: Readonly<Record<string, unknown>>,
    record?: RecordKind,
  ) => readonly { readonly path: string; readonly message: string }[];
  readonly carryOut: (
    context: ActionContext,
    record: Snapshot,
    inputs: Readonly<Record<string, unknown>>,
  ) => Promise<ActionOutcome>;
}

export const done = (why: string, changes: readonly ActionChange[] = []): ActionOutcome => ({
  outcome: 'done',
  why,
  changes,
});
export const nothingToDo = (why: string): ActionOutcome => ({ outcome: 'nothing_to_do', why, changes: [] });
export const refused = (why: string): ActionOutcome => ({ outcome: 'refused', why, changes: [] });

/** Errors by which a use case refuses what it was asked for. Any other is a fault of the run, which is tried again. */
const refusals: readonly ErrorCode[] = [
  'USAGE',
  'EDIT_REFUSED',
  'DEVIATION_INCOMPLETE',
  'DEVIATION_OVER',
  'NOT_ALLOWED',
  'RECORD_UNKNOWN',
  'RECORD_MOVED',
  'REPORT_INVALID',
  'REPORT_TEMPLATE_UNKNOWN',
  'SYSTEM_UNKNOWN',
];

const sentenceOf = ({ message, fields }: TielineError): string =>
  fields.length === 0
    ? message
    : `${message} ${fields.map((fault) => `${fault.field}: ${fault.message}`).join('; ')}`;

async function carriedOut<Inputs extends z.ZodObject>(
  spec: ActionSpec<Inputs>,
  context: ActionContext,
  record: Snapshot,
  given: Readonly<Record<string, unknown>>,
): Promise<ActionOutcome> {
  const scope = scopeFor(context.owner, spec.permission, context.now);
  if (!scope || !isWithin(scope, record.boundary))
    return refused(`${context.owner.name} does not hold ${spec.permission} for ${record.title}`);
  const { simulate, ...rest } = context;
  try {
    return await context.app.store.asOne(async (store) => {
      const app = { ...context.app, store, db: store.db };
      const acting: Acting = { ...rest, app, scope, reason: `workflow ${context.workflow}` };
      const result = await spec.carryOut(acting, record, spec.inputs.parse(given));
      return { keep: !simulate && result.outcome === 'done', result };
    });
  } catch (error) {
    if (error instanceof TielineError && refusals.includes(error.code)) return refused(sentenceOf(error));
    throw error;
  }
}

const isMissing = (given: unknown, path: readonly PropertyKey[]): boolean =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Readonly<Record<PropertyKey, unknown>>)[key]
        : undefined, // looked up by what zod found there
    given,
  ) === undefined;

/** Declares an action. */
export function defineAction<Inputs extends z.ZodObject>(spec: ActionSpec<Inputs>): WorkflowAction {
  const { name, title, permission, appliesTo, raises, undo, inputs } = spec;
  return {
    name,
    title,
    permission,
    appliesTo,
    raises,
    undo,
    inputs: () => ({ ...z.toJSONSchema(inputs, { io: 'input' }) }),
    problems: (given, record) => [
      ...(inputs.safeParse(given).error?.issues ?? []).map((issue) => ({
        path: issue.path.map(String).join('.'),
        message:
          issue.code === 'unrecognized_keys'
            ? `${issue.keys.join(', ')}: ${name} takes no such input; it takes ${Object.keys(inputs.shape).join(', ')}`
            : issueWords(issue, isMissing(given, issue.path)),
      })),
      ...(record === undefined ? [] : unknownFields(given, record)),
    ],
    carryOut: (context, record, given) => carriedOut(spec, context, record, given),
  };
}
