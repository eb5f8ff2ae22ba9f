import { withoutId } from '../../kit/titles.ts';
import type { Choice, ConflictDetail, ConflictRow } from '../../api/decisions/conflicts.ts';
import { valueWords } from '../../kit/marks/values.tsx';
import { fieldTitle } from '../poams/field-row.tsx';

export const words = {
  title: 'Conflicts',
  many: 'open conflicts',
  nothingYet: 'Both sides agree: nothing waits for a person to settle it.',
};

export const typeWords: Readonly<Record<ConflictRow['type'], string>> = {
  field_mismatch: 'Edited on both sides',
  stale_version: 'Changed there meanwhile',
  missing_record: 'Missing there',
  duplicate: 'There twice',
  unmappable_value: 'Value without a counterpart',
  validation_rejected: 'Refused there',
  unclear_outcome: 'Outcome unclear',
  contradiction: 'Closed, but a finding is open',
};

export const typeMeanings: Readonly<Record<ConflictRow['type'], string>> = {
  field_mismatch: 'Both sides changed this field since they last agreed, each to something else.',
  stale_version: 'The record changed there while a change of ours was on its way.',
  missing_record: 'The record was there, and is not any more.',
  duplicate: 'Two records there seem to be one and the same.',
  unmappable_value: 'One side has a value that the mapping has no word for on the other side.',
  validation_rejected: 'The other side did not take a change of ours, and said why.',
  unclear_outcome: 'A change was sent and no answer came: it may or may not have arrived.',
  contradiction: 'The POA&M is closed, and a finding that it answered is open.',
};

export const titleOf = (of: Pick<ConflictRow, 'field'>): string =>
  of.field === null ? 'The record' : fieldTitle(of.field);
export const nameOf = (of: ConflictRow | ConflictDetail): string =>
  of.title === null ? of.entityId : `${of.entityId} ${withoutId(of.title, of.entityId)}`.trimEnd();

/** What is on the button, by what it does. */
export const choiceTitles: Readonly<Record<Choice['effect'], string>> = {
  keep_ours: 'Keep here',
  take_theirs: 'Keep there',
  set_value: 'Another value…',
  make_again: 'Make it again there',
  retire: 'It is gone: cancel ours',
  send_again: 'Send ours again',
  give_up: 'Give ours up',
  read_again: 'It was put right: read again',
  leave_unread: 'Leave ours as it is',
  cancel_copy: 'Cancel the later one',
  cancel_first: 'Cancel the earlier one',
  follow: 'They are one record',
  keep_both: 'They are two records',
  make_new: 'Make a new POA&M',
  leave_closed: 'Leave it closed',
};

/** What it does, as a sentence. @param there the name of the other side. */
export function choiceMeaning({ effect }: Choice, there: string): string {
  const meanings: Readonly<Record<Choice['effect'], string>> = {
    keep_ours: `Our value stands; the next sync sends it to ${there}.`,
    take_theirs: `The value of ${there} becomes ours.`,
    set_value: 'Both sides get a third value.',
    make_again: `The next sync makes it at ${there} again, after approval where a policy asks for it.`,
    retire: 'Ours is cancelled; what it answered is listed as unanswered.',
    send_again: `The next sync sends our change to ${there} again.`,
    give_up: `Our change is given up; the values of ${there} stand.`,
    read_again: `The next sync reads it from ${there} again.`,
    leave_unread: 'Ours stays as it was last read, until the record changes there.',
    cancel_copy: 'The later one is a mistake: it is cancelled here, and with the next sync there.',
    cancel_first: 'The later one replaces it: the earlier is cancelled here, and with the next sync there.',
    follow: 'They are one record that has another id now: ours follows it.',
    keep_both: 'They are two; nobody is asked again.',
    make_new: 'The next sync makes a new POA&M for what is open.',
    leave_closed: 'It stays closed until the finding was fixed and is found again.',
  };
  return meanings[effect];
}

/** What a settled one came to. */
export const resolutionWords = (of: ConflictDetail['resolution']): string => valueWords(of);
