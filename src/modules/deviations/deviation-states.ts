/**
 * The states of a deviation, as a total table.
 *
 *   found      somebody made a rule at a scanner's server that no deviation explains: it is a question, and never an approval
 *   requested  asked for, nobody has decided: it changes nothing yet
 *   approved   it holds, until its last day, or until it is taken back or what it is about is fixed
 *   rejected   somebody of those who decide said no
 *   withdrawn  taken back by a person, before or after it was decided
 *   expired    its last day is past
 *   lapsed     what it was about has been fixed since, or nobody decided it in time
 *
 * What ended never holds again: whoever wants it longer asks anew, with the evidence of then.
 */
import type { deviationStateWords } from '../../canonical/lists/index.ts';
import type { Transitions } from '../../platform/values/index.ts';

export type DeviationState = (typeof deviationStateWords)[number];
export type DeviationEvent = 'approve' | 'reject' | 'withdraw' | 'expire' | 'lapse';

const over = { approve: null, reject: null, withdraw: null, expire: null, lapse: null } as const;

export const deviationTransitions: Transitions<DeviationState, DeviationEvent> = {
  found: { approve: null, reject: null, withdraw: 'withdrawn', expire: null, lapse: 'lapsed' },
  requested: {
    approve: 'approved',
    reject: 'rejected',
    withdraw: 'withdrawn',
    // What was never granted does not run out: it lapses.
    expire: null,
    lapse: 'lapsed',
  },
  approved: { approve: null, reject: null, withdraw: 'withdrawn', expire: 'expired', lapse: 'lapsed' },
  rejected: over,
  withdrawn: over,
  expired: over,
  lapsed: over,
};
