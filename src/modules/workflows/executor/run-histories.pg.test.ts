import fc from 'fast-check';
import { afterAll, beforeAll, it } from 'vitest';
import { histories } from './run-commands.test-support.ts';
import { type HistoryOfRuns, historyWorld } from './run-histories.test-support.ts';

let world: HistoryOfRuns;
beforeAll(async () => {
  world = await historyWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

it('runs do what the model says, whatever people, clocks and crashes do in which order', async () => {
  // A failure is not made smaller here: `run-histories.proof.ts` does, by its seed.
  await fc.assert(
    fc.asyncProperty(histories, (history) => world.play(history)),
    { numRuns: 8, endOnFailure: true },
  );
});
