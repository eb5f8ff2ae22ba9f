import { describe, expect, it } from 'vitest';
import { daysBetween } from './index.ts';

describe('days between', () => {
  it.each([
    ['2026-11-27', '2026-11-27', 0],
    ['2026-11-27', '2026-12-27', 30],
    ['2026-12-27', '2026-11-27', -30],
    ['2028-02-28', '2028-03-01', 2],
    // Of instants their days count: thirty days are not thirty-one because the second came later in its day.
    ['2026-10-28T23:50:00Z', '2026-11-27', 30],
    ['2026-10-28', '2026-11-27T00:10:00Z', 30],
  ])('%s and %s are %i', (from, to, days) => {
    expect(daysBetween(from, to)).toBe(days);
  });
});
