/** The life of a POA&M, cell by cell. */
import { expect, it } from 'vitest';
import { poamStandingOf } from '../../../canonical/vocabulary/index.ts';
import {
  afterEvent,
  poamEvents,
  type PoamEvent,
  poamStates,
  type PoamState,
  stateOf,
  statusOf,
} from './poam-states.ts';

const states = Object.keys(poamStates) as PoamState[];
const events = Object.keys(poamEvents) as PoamEvent[];

/** Every cell that leads somewhere; all others cannot happen. */
const moves: readonly (readonly [PoamState, PoamEvent, PoamState])[] = [
  ['draft', 'submitted', 'open'],
  ['draft', 'started', 'in_progress'],
  ['draft', 'cancelled', 'cancelled'],
  ['open', 'started', 'in_progress'],
  ['open', 'fix_proven', 'pending_verification'],
  ['open', 'completed', 'completed'],
  ['open', 'risk_accepted', 'risk_accepted'],
  ['open', 'found_false', 'false_positive'],
  ['open', 'found_not_applicable', 'not_applicable'],
  ['open', 'cancelled', 'cancelled'],
  ['in_progress', 'fix_proven', 'pending_verification'],
  ['in_progress', 'completed', 'completed'],
  ['in_progress', 'risk_accepted', 'risk_accepted'],
  ['in_progress', 'found_false', 'false_positive'],
  ['in_progress', 'found_not_applicable', 'not_applicable'],
  ['in_progress', 'cancelled', 'cancelled'],
  ['pending_verification', 'fix_lost', 'in_progress'],
  ['pending_verification', 'completed', 'completed'],
  ['pending_verification', 'risk_accepted', 'risk_accepted'],
  ['pending_verification', 'found_false', 'false_positive'],
  ['pending_verification', 'found_not_applicable', 'not_applicable'],
  ['pending_verification', 'cancelled', 'cancelled'],
  ['completed', 'found_again', 'open'],
  ['completed', 'reopened', 'open'],
  ['risk_accepted', 'deviation_ended', 'open'],
  ['risk_accepted', 'reopened', 'open'],
  ['risk_accepted', 'cancelled', 'cancelled'],
  ['false_positive', 'deviation_ended', 'open'],
  ['false_positive', 'reopened', 'open'],
  ['false_positive', 'cancelled', 'cancelled'],
  ['not_applicable', 'deviation_ended', 'open'],
  ['not_applicable', 'reopened', 'open'],
  ['not_applicable', 'cancelled', 'cancelled'],
];

it.each(states.flatMap((state) => events.map((event) => [state, event] as const)))(
  'a POA&M that is %s moves on %s as the specification says',
  (state, event) => {
    const wanted = moves.find(([from, what]) => from === state && what === event)?.[2];
    expect(afterEvent(state, event)).toBe(wanted);
  },
);

it('each state is one status of the record, and the status is the state again', () => {
  expect(states.map((state) => stateOf(statusOf[state]))).toEqual(states);
});

it('a status outside of the states stays as it is', () => {
  expect(['Operational Requirement', 'Waiting for vendor', null].map((word) => stateOf(word))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

it('other spellings of a status are the same state', () => {
  expect(['ongoing', 'pending_verification', 'Closed', 'risk-accepted'].map((word) => stateOf(word))).toEqual(
    ['in_progress', 'pending_verification', 'completed', 'risk_accepted'],
  );
});

it('only a POA&M that asks for work can be completed, and one that was cancelled never moves again', () => {
  const completable = states.filter((state) => afterEvent(state, 'completed') !== undefined);
  expect(completable.map((state) => poamStandingOf(statusOf[state]))).toEqual(['live', 'live', 'live']);
  expect(events.filter((event) => afterEvent('cancelled', event) !== undefined)).toEqual([]);
});
