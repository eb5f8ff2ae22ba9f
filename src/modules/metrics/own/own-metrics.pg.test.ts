/** Metrics of one's own, targets, and what a reader of some boundaries is shown. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everywhere, type Scope } from '../../../canonical/access/index.ts';
import { type MetricWorld, openMetricWorld } from '../../../../test/support/metric-world.ts';
import {
  defineOwnMetric,
  listMetrics,
  metricRecords,
  metricSeries,
  type OwnMetric,
  removeOwnMetric,
  setTarget,
  takeMetrics,
  tryOwnMetric,
} from '../index.ts';

let world: MetricWorld;
beforeAll(async () => {
  world = await openMetricWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const actor = { name: 'tester' };
const of = (...systemIds: string[]): Scope => ({ kind: 'boundaries', systemIds, unassigned: false });
const perHost: OwnMetric = {
  name: 'findings-per-severity',
  title: 'Findings on record',
  definition: 'Every finding.',
  query: `select v.id as record, a.system_id, v.severity, extract(day from v.last_found - v.first_found) as amount
            from ingestion_vulnerabilities v join ingestion_assets a on a.asset_uuid = v.asset_ref where v.severity_rank > 2;`,
  aggregate: 'count',
  unit: 'count',
  direction: 'down',
  byBoundary: true,
  by: ['severity'],
};

describe('a metric of one’s own', () => {
  it('a metric of one’s own is tried, saved, taken, and leads to its records', async () => {
    const { values, columns } = await tryOwnMetric(world.app, perHost);
    expect(columns.toSorted()).toEqual(['amount', 'record', 'severity', 'system_id']);
    expect(values).toContainEqual({
      level: 'organization',
      systemId: null,
      severity: null,
      band: null,
      value: 7,
    });
    await defineOwnMetric(world.app, actor, perHost);
    await takeMetrics(world.app, { only: new Set([perHost.name]) });
    const [all] = await listMetrics(world.app, everywhere, new Set([perHost.name]));
    const [some] = await listMetrics(world.app, of('S2'), new Set([perHost.name]));
    expect([all?.measures[0]?.value, some?.measures[0]?.value]).toEqual([7, 3]);
    const behind = await metricRecords(world.app, of('S2'), {
      metric: perHost.name,
      severity: 'High',
      limit: 10,
    });
    expect([behind.count, behind.items.map(({ record }) => record)]).toEqual([2, ['13', '4']]);
    await removeOwnMetric(world.app, perHost.name);
    expect(await listMetrics(world.app, everywhere, new Set([perHost.name]))).toEqual([]);
  });

  it.each([
    ['has no key of its records', { query: 'select 1 as value' }, /no column record/],
    ['has no boundary though it is by boundary', { query: 'select 1 as record' }, /no column system_id/],
    [
      'has nothing to average',
      { aggregate: 'mean' as const, by: [], query: `select 1 as record, 'S1' as system_id` },
      /no column amount/,
    ],
    [
      'is not whole by itself',
      { query: `select 1 as record, 'S1' as system_id, 'x' as severity) q, (select 2` },
      /syntax error/,
    ],
    [
      'reads what readers may not',
      {
        query: 'select id as record, system_name as system_id, system_type as severity from external_systems',
      },
      /permission denied/,
    ],
    ['writes', { query: 'delete from ingestion_assets returning asset_uuid as record' }, /syntax error/],
    ['has the name of one that ships', { name: 'open-findings' }, /ships with Tieline/],
  ])('a metric is refused when it %s, and says why', async (_why, change, says) => {
    const error: unknown = await defineOwnMetric(world.app, actor, { ...perHost, ...change }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'METRIC_INVALID' });
    expect(JSON.stringify([String(error), (error as { fields: unknown }).fields])).toMatch(says);
  });

  it('a metric that is not by boundary has no value for who sees some boundaries', async () => {
    const whole = {
      ...perHost,
      name: 'whole',
      byBoundary: false,
      by: [],
      query: 'select asset_uuid as record from ingestion_assets',
    };
    await defineOwnMetric(world.app, actor, whole);
    await takeMetrics(world.app, { only: new Set(['whole']) });
    const [some] = await listMetrics(world.app, of('S1'), new Set(['whole']));
    expect([some?.measures[0]?.value, some?.needs]).toEqual([
      null,
      'the right to see every boundary: it has no values by boundary',
    ]);
    const [all] = await listMetrics(world.app, everywhere, new Set(['whole']));
    expect(all?.measures[0]?.value).toBe(4);
    await world.database.pool.query(
      `update metrics_definitions set sql_query = 'select 1 / 0 as record' where metric_name = 'whole'`,
    );
    const { metrics } = await takeMetrics(world.app, { only: new Set(['whole']) });
    expect(metrics[0]?.problem).toMatch(/division by zero/);
    await removeOwnMetric(world.app, 'whole');
  });
});

describe('a target', () => {
  it('a target of a boundary comes before that of the organization, and each value is met or missed', async () => {
    await setTarget(world.app, actor, {
      metric: 'M11',
      measure: 'over_30',
      aim: { comparison: 'at_most', target: 1 },
    });
    await setTarget(world.app, actor, {
      metric: 'M11',
      measure: 'over_30',
      system: 'S2',
      aim: { comparison: 'at_most', target: 0 },
    });
    const targets = async (scope: Scope) => {
      const [metric] = await listMetrics(world.app, scope, new Set(['old-high-weaknesses']));
      const measure = metric?.measures[0];
      return [measure?.target?.target, measure?.target?.from, measure?.isMet];
    };
    await takeMetrics(world.app);
    expect(await targets(everywhere)).toEqual([1, 'organization', false]);
    expect(await targets(of('S2'))).toEqual([0, 'boundary', false]);
    await setTarget(world.app, actor, { metric: 'M11', measure: 'over_30', aim: null });
    expect(await targets(everywhere)).toEqual([5, 'shipped', true]);
    await expect(
      setTarget(world.app, actor, { metric: 'M11', system: 'S9', aim: null }),
    ).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
  });
});

describe('what a reader of some boundaries is shown', () => {
  it('the number of two boundaries is made of both, and a percentile of two is not made up', async () => {
    const read = async (metric: string, measure: string) =>
      (await metricSeries(world.app, of('S1', 'S2'), { metric, measure, from: '2026-11-27' })).series[0]
        ?.points[0]?.value;
    expect(await read('M01', 'value')).toBeCloseTo(59 / 3, 3);
    expect(await read('M08', 'findings')).toBe(9);
    expect(await read('M18', 'oldest')).toBe(57.5);
    const { remark, series } = await metricSeries(world.app, of('S1', 'S2'), {
      metric: 'M02',
      from: '2026-11-27',
    });
    expect([series[0]?.points, remark]).toEqual([
      [],
      'A percentile of several boundaries is no sum of theirs: name one boundary, or show it by boundary.',
    ]);
  });

  it('another boundary is as if it were not there', async () => {
    for (const system of ['S2', 'S9']) {
      await expect(metricSeries(world.app, of('S1'), { metric: 'M08', system })).rejects.toMatchObject({
        code: 'RECORD_UNKNOWN',
      });
      await expect(
        metricRecords(world.app, of('S1'), { metric: 'M08', system, limit: 1 }),
      ).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
    }
    const { series } = await metricSeries(world.app, of('S1'), { metric: 'M08', by: 'system' });
    expect(series.map(({ of: system }) => system)).toEqual(['S1']);
  });

  it('what the metric is not broken down by, and what is not recorded, is said', async () => {
    await expect(
      metricSeries(world.app, everywhere, { metric: 'M16', by: 'severity' }),
    ).rejects.toMatchObject({ code: 'FILTER_INVALID' });
    await expect(metricSeries(world.app, everywhere, { metric: 'M99' })).rejects.toMatchObject({
      code: 'METRIC_UNKNOWN',
    });
    await world.database.pool.query('delete from cve_intelligence');
    await takeMetrics(world.app, { only: new Set(['epss-exposure']) });
    const [metric] = await listMetrics(world.app, everywhere, new Set(['epss-exposure']));
    expect([metric?.measures[0]?.value, metric?.needs]).toEqual([
      null,
      'EPSS scores: load them with `tieline intelligence load epss`',
    ]);
  });
});
