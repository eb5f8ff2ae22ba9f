import { expect, it } from 'vitest';
import {
  operationEvents,
  operationTransitions,
  type OperationEvent,
} from '../../ledger/operations/operation-states.ts';
import { moveBy, type Transitions } from './transitions.ts';

const lamp: Transitions<'off' | 'on' | 'broken', 'switched' | 'dropped' | 'repaired'> = {
  off: { switched: 'on', dropped: 'broken', repaired: null },
  on: { switched: 'off', dropped: 'broken', repaired: null },
  broken: { switched: null, dropped: 'broken', repaired: null },
};

it('an event of a state machine moves rows from each state in which it can happen to the one that follows', () => {
  expect(moveBy(lamp, 'dropped')).toEqual({ from: ['off', 'on', 'broken'], to: 'broken' });
});

it('an event that leads to two states, or to none, is refused: one update cannot do that', () => {
  expect(() => moveBy(lamp, 'switched')).toThrow('The event switched does not lead to exactly one state.');
  expect(() => moveBy(lamp, 'repaired')).toThrow('The event repaired does not lead to exactly one state.');
});

it('every event of an operation leads to one state, and a finished operation changes only by being continued', () => {
  for (const event of Object.keys(operationEvents) as OperationEvent[])
    expect(moveBy(operationTransitions, event).to).toBeTruthy();
  for (const state of ['completed', 'completed_with_issues'] as const)
    expect(Object.values(operationTransitions[state]).filter((next) => next !== null)).toEqual([
      'in_progress',
    ]);
});
