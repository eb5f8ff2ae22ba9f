import { expect, it } from 'vitest';
import { withPauses } from './pauses.ts';

it('work that failed pauses for five minutes, then ten, up to an hour, and not at all after it worked', async () => {
  let minute = 0;
  let isBroken = true;
  const tried: number[] = [];
  const work = withPauses(
    () => new Date(minute * 60_000),
    async () => {
      tried.push(minute);
      await Promise.resolve();
      if (isBroken) throw new Error('broken');
    },
  );
  for (; minute <= 220; minute += 1) await work().catch(() => undefined);
  expect(tried).toEqual([0, 5, 15, 35, 75, 135, 195]);
  isBroken = false;
  for (; minute <= 257; minute += 1) await work();
  expect(tried.slice(7)).toEqual([255, 256, 257]);
});
