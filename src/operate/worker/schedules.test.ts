import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextRun, nextTimes } from './schedules.ts';

const at = (text: string): Date => new Date(text);

describe('a schedule', () => {
  it('a schedule lists its next times, in UTC', () => {
    expect(nextTimes('0 2 * * *', at('2026-11-23T20:00:00Z'), 2)).toEqual([
      at('2026-11-24T02:00:00Z'),
      at('2026-11-25T02:00:00Z'),
    ]);
    expect(nextTimes('*/15 * * * *', at('2026-11-23T20:00:00Z'), 1)).toEqual([at('2026-11-23T20:15:00Z')]);
  });

  it.each(['* * * *', '61 * * * *', 'every hour', '0 0 30 2 *', '* * * * * *'])(
    'a schedule is refused where its expression makes no sense: %s',
    (cron) => {
      expect(() => nextTimes(cron, at('2026-11-23T20:00:00Z'), 1)).toThrow(
        expect.objectContaining({
          code: 'USAGE',
          fields: [{ field: '--cron', message: expect.stringContaining('five fields are expected') }],
        }),
      );
    },
  );

  it('a schedule runs after now and within its jitter of a time of its expression, whenever it is asked', () => {
    fc.assert(
      fc.property(
        fc.date({ min: at('2020-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z'), noInvalidDate: true }),
        fc.integer({ min: 0, max: 600 }),
        fc.double({ min: 0, max: 0.999_999, noNaN: true }),
        (now, jitterSeconds, random) => {
          const next = nextRun({ cron: '*/20 * * * *', jitterSeconds }, now, random);
          const [plain] = nextTimes('*/20 * * * *', now, 1);
          const late = next.getTime() - (plain?.getTime() ?? 0);
          expect(next.getTime()).toBeGreaterThan(now.getTime());
          expect(late).toBeGreaterThanOrEqual(0);
          expect(late).toBeLessThanOrEqual(jitterSeconds * 1000);
        },
      ),
    );
  });
});
