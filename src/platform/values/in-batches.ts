/**
 * Does single things in groups: what is asked for while a group is at work makes the next one, so that nothing waits for a timer and a
 * busy caller pays for one statement or transaction instead of many.
 */

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatchOptions {
  /** The most items of one group. */
  readonly atMost: number;
  /** Whether what failed as a group is done once more one by one, so that each has its own outcome; else all have that of the group. */
  readonly isOfOne: (error: unknown) => boolean;
}

/** @param work does a group, one group at a time, and yields the result of each item in their order. */
export function inBatches<T, R>(
  work: (items: readonly T[]) => Promise<readonly R[]>,
  { atMost, isOfOne }: BatchOptions,
): (item: T) => Promise<R> {
  const waiting: Waiting<T, R>[] = [];
  let isBusy = false;

  async function settle(group: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await work(group.map(({ item }) => item));
      for (const [at, { resolve }] of group.entries()) resolve(results[at] as R); // one for each item, as `work` promises
    } catch (error) {
      if (group.length > 1 && isOfOne(error)) for (const one of group) await settle([one]);
      else for (const { reject } of group) reject(error);
    }
  }

  async function run(): Promise<void> {
    isBusy = true;
    while (waiting.length > 0) await settle(waiting.splice(0, atMost));
    isBusy = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!isBusy) void run();
    });
}
