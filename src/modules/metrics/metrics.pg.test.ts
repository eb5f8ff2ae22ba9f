/** Every metric in a world that was counted by hand. That each number leads to its records: metric-records.proof.ts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everywhere, type Scope } from '../../canonical/access/index.ts';
import { type MetricWorld, openMetricWorld } from '../../../test/support/metric-world.ts';
import { catalogue } from './catalogue/catalogue.ts';
import { type ListedMetric, listMetrics, metricSeries, takeMetrics } from './index.ts';

let world: MetricWorld;
/** For the organization, S1, S2. */
const listed: ListedMetric[][] = [];
beforeAll(async () => {
  world = await openMetricWorld();
  await takeMetrics(world.app);
  for (const scope of [everywhere, of('S1'), of('S2')]) listed.push(await listMetrics(world.app, scope));
});
afterAll(() => world[Symbol.asyncDispose]());

const of = (...systemIds: string[]): Scope => ({ kind: 'boundaries', systemIds, unassigned: false });
const none = null;
const rounded = (value: number | null): number | null =>
  value === null ? null : Math.round(value * 1000) / 1000;

/** Of each metric and measure: the organization, S1, S2. */
const counted: Readonly<Record<string, Readonly<Record<string, readonly (number | null)[]>>>> = {
  M01: { value: [59 / 3, 30, 14.5] },
  M02: { median: [19, 30, 14.5], p90: [27.8, 30, 18.1] },
  M03: { value: [50, none, 50] },
  M04: { value: [1, 1, 1] },
  M05: { value: [439.5 / 7, 67.75, 76.1] },
  M06: { value: [0.5, 0.5, 0.4] },
  M07: { value: [50, 50, 100] },
  M08: { findings: [7, 4, 5], weaknesses: [4, 3, 3] },
  M09: { new: [5, 1, 4], closed: [3, 1, 2], carried: [4, 3, 3] },
  M10: { value: [50, 50, none] },
  M11: { over_30: [2, 2, 1], over_60: [1, 1, 1] },
  M12: { over_90: [1, 1, 1], over_120: [1, 0, 1] },
  M13: { open: [2, 2, 1], past_due: [2, 2, 1], on_time: [0, 0, 0] },
  M14: { value: [4, 3, 3] },
  M15: { value: [2.4, 1.9, 1.5] },
  M16: { days_30: [75, 100, 100], days_14: [50, 50, 50], days_7: [50, 50, 50] },
  M17: { value: [100 / 3, 50, 0] },
  M18: { p90: [51.95, 2, 57.5], oldest: [57.5, 2, 57.5], never: [2, 1, 1] },
  M19: { mean: [3, 3, none], oldest: [3, 3, none] },
  M20: { value: [4, 3, 1] },
  M21: { value: [2, 1, 1] },
  M22: { value: [50, 100, 0], delayed: [1, 1, 0] },
  M23: { over_30: [50, 100 / 3, 100], over_90: [50, 0, 100] },
  M24: { mean: [5, 10, 0], moved: [50, 100, 0] },
  M25: { value: [3, 2, 1], ends_in_30: [1, 1, 0], ends_in_60: [1, 1, 0], ends_in_90: [1, 1, 0] },
  M26: { mean: [6, 3, 9], pending: [1, 1, 0] },
  M27: { value: [100, none, 100] },
  M28: { value: [25, 50, 0] },
  M29: { value: [16 / 15, 17 / 15, 19 / 15] },
  M30: { value: [50, 500 / 14, 100] },
  M31: { value: [2, 1, 2] },
  M32: { value: [50, 50, none] },
  M33: { value: [2, 1, 1] },
  M34: { value: [50, 200 / 3, 0], oldest: [24, 12, 24] },
};

const measures = catalogue.flatMap(({ code, measures: all }) => all.map(({ key }) => ({ code, key })));

describe('the metrics that ship', () => {
  it('every measure of every metric is counted by hand here', () => {
    const byHand = Object.entries(counted).flatMap(([code, keys]) =>
      Object.keys(keys).map((key) => ({ code, key })),
    );
    expect(byHand).toEqual(measures);
    expect(catalogue).toHaveLength(34);
  });

  it.each(measures)(
    '$code $key is what was counted by hand, for the organization and each boundary',
    ({ code, key }) => {
      const found = listed.map(
        (metrics) =>
          metrics.find((each) => each.code === code)?.measures.find((each) => each.key === key)?.value ??
          null,
      );
      const [...expected] = counted[code]?.[key] ?? [];
      expect(found.map(rounded)).toEqual(expected.map(rounded));
    },
  );

  it('severities and bands add up to the whole, in the organization and in each boundary', async () => {
    for (const metric of catalogue)
      for (const { key, aggregate } of metric.measures)
        for (const scope of [everywhere, of('S1'), of('S2')]) {
          if (aggregate !== 'count') continue;
          const whole = (await metricSeries(world.app, scope, { metric: metric.code, measure: key }))
            .series[0]?.points[0]?.value;
          for (const by of metric.by) {
            const parts = await metricSeries(world.app, scope, { metric: metric.code, measure: key, by });
            const sum = parts.series.reduce((total, { points }) => total + (points[0]?.value ?? 0), 0);
            expect({ metric: metric.code, key, by, sum }).toEqual({
              metric: metric.code,
              key,
              by,
              sum: whole,
            });
          }
        }
  });

  it('bands are those of the world', async () => {
    const bands = async (metric: string): Promise<Record<string, number | undefined>> =>
      Object.fromEntries(
        (await metricSeries(world.app, everywhere, { metric, by: 'band' })).series.map(
          ({ of: band, points }) => [band, points[0]?.value],
        ),
      );
    expect(await bands('M14')).toEqual({ '3 days + forensics': 2, 'next upgrade': 1, 'unknown exposure': 1 });
    expect(await bands('M20')).toEqual({ 'Accepted Risk': 1, Completed: 1, Delayed: 1, Ongoing: 1 });
    expect(await bands('M21')).toEqual({ '181-365 days': 1, '31-90 days': 1 });
    expect(await bands('M25')).toEqual({ false_positive: 1, risk_acceptance: 1, vendor_dependency: 1 });
    expect(await bands('M33')).toEqual({ N3: 1, 'not evaluated': 1 });
    expect(await bands('M30')).toEqual({ 'CAT I': 50, 'CAT II': 50 });
  });
});
