import fc from 'fast-check';
import { carryOut } from './acts.ts';
import { lifeLines, lives, type Life } from './events.ts';
import { before, BrokenPromise, checkAfterSync, checkAtRest, newMemory, whatMoved } from './promises.ts';
import type { LifeWorld } from './world.ts';

const shrinksAtMost = 40;
/** Syncs until nothing is left to do; more than so often is a sync that never comes to rest. */
const restsWithin = 4;

/** @throws BrokenPromise that says what does not hold. */
export async function playLife(world: LifeWorld, life: Life): Promise<void> {
  const memory = newMemory();
  await world.begin();
  await world.sync(false);
  for (const { events, full } of life) {
    for (const each of events) await carryOut(world, each);
    await world.sync(full);
    await checkAfterSync(world, memory);
  }
  for (let attempt = 1; ; attempt += 1) {
    await world.sync(true);
    const was = await before(world);
    await world.sync(false);
    const moved = await whatMoved(world, was);
    if (moved === undefined) break;
    if (attempt >= restsWithin) throw new BrokenPromise(moved);
  }
  await checkAtRest(world, memory);
}

export interface FoundLife {
  readonly played: number;
  /** The shrunk life that breaks a promise, for a person; absent if none does. */
  readonly story: string | undefined;
}

/**
 * Plays so many lives of POA&Ms, drawn from the seed. The first that breaks a promise is shrunk.
 * @param given.enough ends the search early, for a soak by the clock.
 */
export async function checkLives(
  world: LifeWorld,
  given: {
    readonly seed: number;
    readonly runs: number;
    readonly enough?: () => boolean;
    /** Called before the failure is shrunk, which takes minutes. */
    readonly onFailure?: (error: unknown, life: string) => void;
  },
): Promise<FoundLife> {
  let played = 0;
  let failed = false;
  let shrinks = 0;
  const property = fc.asyncProperty(lives, async (life: Life) => {
    if (!failed && given.enough?.()) return;
    // Shrinking is for a shorter story, not for the shortest.
    if (failed && (shrinks += 1) > shrinksAtMost) return;
    try {
      await playLife(world, life);
      if (!failed) played += 1;
    } catch (error) {
      if (!failed) given.onFailure?.(error, JSON.stringify(life));
      failed = true;
      throw error;
    }
  });
  const result = await fc.check(property, { seed: given.seed, numRuns: given.runs });
  if (!result.failed) return { played, story: undefined };
  const [life] = result.counterexample ?? [[]];
  const why = result.errorInstance instanceof Error ? (result.errorInstance.stack ?? '') : '';
  return {
    played,
    story: [
      `seed ${given.seed}:`,
      ...lifeLines(life),
      why,
      '',
      'To play it again: npm run soak -- --replay FILE, where the file holds this line:',
      JSON.stringify(life),
    ].join('\n'),
  };
}
