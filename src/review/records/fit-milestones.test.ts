import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planFit } from './fit-milestones.ts';

const at = (id: string, due: string, isBeyond = true) => ({ id, due, isBeyond });
const asked = { promised: '2026-12-20', today: '2026-12-01', how: 'proportion' as const };

describe('milestones that lie after the promised day', () => {
  it('in proportion the last one comes to the day and the others lie between as they were', () => {
    expect(
      planFit([at('a', '2026-12-05', false), at('b', '2026-12-25'), at('c', '2027-01-04')], asked),
    ).toEqual([
      { id: 'b', from: '2026-12-25', to: '2026-12-15' },
      { id: 'c', from: '2027-01-04', to: '2026-12-20' },
    ]);
  });
  it('to the date all come to the day, and so they do where no day is left before it', () => {
    const all = [at('b', '2026-12-25'), at('c', '2027-01-04')];
    const days = (how: 'date' | 'proportion', today: string) =>
      planFit(all, { ...asked, how, today }).map(({ to }) => to);
    expect(days('date', '2026-12-01')).toEqual(['2026-12-20', '2026-12-20']);
    expect(days('proportion', '2026-12-24')).toEqual(['2026-12-20', '2026-12-20']);
  });
  it('none lies beyond afterwards, their order stays, and none is moved to a later day', () => {
    const day = (n: number): string => new Date(Date.UTC(2026, 11, 1 + n)).toISOString().slice(0, 10);
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 399 }),
        fc.constantFrom('date' as const, 'proportion' as const),
        (offsets, promisedAt, how) => {
          const promised = day(promisedAt);
          const milestones = offsets
            .toSorted((a, b) => a - b)
            .map((n, id) => at(String(id), day(n), day(n) > promised));
          const moved = planFit(milestones, { promised, today: day(0), how });
          for (const { from, to } of moved) expect([to <= promised, to < from]).toEqual([true, true]);
          expect(moved.map(({ to }) => to)).toEqual(moved.map(({ to }) => to).toSorted());
          expect(moved.at(-1)?.to ?? promised).toBe(promised);
        },
      ),
    );
  });
});
