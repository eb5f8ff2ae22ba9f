import type { ConflictChoice, ConflictEffect, ConflictType } from '../../canonical/vocabulary/index.ts';
/**
 * What a person can choose in a conflict, and what that does. Pure: carrying it out is `src/review/conflicts/effects.ts`.
 *
 * Rejected: one pair of choices for every type. "Ours or theirs" has no meaning for a POA&M that is there twice, and a choice
 * that only closes the conflict hides what is still wrong.
 */

/** The types, with what cannot be mapped apart by its way: read from the remote, or sent to it. */
type Situation = Exclude<ConflictType, 'unmappable_value'> | 'unreadable_value' | 'unsendable_value';

const no = undefined;
const none = {
  internal: no,
  external: no,
  value: no,
  first: no,
  copy: no,
  same: no,
  both: no,
  new: no,
  accept: no,
} as const satisfies Record<ConflictChoice, undefined>;

/** Rows: what the conflict is. Columns: what is chosen. SPEC.md, section 6. */
const effects: Readonly<Record<Situation, Readonly<Record<ConflictChoice, ConflictEffect | undefined>>>> = {
  field_mismatch: { ...none, internal: 'keep_ours', external: 'take_theirs', value: 'set_value' },
  missing_record: { ...none, internal: 'make_again', external: 'retire' },
  duplicate: { ...none, first: 'cancel_copy', copy: 'cancel_first', same: 'follow', both: 'keep_both' },
  unreadable_value: { ...none, internal: 'leave_unread', external: 'read_again' },
  unsendable_value: { ...none, internal: 'send_again', external: 'give_up' },
  validation_rejected: { ...none, internal: 'send_again', external: 'give_up' },
  stale_version: { ...none, internal: 'send_again', external: 'give_up' },
  unclear_outcome: { ...none, internal: 'send_again', external: 'give_up' },
  contradiction: { ...none, new: 'make_new', accept: 'leave_closed' },
};

export interface ConflictAtHand {
  readonly type: ConflictType;
  readonly entity: string;
  readonly field: string | null;
  /** Whether it is about a change of ours on its way out, and not about what was read. */
  readonly isOutbound: boolean;
  /** Whether Tieline makes records of this entity at that remote. */
  readonly canBeMade: boolean;
  /** Whether the record has a status that says it was cancelled, which the remote takes. */
  readonly canBeCancelled: boolean;
}

type Need = keyof Pick<ConflictAtHand, 'canBeMade' | 'canBeCancelled'>;
/** What an effect needs of the record; where the record does not have it, the choice is not offered. */
const needs: Readonly<Record<ConflictEffect, Need | undefined>> = {
  keep_ours: no,
  take_theirs: no,
  set_value: no,
  make_again: 'canBeMade',
  retire: no,
  send_again: no,
  give_up: no,
  read_again: no,
  leave_unread: no,
  cancel_copy: 'canBeCancelled',
  cancel_first: 'canBeCancelled',
  follow: 'canBeCancelled',
  keep_both: no,
  make_new: no,
  leave_closed: no,
};

function situationOf({ type, isOutbound }: ConflictAtHand): Situation {
  if (type === 'unmappable_value') return isOutbound ? 'unsendable_value' : 'unreadable_value';
  return type;
}

export interface OfferedChoice {
  readonly choice: ConflictChoice;
  readonly effect: ConflictEffect;
}

/** The choices that this conflict has, each with what it does. */
export function choicesFor(conflict: ConflictAtHand): OfferedChoice[] {
  return Object.entries(effects[situationOf(conflict)]).flatMap(([choice, effect]) => {
    const need = effect && needs[effect];
    return effect && (need === undefined || conflict[need])
      ? [{ choice: choice as ConflictChoice, effect }] // the keys of a total record of choices
      : [];
  });
}

export type ConflictDecision =
  | { readonly do: ConflictEffect }
  | { readonly refuse: 'not_a_choice'; readonly choices: readonly OfferedChoice[] };

/** What a choice does to this conflict, or which choices there are instead. */
export function decideConflict(conflict: ConflictAtHand, choice: ConflictChoice): ConflictDecision {
  const choices = choicesFor(conflict);
  const chosen = choices.find((each) => each.choice === choice);
  return chosen ? { do: chosen.effect } : { refuse: 'not_a_choice', choices };
}
