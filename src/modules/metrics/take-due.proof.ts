/** Who takes metrics when: one of several workers, and after a failure not at once again. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MetricWorld, noon, openMetricWorld } from '../../../test/support/metric-world.ts';
import { dueMetrics, takeDueMetrics } from './index.ts';

let world: MetricWorld;
beforeAll(async () => {
  world = await openMetricWorld();
});
afterAll(() => world[Symbol.asyncDispose]());
const never = new AbortController().signal;
const taken = async (): Promise<number> =>
  (
    await world.database.pool.query<{ n: number }>(
      'select count(*)::int as n from metrics_takes where not is_computed',
    )
  ).rows[0]?.n ?? -1;

describe('metrics that are due', () => {
  it('are not taken again each minute after a failure, but after five minutes, then ten', async () => {
    const due = dueMetrics(world.app, never);
    await world.database.pool.query('alter table metrics_takes rename to away');
    const minutes: number[] = [];
    for (let minute = 0; minute <= 16; minute += 1) {
      world.now = new Date(noon.getTime() + minute * 60_000);
      await due().catch(() => minutes.push(minute));
    }
    await world.database.pool.query('alter table away rename to metrics_takes');
    expect(minutes).toEqual([0, 5, 15]);
    world.now = new Date(noon.getTime() + 17 * 60_000);
    await due();
    expect(await taken()).toBe(0);
  });

  it('are taken by one of two workers that ask at once', async () => {
    world.now = new Date(noon.getTime() + 60 * 60_000);
    const both = await Promise.all([takeDueMetrics(world.app, never), takeDueMetrics(world.app, never)]);
    expect(both.filter((outcome) => outcome !== undefined)).toHaveLength(1);
    expect(await taken()).toBe(34);
  }, 120_000);
});
