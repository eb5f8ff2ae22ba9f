import { expect, it } from 'vitest';
import { inBatches } from './in-batches.ts';

/** Work whose groups are noted, each of which waits until the test lets it continue. */
function recorded(fails: (items: readonly number[]) => Error | undefined = () => undefined) {
  const groups: (readonly number[])[] = [];
  return {
    groups,
    work: async (items: readonly number[]): Promise<readonly string[]> => {
      groups.push(items);
      await new Promise((resolve) => setImmediate(resolve));
      const error = fails(items);
      if (error) throw error;
      return items.map((item) => `done ${item}`);
    },
  };
}

it('items that arrive while a group is in progress make the next group, and each gets its own result', async () => {
  const { groups, work } = recorded();
  const add = inBatches(work, { atMost: 10, isOfOne: () => true });
  expect(await Promise.all([1, 2, 3].map(add))).toEqual(['done 1', 'done 2', 'done 3']);
  expect(groups).toEqual([[1], [2, 3]]);
  expect(await add(4)).toBe('done 4');
  expect(groups).toEqual([[1], [2, 3], [4]]);
});

it('a group is never larger than allowed', async () => {
  const { groups, work } = recorded();
  const add = inBatches(work, { atMost: 2, isOfOne: () => true });
  await Promise.all([1, 2, 3, 4].map(add));
  expect(groups).toEqual([[1], [2, 3], [4]]);
});

it('a group that fails because of one item is done one by one, so that the others are done', async () => {
  const { groups, work } = recorded((items) => (items.includes(3) ? new Error('3 is bad') : undefined));
  const add = inBatches(work, { atMost: 10, isOfOne: () => true });
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(add));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(groups).toEqual([[1], [2, 3, 4], [2], [3], [4]]);
});

it('a group that fails for a reason of no single item is not done again', async () => {
  const away = new Error('the database is away');
  const { groups, work } = recorded((items) => (items.length > 1 ? away : undefined));
  const add = inBatches(work, { atMost: 10, isOfOne: (error) => error !== away });
  const outcomes = await Promise.allSettled([1, 2, 3].map(add));
  expect(outcomes.slice(1)).toEqual([
    { status: 'rejected', reason: away },
    { status: 'rejected', reason: away },
  ]);
  expect(groups).toEqual([[1], [2, 3]]);
});
