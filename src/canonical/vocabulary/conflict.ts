/** The words of a conflict: what it is about, and what a person can choose. What a choice does: `src/engine/merge/conflict-choices.ts`. */

export const conflictTypes = [
  'field_mismatch',
  'stale_version',
  'missing_record',
  'duplicate',
  'unmappable_value',
  'validation_rejected',
  'unclear_outcome',
  'contradiction',
] as const;
export type ConflictType = (typeof conflictTypes)[number];

/** Internal is our side, external the remote's. */
export const conflictChoices = [
  'internal',
  'external',
  'value',
  'first',
  'copy',
  'same',
  'both',
  'new',
  'accept',
] as const;
export type ConflictChoice = (typeof conflictChoices)[number];

/** What carrying out a choice does. */
export const conflictEffects = [
  /** Our value is kept; the next sync sends it. */
  'keep_ours',
  /** The remote's value is ours from now on. */
  'take_theirs',
  /** Both sides become a third value. */
  'set_value',
  /** The record that is gone at the remote is made there again. */
  'make_again',
  /** Our record ends with the remote's; what it answered is open. */
  'retire',
  /** The change that the remote refused is sent again. */
  'send_again',
  /** Our change is given up: the remote's values are kept. */
  'give_up',
  /** The record is read again, since it was put right. */
  'read_again',
  /** The record stays as it was last read, until it changes there. */
  'leave_unread',
  /** The later of two records is cancelled, here and there. */
  'cancel_copy',
  /** The earlier of two records is cancelled, here and there. */
  'cancel_first',
  /** The later record is the earlier one under another id. */
  'follow',
  /** The two are two. */
  'keep_both',
  /** What the closed POA&M no longer answers gets a new one. */
  'make_new',
  /** The closed POA&M stays the answer. */
  'leave_closed',
] as const;
export type ConflictEffect = (typeof conflictEffects)[number];
