import fc from 'fast-check';
import { batches, historiesInBatch, historyLines, type Batch } from './history.ts';
import { BrokenPromise, playBatch } from './play.ts';
import type { HistoryWorld } from './world.ts';

const shrinksAtMost = 60;

export interface Found {
  readonly seed: number;
  /** How many histories were played before it ended. */
  readonly histories: number;
  /** The shrunk history that breaks a promise, for a person; absent if none does. */
  readonly story: string | undefined;
}

/**
 * Plays so many batches, drawn from the seed. The first that breaks a promise is shrunk.
 * @param given.enough ends the search early, for a soak by the clock.
 */
export async function checkHistories(
  world: HistoryWorld,
  given: { readonly seed: number; readonly batches: number; readonly enough?: () => boolean },
): Promise<Found> {
  let played = 0;
  let failed = false;
  let shrinks = 0;
  const property = fc.asyncProperty(batches, async (batch) => {
    if (!failed && given.enough?.()) return;
    // Shrinking is for a shorter story, not for the shortest.
    if (failed && (shrinks += 1) > shrinksAtMost) return;
    try {
      await playBatch(world, batch);
      if (!failed) played += 1;
    } catch (error) {
      failed = true;
      throw error;
    }
  });
  const result = await fc.check(property, {
    seed: given.seed,
    numRuns: given.batches,
    // A slow machine plays all of them too; who calls has a limit of its own.
    interruptAfterTimeLimit: 2 ** 30,
  });
  const story = result.failed
    ? storyOf(result.counterexample?.[0], result.errorInstance, given.seed)
    : undefined;
  return { seed: given.seed, histories: played * historiesInBatch, story };
}

function storyOf(batch: Batch | undefined, error: unknown, seed: number): string {
  if (!batch) return `seed ${seed}: interrupted`;
  const history = error instanceof BrokenPromise ? error.history : 0;
  const said =
    error instanceof Error
      ? error instanceof BrokenPromise
        ? error.message
        : (error.stack ?? error.message)
      : String(error);
  const others = batch.histories.flatMap((rounds, at) =>
    at !== history && rounds.flat().length > 0
      ? ['', `Beside it, history ${at + 1}:`, ...historyLines(batch, at)]
      : [],
  );
  return [`seed ${seed}, history ${history + 1}:`, ...historyLines(batch, history), '', said, ...others].join(
    '\n',
  );
}
