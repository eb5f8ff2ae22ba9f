import fc from 'fast-check';
import { stories, storyLines, type Story } from './events.ts';
import { playStory } from './play.ts';
import type { EverydayWorld } from './world.ts';

const shrinksAtMost = 40;

export interface FoundStory {
  readonly played: number;
  /** The shrunk story that breaks a promise, for a person; absent if none does. */
  readonly story: string | undefined;
}

/**
 * Plays so many stories, drawn from the seed. The first that breaks a promise is shrunk.
 * @param given.enough ends the search early, for a soak by the clock.
 */
export async function checkStories(
  world: EverydayWorld,
  given: { readonly seed: number; readonly runs: number; readonly enough?: () => boolean },
): Promise<FoundStory> {
  let played = 0;
  let failed = false;
  let shrinks = 0;
  const property = fc.asyncProperty(stories, async (story: Story) => {
    if (!failed && given.enough?.()) return;
    // Shrinking is for a shorter story, not for the shortest.
    if (failed && (shrinks += 1) > shrinksAtMost) return;
    try {
      await playStory(world, story);
      if (!failed) played += 1;
    } catch (error) {
      failed = true;
      throw error;
    }
  });
  const result = await fc.check(property, { seed: given.seed, numRuns: given.runs });
  if (!result.failed) return { played, story: undefined };
  const [story] = result.counterexample ?? [[]];
  const why = result.errorInstance instanceof Error ? (result.errorInstance.stack ?? '') : '';
  return { played, story: [`seed ${given.seed}:`, ...storyLines(story), why].join('\n') };
}
