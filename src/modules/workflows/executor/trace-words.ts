/** What a row of a trace says: its outcome, and why as a code with parameters. Sentences are made when they are shown. */
import type { JsonObject } from '../../../platform/values/index.ts';

/** `would_…`: in a run that simulates. */
export const traceOutcomes = [
  'started',
  'done',
  'would_do',
  'nothing_to_do',
  'refused',
  'skipped',
  'failed',
  'continued_after_failure',
  'waits',
  'would_wait',
  'woke',
  'timed_out',
  'asked',
  'would_ask',
  'approved',
  'rejected',
  'expired',
  'reminded',
  'chosen',
  'ended',
  'held',
  'released',
  'halted',
  'resumed',
  'retried',
  'cancelled',
  'cut',
] as const;
export type TraceOutcome = (typeof traceOutcomes)[number];

export const whySentences = {
  said: '{text}',
  started: 'started by {by}',
  condition_false: 'its condition is not true of the record',
  condition_unknown: 'its condition reads {field}, which is {reason}',
  condition_failed: 'its condition cannot be evaluated: {text}',
  branch: 'branch {number}: its condition is true',
  no_branch: 'no condition of a branch is true',
  until: 'until {at}',
  until_condition: 'until its condition is true, at the latest until {at}',
  waited: 'the time is over',
  came_true: 'its condition is true',
  timed_out: 'its condition did not become true in time',
  asked_for: 'asked to {ask}; {who} decides',
  by_person: 'by {by}',
  expired: 'nobody decided in time',
  withdrawn: 'the question was withdrawn',
  reminded: '{people} reminded',
  nobody_to_remind: 'there is nobody to remind: nobody who may sign in holds the role {who} here',
  no_way_to_remind: 'not reminded: {people}; there is no channel of kind email, or no address of theirs',
  record_gone: 'the record is not there any more',
  action_unknown: 'there is no action {action} in this version of Tieline',
  inputs_wrong: 'what it is given is not what the action takes: {text}',
  not_here: 'its owner {owner} does not hold {permission} in this boundary',
  owner_gone: 'its owner {owner} has no account that may act',
  owner_lacks: 'its owner {owner} holds {permission} nowhere any more',
  version_changed: 'its version was changed beside Tieline: it is not what was approved',
  limit: 'the workflow may touch {limit} records in 24 hours',
  too_deep:
    'it was started by a run that was started by a run, {depth} deep: workflows start each other in a circle',
  error: '{text}',
  given_up: 'it failed {attempts} times, the last time: {text}',
} as const;
export type WhyCode = keyof typeof whySentences;

export interface Why {
  readonly code: WhyCode;
  readonly params?: JsonObject;
}

/** The sentence of a reason. */
export function whySentence({ code, params = {} }: Why): string {
  return whySentences[code].replaceAll(/\{(\w+)\}/g, (_all, name: string) => {
    const value = params[name];
    return value === undefined || value === null
      ? ''
      : typeof value === 'string'
        ? value
        : JSON.stringify(value);
  });
}
