import { describe, expect, it } from 'vitest';
import { inCanonicalWords } from '../index.ts';

describe('our row in canonical words', () => {
  it.each([
    ['2026-09-19T00:00:00', '2026-09-19'],
    ['2026-09-19 15:30:00', '2026-09-19'],
    ['2026-09-19', '2026-09-19'],
    ['infinity', 'infinity'],
    [null, null],
  ])('the day %s is %s, whatever its column makes of it', (stored, day) => {
    expect(inCanonicalWords('poam', { scheduled_completion: stored, weakness_description: stored })).toEqual({
      scheduled_completion: day,
      weakness_description: stored,
    });
  });

  it('a status is the canonical word', () => {
    expect(inCanonicalWords('milestone', { status: 'completed' })).toEqual({ status: 'Completed' });
  });
});
