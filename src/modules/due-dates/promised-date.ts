/**
 * Which date a POA&M promises (`scheduled_completion`) beside the one by which it is obliged. Pure.
 *
 *   the obligation lies ahead         the promise is the obligation
 *   it was past when it was proposed  as many days from then as the policy gives: a promise that cannot be kept any more is none. The
 *                                     POA&M says since when it is overdue, and the date waits for a person
 *   it passed while it waited         the promise stays as it was asked for
 */
import { addDays } from './calendar/days.ts';
import type { DueDate } from './due-date-of.ts';

/** Where neither the policy that won nor another one counts days: a date was given. */
export const usualDays = 14;

/** The days that the policy gives which won, else the fewest that another one gives. */
export function ownDays({ answer, answers }: Pick<DueDate, 'answer' | 'answers'>): number {
  const given = answers.flatMap(({ days }) => (days === null || days < 1 ? [] : [Math.ceil(days)]));
  return answer.days !== null && answer.days >= 1 ? Math.ceil(answer.days) : Math.min(usualDays, ...given);
}

/**
 * @param asked what was promised when it was proposed, where it was and has not gone out; `stays`: a person turned it down, and is not
 * asked again because time went by.
 */
export function promisedDate(
  due: Pick<DueDate, 'on' | 'answer' | 'answers'>,
  today: string,
  asked?: { readonly on: string; readonly stays: boolean },
): string {
  if (due.on >= today || asked?.on === due.on) return due.on;
  const anew = addDays(today, ownDays(due));
  if (asked === undefined || asked.on > anew) return anew;
  return asked.on >= today || asked.stays ? asked.on : anew;
}
