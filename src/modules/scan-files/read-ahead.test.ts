import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readAhead } from './read-ahead.ts';

async function* numbers(count: number, read: number[] = []): AsyncGenerator<number> {
  for (let n = 1; n <= count; n += 1) {
    read.push(n);
    yield n;
    if (n % 3 === 0) await turn();
  }
}
const one = (): number => 1;

describe('reading ahead', () => {
  it('reading ahead gives all items in their order', async () => {
    expect(await Array.fromAsync(readAhead(numbers(50), 7, one))).toEqual(
      Array.from({ length: 50 }, (_, n) => n + 1),
    );
  });

  it('reading ahead reads on while an item is at work, but holds no more than it may', async () => {
    const read: number[] = [];
    for await (const item of readAhead(numbers(50, read), 10, one)) {
      for (let n = 0; n < 20; n += 1) await turn();
      expect(read.length).toBeGreaterThanOrEqual(Math.min(50, item + 9));
      expect(read.length).toBeLessThanOrEqual(item + 11);
    }
  });

  it('reading ahead lets an item pass that is larger than all it may hold', async () => {
    expect(await Array.fromAsync(readAhead(numbers(3), 10, () => 1_000))).toEqual([1, 2, 3]);
  });

  it('reading ahead throws what the source throws after all that was read before it', async () => {
    async function* breaking(): AsyncGenerator<number> {
      yield* numbers(4);
      throw new Error('cut off');
    }
    const got: number[] = [];
    await expect(
      (async () => {
        for await (const item of readAhead(breaking(), 100, one)) {
          got.push(item);
          await turn();
        }
      })(),
    ).rejects.toThrow('cut off');
    expect(got).toEqual([1, 2, 3, 4]);
  });

  it('reading ahead closes the source when no more items are wanted', async () => {
    let isClosed = false;
    async function* closing(): AsyncGenerator<number> {
      try {
        yield* numbers(1_000);
      } finally {
        isClosed = true;
      }
    }
    for await (const item of readAhead(closing(), 5, one)) if (item === 2) break;
    expect(isClosed).toBe(true);
  });
});
