/** What workflows are built of, for those who write them; and what one that is written would have done. */
import { allRoles, roles, type Scope } from '../../canonical/access/index.ts';
import {
  allTriggerEvents,
  recordKinds,
  recordsOfEvent,
  triggerEvents,
  workflowTypes,
} from '../../canonical/workflow/index.ts';
import type { App } from '../../engine/run/index.ts';
import {
  conditionFunctions,
  fieldsOf,
  readSource,
  type Replay,
  replayWorkflow,
  shippedWorkflows,
} from '../../modules/workflows/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { workflowActions } from './all-actions.ts';

/** The workflows that ship, the actions, the events, and what conditions read and call. */
export const workflowAidsOf = () => ({
  shipped: shippedWorkflows().map(({ number, definition, source }) => ({
    number,
    name: definition.name,
    title: definition.title,
    purpose: definition.purpose ?? '',
    recordKind: definition.record,
    source,
  })),
  actions: workflowActions.map(({ name, title, permission, appliesTo, undo, inputs }) => ({
    name,
    title,
    permission,
    appliesTo: [...appliesTo],
    undo,
    inputs: inputs(),
  })),
  events: allTriggerEvents.map((event) => ({
    event,
    title: triggerEvents[event].title,
    records: [...recordsOfEvent(event)],
  })),
  functions: conditionFunctions.map((each) => ({ ...each })),
  fields: Object.fromEntries(
    recordKinds.map((kind) => [kind, fieldsOf(kind).map((field) => ({ ...field, words: [...field.words] }))]),
  ) as Record<(typeof recordKinds)[number], { path: string; type: string; title: string; words: string[] }[]>, // each kind is in it
  kinds: [...workflowTypes],
  roles: allRoles.map((role) => ({ role, title: roles[role].title })),
});

type Plain<T> = T extends Date
  ? T
  : T extends readonly (infer One)[]
    ? Plain<One>[]
    : T extends object
      ? { -readonly [K in keyof T]: Plain<T[K]> }
      : T;

/** @throws TielineError USAGE with each problem by its place, where it is no workflow. */
export async function replaySource(
  app: Pick<App, 'db' | 'now'>,
  scope: Scope,
  { source, days }: { readonly source: string | Readonly<Record<string, unknown>>; readonly days: number },
): Promise<Plain<Replay>> {
  const read = readSource(source);
  if (!read.definition)
    throw new TielineError('USAGE', 'This is no workflow that could be played.', {
      fields: read.problems.map(({ path, message, line }) => ({
        field: line === undefined ? path : `${path} (line ${line})`,
        message,
      })),
    });
  // The same values, in the shape of the contract, whose lists are not readonly.
  return (await replayWorkflow(app, scope, read.definition, { days })) as Plain<Replay>;
}
