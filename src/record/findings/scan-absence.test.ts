import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { transitionsOf } from './scan-absence.ts';

describe('sightings and absences', () => {
  it.each([
    ['nothing was seen: nothing was fixed', [], ['2', '3'], [], []],
    ['gone before it was ever seen', ['5'], ['1', '2'], [], []],
    ['gone from the first scan on that does not show it', ['1', '2'], ['4', '5'], ['4'], []],
    ['there again, and gone again', ['1', '4', '5', '8'], ['2', '3', '7', '9'], ['2', '7', '9'], ['4', '8']],
    ['seen and not seen at one time is seen', ['1', '3'], ['3'], [], []],
  ])('sightings and absences: %s', (_name, seen, absent, fixed, reopened) => {
    expect(transitionsOf(seen, absent)).toEqual({ fixed, reopened });
  });

  it('sightings and absences give the same result in any order and however often reported, and alternate beginning with a fix', () => {
    const times = fc.array(fc.integer({ min: 10, max: 40 }).map(String), { maxLength: 12 });
    fc.assert(
      fc.property(times, times, (seen, absent) => {
        const outcome = transitionsOf(seen, absent);
        expect(transitionsOf([...seen, ...seen].toReversed(), absent.toSorted())).toEqual(outcome);
        const inTurn = outcome.fixed.flatMap((time, n) => [time, ...outcome.reopened.slice(n, n + 1)]);
        expect(inTurn).toEqual([...outcome.fixed, ...outcome.reopened].toSorted());
      }),
    );
  });
});
