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

/** Two files share the histories, so that both workers have some; `npm run soak` plays thousands. */
it(
  'the engine keeps the promises in 320 generated histories (SPEC.md section 10), second half',
  { timeout: 900_000 },
  async () => {
    const { histories, story } = await checkHistories(world, { seed: 2007, batches: 40 });
    expect(story).toBeUndefined();
    expect(histories).toBe(40 * historiesInBatch);
  },
);
