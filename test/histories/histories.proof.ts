import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { checkHistories } from './check-histories.ts';
import { historiesInBatch } from './history.ts';
import { startHistoryWorld, type HistoryWorld } from './world.ts';

let world: HistoryWorld;
beforeAll(async () => {
  world = await startHistoryWorld(inject('testServerUrl'), inject('templateName'), historiesInBatch);
});
afterAll(async () => {
  await world.stop();
});

/** A few for every run; `npm run test:proof` plays hundreds, `npm run soak` thousands. */
it(
  'the engine keeps the promises in 40 generated histories (SPEC.md section 10)',
  { timeout: 120_000 },
  async () => {
    const { histories, story } = await checkHistories(world, { seed: 7, batches: 5 });
    expect(story).toBeUndefined();
    expect(histories).toBe(5 * historiesInBatch);
  },
);
