/**
 * The life of a privacy request as one total table: from each state, what each step leads to, or why it may not be taken. Pure.
 *
 * received → acknowledged → identity pending → identity verified → searching → review → granted, partly granted or refused → (appealed →
 * decided again) → closed. A statement of disagreement changes no state, and neither does a search during an appeal, nor the proof of identity
 * of a person who was refused for lack of it; a person may withdraw before the decision and during an appeal.
 */
import type { PrivacyStatus, PrivacyStep } from '../../canonical/vocabulary/index.ts';

/** Why a step may not be taken: the rule and what to do first. */
const refusals = {
  acknowledge_first: 'acknowledge it first: `tieline privacy acknowledge`',
  acknowledged_already: 'it was acknowledged already',
  identity_first: 'verify the identity first: `tieline privacy identify`',
  identity_known: 'the identity was verified already',
  search_first: 'search first: `tieline privacy search`',
  review_first: 'review what was found first: `tieline privacy review`',
  decided_already: 'it was decided already; the person may appeal',
  nothing_to_appeal: 'only what was refused, wholly or in part, can be appealed',
  appeal_open: 'its appeal is to be decided first: grant or refuse',
  appealed_already: 'its appeal is open already',
  nothing_refused: 'nothing of it was refused, so there is nothing to disagree with',
  decide_first: 'decide it first (grant or refuse), or say that the person withdrew it (--withdrawn)',
  is_closed: 'it is closed',
} as const;
type Refusal = keyof typeof refusals;

type Cell = { readonly to: PrivacyStatus } | { readonly no: Refusal };
const to = (status: PrivacyStatus): Cell => ({ to: status });
const no = (why: Refusal): Cell => ({ no: why });

type Row = Readonly<Record<PrivacyStep, Cell>>;

const beforeSearch = {
  review: no('search_first'),
  grant: no('search_first'),
  grant_partly: no('search_first'),
  appeal: no('nothing_to_appeal'),
  disagree: no('nothing_refused'),
  withdraw: to('closed'),
  close: no('decide_first'),
} as const;

const decided = {
  acknowledge: no('acknowledged_already'),
  ask_identity: no('identity_known'),
  identify: no('identity_known'),
  search: no('decided_already'),
  review: no('decided_already'),
  grant: no('decided_already'),
  grant_partly: no('decided_already'),
  refuse: no('decided_already'),
  withdraw: no('decided_already'),
  close: to('closed'),
} as const;

/** An appeal of who was refused before their identity was verified: it can be refused again, and is granted no sooner than any other request. */
const unidentifiedAppeal = {
  ask_identity: to('appealed'),
  identify: to('appealed'),
  search: no('identity_first'),
  grant: no('identity_first'),
  grant_partly: no('identity_first'),
} as const satisfies Partial<Row>;

export const privacyTransitions: Readonly<Record<PrivacyStatus, Row>> = {
  received: {
    ...beforeSearch,
    acknowledge: to('acknowledged'),
    ask_identity: no('acknowledge_first'),
    identify: no('acknowledge_first'),
    search: no('acknowledge_first'),
    refuse: no('acknowledge_first'),
  },
  acknowledged: {
    ...beforeSearch,
    acknowledge: no('acknowledged_already'),
    ask_identity: to('identity_pending'),
    identify: to('identity_verified'),
    search: no('identity_first'),
    refuse: to('refused'),
  },
  identity_pending: {
    ...beforeSearch,
    acknowledge: no('acknowledged_already'),
    ask_identity: to('identity_pending'),
    identify: to('identity_verified'),
    search: no('identity_first'),
    refuse: to('refused'),
  },
  identity_verified: {
    ...beforeSearch,
    acknowledge: no('acknowledged_already'),
    ask_identity: no('identity_known'),
    identify: no('identity_known'),
    search: to('searching'),
    refuse: to('refused'),
  },
  searching: {
    ...beforeSearch,
    acknowledge: no('acknowledged_already'),
    ask_identity: no('identity_known'),
    identify: no('identity_known'),
    search: to('searching'),
    review: to('review'),
    grant: no('review_first'),
    grant_partly: no('review_first'),
    refuse: no('review_first'),
  },
  review: {
    ...beforeSearch,
    acknowledge: no('acknowledged_already'),
    ask_identity: no('identity_known'),
    identify: no('identity_known'),
    search: to('searching'),
    review: to('review'),
    grant: to('granted'),
    grant_partly: to('partly_granted'),
    refuse: to('refused'),
  },
  granted: { ...decided, appeal: no('nothing_to_appeal'), disagree: no('nothing_refused') },
  partly_granted: { ...decided, appeal: to('appealed'), disagree: to('partly_granted') },
  refused: { ...decided, appeal: to('appealed'), disagree: to('refused') },
  appealed: {
    ...decided,
    search: to('appealed'),
    grant: to('granted'),
    grant_partly: to('partly_granted'),
    refuse: to('refused'),
    appeal: no('appealed_already'),
    disagree: no('appeal_open'),
    withdraw: to('closed'),
    close: no('appeal_open'),
  },
  closed: {
    acknowledge: no('is_closed'),
    ask_identity: no('is_closed'),
    identify: no('is_closed'),
    search: no('is_closed'),
    review: no('is_closed'),
    grant: no('is_closed'),
    grant_partly: no('is_closed'),
    refuse: no('is_closed'),
    appeal: no('is_closed'),
    disagree: no('is_closed'),
    withdraw: no('is_closed'),
    close: no('is_closed'),
  },
};

/** Where a request stands. Only in an appeal does it matter whether its person was identified: its state does not say so. */
export interface Standing {
  readonly status: PrivacyStatus;
  readonly identityAt: Date | null;
}

const rowOf = ({ status, identityAt }: Standing): Row => ({
  ...privacyTransitions[status],
  ...(status === 'appealed' && identityAt === null ? unidentifiedAppeal : {}),
});

/** Where a step leads, or the sentence that says why not. */
export function nextStatus(
  from: Standing,
  step: PrivacyStep,
): { readonly to: PrivacyStatus } | { readonly refused: string } {
  const cell = rowOf(from)[step];
  return 'to' in cell ? cell : { refused: refusals[cell.no] };
}

/** The steps that may be taken from where a request stands. */
export function stepsFrom(from: Standing): readonly PrivacyStep[] {
  const row = rowOf(from);
  return (Object.keys(row) as PrivacyStep[]).filter((step) => 'to' in row[step]); // its own keys
}
