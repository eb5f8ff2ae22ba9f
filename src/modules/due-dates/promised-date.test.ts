import { describe, expect, it } from 'vitest';
import { ownDays, promisedDate } from './promised-date.ts';
import type { DueAnswer } from './due-date-of.ts';

const answer = (on: string | null, days: number | null): DueAnswer => ({
  policyId: 'p',
  title: 'p',
  version: 1,
  on,
  latest: on,
  silence: null,
  basis: 'first_found',
  since: null,
  days,
  remark: null,
  unknown: [],
  facts: {},
  cve: null,
  adjustment: null,
  evaluateBy: null,
});
const due = (on: string, days: number | null, ...others: DueAnswer[]) => {
  const first = { ...answer(on, days), on };
  return { on, answer: first, answers: [first, ...others] };
};
const today = '2026-11-27';

describe('the date that a POA&M promises', () => {
  it('the date that a POA&M promises is its obligation, where that lies ahead', () => {
    expect(promisedDate(due('2026-12-01', 7), today)).toBe('2026-12-01');
    expect(promisedDate(due(today, 7), today)).toBe(today);
  });

  it('where the obligation was past when it was proposed, the policy’s own days count from then', () => {
    expect(promisedDate(due('2026-11-01', 7), today)).toBe('2026-12-04');
  });

  it('a date that was proposed does not move with the days, until it has passed', () => {
    expect(promisedDate(due('2026-11-01', 7), today, { on: '2026-12-02', stays: false })).toBe('2026-12-02');
    expect(promisedDate(due('2026-11-01', 7), today, { on: '2026-11-20', stays: false })).toBe('2026-12-04');
    expect(promisedDate(due('2026-11-01', 7), today, { on: '2026-11-20', stays: true })).toBe('2026-11-20');
  });

  it('a stricter obligation pulls in a date that was proposed', () => {
    expect(promisedDate(due('2026-11-01', 3), today, { on: '2026-12-20', stays: false })).toBe('2026-11-30');
  });

  it('what was proposed for its obligation stays so, though it has passed while it waited', () => {
    expect(promisedDate(due('2026-11-20', 7), today, { on: '2026-11-20', stays: false })).toBe('2026-11-20');
  });

  it('where the policy gives a day and counts none, the fewest days of another one count, else two weeks', () => {
    expect(ownDays(due('2026-11-01', null, answer('2026-12-01', 30), answer(null, 3)))).toBe(3);
    expect(ownDays(due('2026-11-01', null))).toBe(14);
    expect(ownDays(due('2026-11-01', 0.5))).toBe(14);
  });
});
