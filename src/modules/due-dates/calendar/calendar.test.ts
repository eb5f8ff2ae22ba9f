import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Calendar, countDays, federalHolidays, isWorkingDay } from './calendar.ts';
import { addDays, weekdayOf } from './days.ts';

const federal: Calendar = { name: 'federal', weekend: [6, 7], federalHolidays: true, days: new Map() };
const day = fc.integer({ min: 0, max: 36_500 }).map((n) => addDays('2000-01-01', n));

describe('the calendar of working days', () => {
  it('federal holidays of 2026 are those that the Office of Personnel Management lists, Independence Day on a Friday', () => {
    expect(federalHolidays(2026)).toEqual([
      '2026-01-01',
      '2026-01-19',
      '2026-02-16',
      '2026-05-25',
      '2026-06-19',
      '2026-07-03',
      '2026-09-07',
      '2026-10-12',
      '2026-11-11',
      '2026-11-26',
      '2026-12-25',
    ]);
  });

  it('a New Year’s day on a Saturday is kept on the last day of the year before', () => {
    expect(federalHolidays(2028)[0]).toBe('2027-12-31');
    expect(isWorkingDay(federal, '2027-12-31')).toBe(false);
  });

  it('Juneteenth is a holiday since 2021', () => {
    expect(isWorkingDay(federal, '2019-06-19')).toBe(true);
    expect(isWorkingDay(federal, '2024-06-19')).toBe(false);
  });

  it('own days go before weekends and holidays', () => {
    const own = {
      ...federal,
      days: new Map([
        ['2026-11-28', true],
        ['2026-11-30', false],
      ]),
    };
    expect(isWorkingDay(own, '2026-11-28')).toBe(true);
    expect(isWorkingDay(own, '2026-11-30')).toBe(false);
  });

  it('seven days from before Thanksgiving end by each way of counting where its name says', () => {
    const from = '2026-11-21';
    const by = (counts: Parameters<typeof countDays>[2]['counts']) =>
      countDays(from, 7, { counts, calendar: federal });
    expect([by('days'), by('days_then_before'), by('days_then_after'), by('working_days')]).toEqual([
      '2026-11-28',
      '2026-11-27',
      '2026-11-30',
      '2026-12-02',
    ]);
  });

  it('an end on a free day that moves before does not move before the day from which it counts', () => {
    // A Saturday, and a day later.
    expect(countDays('2026-11-21', 1, { counts: 'days_then_before', calendar: federal })).toBe('2026-11-21');
  });

  it('days that are counted end on a working day, and never before as many calendar days as were asked for', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 60 }), (from, days) => {
        const end = countDays(from, days, { counts: 'working_days', calendar: federal });
        expect(isWorkingDay(federal, end)).toBe(true);
        expect(end >= addDays(from, days)).toBe(true);
        const before = countDays(from, days, { counts: 'days_then_before', calendar: federal });
        expect(before <= addDays(from, days)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('days cross a leap day and the end of a year', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(weekdayOf('2026-11-29')).toBe(7);
  });
});
