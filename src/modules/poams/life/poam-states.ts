/**
 * The life of a POA&M as a total table: each state with each event, so that a new one does not compile before each meeting of the two is
 * decided. Section 13 of src/engine/merge/SPEC.md is made of it (tools/generate-docs.ts).
 *
 * `delayed` is no state: it is computed from the dates. Operational requirement, vendor dependency and risk adjustment are deviations beside
 * the state. A stored word that is none of these stays as it is, is shown, and is moved by nobody but a person.
 */
import { canonicalStatus, type poamStatuses } from '../../../canonical/vocabulary/index.ts';
import type { Transitions } from '../../../platform/values/index.ts';

/** What each state means, for SPEC.md. */
export const poamStates = {
  draft: 'written down, and not submitted yet',
  open: 'a plan that was agreed; work has not begun',
  in_progress: 'work is being done',
  pending_verification: 'fixed, with evidence; to be confirmed',
  completed: 'done: what is found from now on, it does not answer',
  risk_accepted: 'the authorizing official accepts the risk, until a date',
  false_positive: 'there is no such weakness',
  not_applicable: 'the control does not apply',
  cancelled: 'given up, for a reason; never changed again',
} as const;
export type PoamState = keyof typeof poamStates;

/** What happens to a POA&M, for SPEC.md. */
export const poamEvents = {
  submitted: 'a person submits it',
  started: 'work on it begins',
  fix_proven: 'each finding under it is fixed, with evidence',
  fix_lost: 'a finding under it is open again, or was not fixed after all',
  completed: 'a person completes it, or its evidence does by the settings of the boundary',
  found_again: 'a finding under it returns soon after completion',
  reopened: 'a person, or the setting for contradictions, opens it again',
  risk_accepted: 'its risk was accepted',
  found_false: 'it was shown to be no weakness',
  found_not_applicable: 'it was shown not to apply',
  deviation_ended: 'what was decided has run out, or was withdrawn',
  cancelled: 'a person gives it up',
} as const;
export type PoamEvent = keyof typeof poamEvents;

const nothing = {
  submitted: null,
  started: null,
  fix_proven: null,
  fix_lost: null,
  completed: null,
  found_again: null,
  reopened: null,
  risk_accepted: null,
  found_false: null,
  found_not_applicable: null,
  deviation_ended: null,
  cancelled: null,
} as const satisfies Record<PoamEvent, null>;

/** What may become of a POA&M on which work is asked for. */
const endings = {
  completed: 'completed',
  risk_accepted: 'risk_accepted',
  found_false: 'false_positive',
  found_not_applicable: 'not_applicable',
  cancelled: 'cancelled',
} as const;

export const poamTransitions: Transitions<PoamState, PoamEvent> = {
  draft: { ...nothing, submitted: 'open', started: 'in_progress', cancelled: 'cancelled' },
  open: { ...nothing, ...endings, started: 'in_progress', fix_proven: 'pending_verification' },
  in_progress: { ...nothing, ...endings, fix_proven: 'pending_verification' },
  pending_verification: { ...nothing, ...endings, fix_lost: 'in_progress' },
  completed: { ...nothing, found_again: 'open', reopened: 'open' },
  risk_accepted: { ...nothing, deviation_ended: 'open', reopened: 'open', cancelled: 'cancelled' },
  false_positive: { ...nothing, deviation_ended: 'open', reopened: 'open', cancelled: 'cancelled' },
  not_applicable: { ...nothing, deviation_ended: 'open', reopened: 'open', cancelled: 'cancelled' },
  cancelled: nothing,
};

type Status = (typeof poamStatuses)[number];

/** The word of our record for each state; of a remote, its mapping of `status` says the word, both ways. */
export const statusOf: Readonly<Record<PoamState, Status>> = {
  draft: 'Draft',
  open: 'Open',
  in_progress: 'In Progress',
  pending_verification: 'Pending Verification',
  completed: 'Completed',
  risk_accepted: 'Risk Accepted',
  false_positive: 'False Positive',
  not_applicable: 'Not Applicable',
  cancelled: 'Cancelled',
};

const states = Object.keys(poamStates) as PoamState[]; // a record by states has no other keys

/** The state of a POA&M by its status, in whatever spelling; undefined: a word that stays as it is. */
export function stateOf(status: string | null): PoamState | undefined {
  const word = canonicalStatus('status', status ?? '');
  return states.find((state) => statusOf[state] === word);
}

/** The state that an event leads to; undefined where it cannot happen. */
export const afterEvent = (state: PoamState, event: PoamEvent): PoamState | undefined =>
  poamTransitions[state][event] ?? undefined;
