/**
 * What it takes to undo what was done to one field. Values go back on our side only: the base stays, so an undone value
 * is left as an edit of ours, which the next sync plans, sends, or finds in conflict like any other (SPEC.md, section 9).
 */
import type { Json } from '../../platform/values/index.ts';
import type { FieldPolicy } from '../../canonical/policy/index.ts';
import { sameValue } from './three-way.ts';

/** All that an operation did to one field of one record, as one step. */
export interface FieldStep {
  /** Before the first of its changes. */
  readonly before: Json;
  /** After the last. */
  readonly after: Json;
}

export type Reversal =
  | { readonly do: 'set'; readonly value: Json; readonly note: string | undefined }
  /** Nothing to do: the value is already there. */
  | { readonly do: 'nothing' }
  | { readonly do: 'refuse'; readonly reason: string };

/** Folds the changes of a field, oldest first, into one step. */
export function foldSteps(steps: readonly FieldStep[]): FieldStep | undefined {
  const first = steps[0];
  const last = steps.at(-1);
  return first && last ? { before: first.before, after: last.after } : undefined;
}

/**
 * @param given.present our value now. @param given.held whether the field is in an open conflict.
 * @param given.sendable whether any mapping takes the field out.
 */
export function reverseField(
  step: FieldStep,
  given: {
    readonly present: Json | undefined;
    readonly policy: FieldPolicy;
    readonly held: boolean;
    readonly sendable: boolean;
  },
): Reversal {
  if (sameValue(given.present, step.before)) return { do: 'nothing' };
  if (!sameValue(given.present, step.after))
    return { do: 'refuse', reason: 'was changed again since; undo that first, or edit it' };
  if (given.held)
    return { do: 'refuse', reason: 'is in an open conflict; settle that with `tieline conflicts resolve`' };
  if (given.policy.direction === 'inbound')
    return { do: 'refuse', reason: 'its policy lets the remote alone decide it: change it there' };
  return {
    do: 'set',
    value: step.before,
    note: given.sendable ? undefined : 'only here: no mapping takes this field out',
  };
}
