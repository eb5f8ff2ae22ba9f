import fc from 'fast-check';
import { afterAll, beforeAll, it } from 'vitest';
import { histories } from './run-commands.test-support.ts';
import { type HistoryOfRuns, historyWorld } from './run-histories.test-support.ts';

/** So many histories; more of them, and those of another seed, where somebody has the time. */
const numRuns = Number(process.env['TIELINE_RUN_HISTORIES'] ?? 80);
const seed = process.env['TIELINE_RUN_SEED'];

let world: HistoryOfRuns;
beforeAll(async () => {
  world = await historyWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

it(
  'runs do what the model says, in many histories',
  async () => {
    await fc.assert(
      fc.asyncProperty(histories, (history) => world.play(history)),
      { numRuns, ...(seed === undefined ? {} : { seed: Number(seed) }) },
    );
  },
  numRuns * 20_000,
);
