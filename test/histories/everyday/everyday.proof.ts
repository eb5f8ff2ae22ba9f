import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { checkStories } from './check-stories.ts';
import { startEverydayWorld, type EverydayWorld } from './world.ts';

let world: EverydayWorld;
beforeAll(async () => {
  world = await startEverydayWorld(inject('testServerUrl'), inject('templateName'));
});
afterAll(async () => {
  await world.stop();
});

/** `npm run soak:everyday -- --minutes 60` plays as many as the time allows. */
it(
  'the engine keeps its promises in 10 generated stories of two scanners and two GRC systems',
  { timeout: 900_000 },
  async () => {
    const { played, story } = await checkStories(world, { seed: 2611, runs: 10 });
    expect(story).toBeUndefined();
    expect(played).toBe(10);
  },
);
