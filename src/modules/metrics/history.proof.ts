/** A year of history, counted by hand on some days of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everywhere, type Scope } from '../../canonical/access/index.ts';
import { type MetricWorld, noon, openMetricWorld } from '../../../test/support/metric-world.ts';
import { computeHistory, metricSeries, takeDueMetrics } from './index.ts';

let world: MetricWorld;
beforeAll(async () => {
  world = await openMetricWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const of = (...systemIds: string[]): Scope => ({ kind: 'boundaries', systemIds, unassigned: false });

describe('history', () => {
  it('a worker takes metrics once a day, and computes the days before from history, where there is any', async () => {
    world.now = new Date('2026-11-27T03:00:00Z');
    expect(await takeDueMetrics(world.app, AbortSignal.timeout(60_000))).toBeUndefined();
    world.now = noon;
    expect((await takeDueMetrics(world.app, AbortSignal.timeout(60_000)))?.metrics).toHaveLength(34);
    expect(await takeDueMetrics(world.app, AbortSignal.timeout(60_000))).toBeUndefined();
    const { series, begins } = await metricSeries(world.app, everywhere, {
      metric: 'M08',
      from: '2026-01-01',
    });
    const points = new Map(series[0]?.points.map(({ day, value, isComputed }) => [day, [value, isComputed]]));
    // 3, 5 and 10 stand since summer; 10 was fixed on October 10 and came back on November 15.
    expect(begins).toBe('2026-07-07');
    const byHand = {
      '2026-09-29': [3, true],
      '2026-10-06': [5, true],
      '2026-10-13': [4, true],
      '2026-10-20': [4, true],
      '2026-11-14': [7, true],
      '2026-11-16': [8, true],
      '2026-11-19': [6, true],
      '2026-11-26': [7, true],
      '2026-11-27': [7, false],
    };
    expect(Object.fromEntries(Object.keys(byHand).map((day) => [day, points.get(day)]))).toEqual(byHand);
    expect(points.has('2026-06-30')).toBe(false);
    const poams = await metricSeries(world.app, of('S1'), {
      metric: 'M20',
      by: 'band',
      from: '2026-11-09',
      to: '2026-11-10',
    });
    expect(
      poams.series.map(({ of: band, points: [first, second] }) => [band, first?.value, second?.value]),
    ).toEqual([
      ['Accepted Risk', 1, 1],
      ['Delayed', 1, 0],
      ['Ongoing', 1, 1],
      ['Completed', 0, 1],
    ]);
    expect(await computeHistory(world.app)).toEqual([]);
  });

  it('the day of today, computed from history, says what was taken', async () => {
    const taken = await metricSeries(world.app, everywhere, { metric: 'M05', from: '2026-11-27' });
    await world.database.pool.query(`delete from metrics_takes where taken_on = '2026-11-27'`);
    world.now = new Date('2026-11-28T00:00:00Z');
    await computeHistory(world.app);
    const computed = await metricSeries(world.app, everywhere, {
      metric: 'M05',
      from: '2026-11-27',
      to: '2026-11-27',
    });
    // Twelve hours older.
    expect(computed.series[0]?.points[0]?.value).toBeCloseTo(
      (taken.series[0]?.points[0]?.value ?? 0) + 0.5,
      3,
    );
    world.now = noon;
  });
});
