/** Lives of POA&Ms in which a promise was broken once, as small as they could be made. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { playLife } from './check-lives.ts';
import type { Event, Life } from './events.ts';
import { type LifeWorld, startLifeWorld } from './world.ts';

let world: LifeWorld;
beforeAll(async () => {
  world = await startLifeWorld(inject('testServerUrl'), inject('templateName'));
});
afterAll(async () => {
  await world.stop();
});

/** Each list of events is followed by a sync. */
const lifeOf = (...rounds: readonly (readonly Event[])[]): Life =>
  rounds.map((events) => ({ events, full: false }));

it.each<{ readonly what: string; readonly life: Life }>([
  {
    what: 'a POA&M that is completed in the GRC system while its finding is open, whose severity fell below the floor, is shown',
    life: lifeOf(
      [{ kind: 'severity', machine: 0, plugin: 0, severity: 2 }],
      [0, 1, 2, 3].map((n) => ({ kind: 'status there', n, status: 'completed' })),
    ),
  },
])('$what', { timeout: 120_000 }, async ({ life }) => {
  await expect(playLife(world, life)).resolves.toBeUndefined();
});
