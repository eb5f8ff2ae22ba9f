import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterEvent,
  isOver,
  runEvents,
  type RunEvent,
  type RunState,
  runStates,
  runTransitions,
  statesBefore,
} from './run-states.ts';

const events = Object.keys(runEvents) as readonly RunEvent[]; // its own keys

describe('the states of a run', () => {
  it('every state can be reached, and a person can end every one that is not over', () => {
    const reached = new Set<RunState>(['pending', 'held']);
    for (let before = -1; before < reached.size;) {
      before = reached.size;
      for (const state of runStates.filter((each) => reached.has(each)))
        for (const event of events) {
          const next = afterEvent(state, event);
          if (next) reached.add(next);
        }
      if (reached.size === before) break;
    }
    expect([...reached].toSorted()).toEqual([...runStates].toSorted());
    for (const state of runStates)
      expect(isOver(state) ? undefined : afterEvent(state, 'cancelled')).toBe(
        isOver(state) ? undefined : 'cancelled',
      );
  });

  it('whatever happens in whatever order, a run that is over stays as it ended', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 60 }), (happened) => {
        let state: RunState = 'pending';
        const seen = happened.map((event) => (state = afterEvent(state, event) ?? state));
        const ended = seen.findIndex(isOver);
        expect(new Set(ended < 0 ? [] : seen.slice(ended)).size).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('an event happens in one state at least, and no state misses one', () => {
    for (const event of events) expect(statesBefore(event).length).toBeGreaterThan(0);
    for (const state of runStates)
      expect(Object.keys(runTransitions[state]).toSorted()).toEqual([...events].toSorted());
  });
});
