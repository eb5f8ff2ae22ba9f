import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EndState } from '../support/end-state.ts';
import type { TwoSystems } from '../support/two-systems.ts';
import { startSmallWorld, playKilledAt, playUndisturbed, type Undisturbed } from './matrix.ts';

/** Of some hundreds; `npm run soak:crash` goes through all. */
const sampled = 28;
const isWhole = process.env['TIELINE_CRASH_POINTS'] === 'all';

let world: TwoSystems;
let undisturbed: Undisturbed;
beforeAll(async () => {
  world = await startSmallWorld();
  undisturbed = await playUndisturbed(world);
});
afterAll(async () => {
  await world.stop();
});

describe('a sync that is killed at a commit or a request', () => {
  async function play(point: number): Promise<{ readonly state: EndState; readonly where: string }> {
    const { points } = undisturbed;
    const { killed, state } = await playKilledAt(world, point);
    const where = `killed at point ${point} of ${points.length}: ${points[point - 1] ?? ''} (${killed ? 'killed' : 'came to its end'})`;
    return { state, where };
  }

  it.runIf(isWhole)(
    'a sync killed at any commit or request ends, once restarted, like an undisturbed one',
    { timeout: 7_200_000 },
    async () => {
      const failures: string[] = [];
      for (let point = 1; point <= undisturbed.points.length; point += 1) {
        const { state, where } = await play(point);
        if (!isDeepStrictEqual(state, undisturbed.state)) failures.push(where);
        if (point % 20 === 0)
          console.log(`${point} of ${undisturbed.points.length} points, ${failures.length} failures`);
      }
      console.log(`all ${undisturbed.points.length} points, ${failures.length} failures`);
      expect(failures).toEqual([]);
    },
  );

  it.skipIf(isWhole).each(Array.from({ length: sampled }, (_, index) => index))(
    'ends, once restarted, as an undisturbed one (sample %i)',
    async (sample) => {
      const { length } = undisturbed.points;
      const { state, where } = await play(1 + Math.floor(((sample + Math.random()) * length) / sampled));
      expect(state, where).toEqual(undisturbed.state);
    },
  );
});
