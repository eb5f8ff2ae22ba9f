import { type AlertKind, alertKinds } from '../../canonical/vocabulary/index.ts';

/** Rows of a later version may hold a kind that this one does not know. */
export const isAlertKind = (word: string): word is AlertKind =>
  (alertKinds as readonly string[]).includes(word);
