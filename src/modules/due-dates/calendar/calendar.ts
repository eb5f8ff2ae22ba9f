/**
 * On which days people work: weekends, federal holidays, and days of one's own. Pure.
 * Holidays follow 5 U.S.C. 6103 and Executive Order 11582: on a Saturday the Friday before is free, on a Sunday the Monday after.
 */
import type { DayCount } from '../../../canonical/due-dates/index.ts';
import { addDays, laterOf, weekdayOf } from './days.ts';

export interface Calendar {
  readonly name: string;
  /** 1 Monday to 7 Sunday. */
  readonly weekend: readonly number[];
  readonly federalHolidays: boolean;
  /** Own days; true: it is worked on, whatever else is said. */
  readonly days: ReadonlyMap<string, boolean>;
}

const dayOf = (year: number, month: number, day: number): string =>
  `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

/** The nth such weekday of a month. */
function nth(year: number, month: number, weekday: number, n: number): string {
  const first = dayOf(year, month, 1);
  return addDays(first, ((weekday - weekdayOf(first) + 7) % 7) + (n - 1) * 7);
}

function lastMonday(year: number, month: number): string {
  const fourth = nth(year, month, 1, 4);
  const fifth = addDays(fourth, 7);
  return fifth.slice(0, 7) === fourth.slice(0, 7) ? fifth : fourth;
}

function observed(day: string): string {
  const weekday = weekdayOf(day);
  return addDays(day, weekday === 6 ? -1 : weekday === 7 ? 1 : 0);
}

/** The days that are free for federal holidays of a year. New Year's day may be kept on the last day of the year before. */
export function federalHolidays(year: number): readonly string[] {
  return [
    observed(dayOf(year, 1, 1)),
    nth(year, 1, 1, 3),
    nth(year, 2, 1, 3),
    lastMonday(year, 5),
    // A holiday since 2021 (Public Law 117-17).
    ...(year >= 2021 ? [observed(dayOf(year, 6, 19))] : []),
    observed(dayOf(year, 7, 4)),
    nth(year, 9, 1, 1),
    nth(year, 10, 1, 2),
    observed(dayOf(year, 11, 11)),
    nth(year, 11, 4, 4),
    observed(dayOf(year, 12, 25)),
  ];
}

const holidaysByYear = new Map<number, ReadonlySet<string>>();
function isFederalHoliday(day: string): boolean {
  const year = Number(day.slice(0, 4));
  const known = holidaysByYear.get(year) ?? new Set([...federalHolidays(year), ...federalHolidays(year + 1)]);
  holidaysByYear.set(year, known);
  return known.has(day);
}

export function isWorkingDay(calendar: Calendar, day: string): boolean {
  const own = calendar.days.get(day);
  if (own !== undefined) return own;
  return !calendar.weekend.includes(weekdayOf(day)) && !(calendar.federalHolidays && isFederalHoliday(day));
}

/** The most days in a row that are looked through for one that is worked on. */
const farthest = 400;

/** The nearest working day on or before (-1), or on or after (1) a day; the day itself where none is near. */
function workingDayNear(calendar: Calendar, day: string, step: 1 | -1): string {
  for (let n = 0; n < farthest; n++) {
    const at = addDays(day, n * step);
    if (isWorkingDay(calendar, at)) return at;
  }
  return day;
}

/** A day that many days later, as a policy counts. @param calendar absent: every day counts. */
export function countDays(
  from: string,
  days: number,
  { counts, calendar }: { readonly counts: DayCount; readonly calendar?: Calendar | undefined },
): string {
  if (!calendar) return addDays(from, days);
  switch (counts) {
    case 'days':
      return addDays(from, days);
    case 'days_then_before':
      // Never before it was known.
      return laterOf(from, workingDayNear(calendar, addDays(from, days), -1));
    case 'days_then_after':
      return workingDayNear(calendar, addDays(from, days), 1);
    case 'working_days': {
      let at = from;
      for (let left = days; left > 0; left--) at = workingDayNear(calendar, addDays(at, 1), 1);
      return at;
    }
  }
}
