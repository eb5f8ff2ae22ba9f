import { describe, expect, it } from 'vitest';
import { choicesFor, decideConflict, type ConflictAtHand } from './conflict-choices.ts';
import {
  conflictChoices,
  conflictEffects,
  type ConflictType,
  conflictTypes,
} from '../../canonical/vocabulary/conflict.ts';

const conflict = (type: ConflictType, more: Partial<ConflictAtHand> = {}): ConflictAtHand => ({
  type,
  entity: 'poam',
  field: null,
  isOutbound: false,
  canBeMade: true,
  canBeCancelled: true,
  ...more,
});
const named = (given: ConflictAtHand): string =>
  choicesFor(given)
    .map(({ choice, effect }) => `${choice}: ${effect}`)
    .join(', ');

describe('the choices of a conflict', () => {
  it.each([
    [conflict('field_mismatch'), 'internal: keep_ours, external: take_theirs, value: set_value'],
    [conflict('missing_record'), 'internal: make_again, external: retire'],
    [conflict('missing_record', { entity: 'system', canBeMade: false }), 'external: retire'],
    [conflict('duplicate'), 'first: cancel_copy, copy: cancel_first, same: follow, both: keep_both'],
    [conflict('duplicate', { entity: 'system', canBeCancelled: false }), 'both: keep_both'],
    [conflict('unmappable_value'), 'internal: leave_unread, external: read_again'],
    [conflict('unmappable_value', { isOutbound: true }), 'internal: send_again, external: give_up'],
    [conflict('validation_rejected'), 'internal: send_again, external: give_up'],
    [conflict('stale_version'), 'internal: send_again, external: give_up'],
    [conflict('unclear_outcome'), 'internal: send_again, external: give_up'],
    [conflict('contradiction'), 'new: make_new, accept: leave_closed'],
  ])('the choices of a conflict of $type of a $entity are what the type can do', (given, expected) => {
    expect(named(given)).toBe(expected);
  });

  it('the choices of a conflict are never empty, and each does something of its own', () => {
    for (const type of conflictTypes)
      for (const isOutbound of [true, false])
        for (const possible of [true, false]) {
          const offered = choicesFor(
            conflict(type, { isOutbound, canBeMade: possible, canBeCancelled: possible }),
          );
          expect(offered.length).toBeGreaterThan(0);
          expect(new Set(offered.map(({ effect }) => effect)).size).toBe(offered.length);
        }
  });

  it('the choices of a conflict reach every effect', () => {
    const reached = conflictTypes.flatMap((type) =>
      [true, false].flatMap((isOutbound) => choicesFor(conflict(type, { isOutbound }))),
    );
    expect(new Set(reached.map(({ effect }) => effect))).toEqual(new Set(conflictEffects));
  });
});

describe('a choice', () => {
  it('a choice that the conflict does not have is refused, with the choices that it has', () => {
    for (const type of conflictTypes)
      for (const choice of conflictChoices) {
        const given = conflict(type);
        const offered = choicesFor(given);
        expect(decideConflict(given, choice)).toEqual(
          offered.some((each) => each.choice === choice)
            ? { do: offered.find((each) => each.choice === choice)?.effect }
            : { refuse: 'not_a_choice', choices: offered },
        );
      }
  });
});
