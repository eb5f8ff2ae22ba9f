import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { checkLives } from './check-lives.ts';
import { type LifeWorld, startLifeWorld } from './world.ts';

let world: LifeWorld;
beforeAll(async () => {
  world = await startLifeWorld(inject('testServerUrl'), inject('templateName'));
});
afterAll(async () => {
  await world.stop();
});

/** `npm run soak -- --only life --minutes 60` plays as many as the time allows. */
it(
  'POA&Ms keep their promises in 8 generated lives between a scanner and a GRC system, over months',
  { timeout: 900_000 },
  async () => {
    const { played, story } = await checkLives(world, { seed: 2611, runs: 8 });
    expect(story).toBeUndefined();
    expect(played).toBe(8);
  },
);
