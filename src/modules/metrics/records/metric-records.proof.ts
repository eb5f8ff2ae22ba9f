/** That each number leads to exactly the records that it counts, and a list that shows them has as many. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everywhere, type Scope } from '../../../canonical/access/index.ts';
import { deviationList, findingList, poamList } from '../../../canonical/lists/index.ts';
import { parseFilter } from '../../../platform/lists/index.ts';
import { countFindings } from '../../../record/finding-lists/index.ts';
import { countPoams } from '../../../record/poams/index.ts';
import { countDeviations } from '../../deviations/index.ts';
import { type MetricWorld, noon, openMetricWorld } from '../../../../test/support/metric-world.ts';
import { catalogue } from '../catalogue/catalogue.ts';
import { metricRecords, takeMetrics } from '../index.ts';

let world: MetricWorld;
beforeAll(async () => {
  world = await openMetricWorld();
  await takeMetrics(world.app);
});
afterAll(() => world[Symbol.asyncDispose]());

const of = (...systemIds: string[]): Scope => ({ kind: 'boundaries', systemIds, unassigned: false });
const measures = catalogue.flatMap(({ code, measures: all }) => all.map(({ key }) => ({ code, key })));

describe('the records behind a number', () => {
  it.each(measures)('$code $key leads to as many records as it says', async ({ code, key }) => {
    const metric = catalogue.find((each) => each.code === code);
    const aggregate = metric?.measures.find((each) => each.key === key)?.aggregate;
    for (const [scope, system] of [
      [everywhere, undefined],
      [everywhere, 'S1'],
      [of('S1', 'S2'), undefined],
      [of('S2'), undefined],
    ] as const) {
      const { rows } = await world.database.pool.query<{ value: number; counted: number; base: number }>(
        `select sum(value)::float8 as value, coalesce(sum((additional_data ->> 'counted')::float8), 0)::float8 as counted, sum((additional_data ->> 'base')::float8)::float8 as base
           from metrics_values v join metrics_definitions d on d.id = v.metric_id
          where d.code = $1 and v.measure = $2 and v.severity is null and v.band is null
            and case when $3::text[] is null then v.level = 'organization' else v.level = 'boundary' and v.system_id = any($3) end`,
        [code, key, system === undefined ? (scope.kind === 'everywhere' ? null : scope.systemIds) : [system]],
      );
      const behind = await metricRecords(world.app, scope, {
        metric: code,
        measure: key,
        system,
        limit: 100,
      });
      const base = await metricRecords(world.app, scope, {
        metric: code,
        measure: key,
        system,
        part: 'base',
        limit: 1,
      });
      const [stored] = rows;
      const counted = stored?.counted ?? 0;
      const number = aggregate === 'count' ? (stored?.value ?? 0) : counted;
      // Of an aggregate that has no line between them, what is below it is not kept.
      const below = stored?.base ?? base.count;
      expect([behind.count, behind.items.length, behind.count, base.count]).toEqual([
        counted,
        counted,
        number,
        below,
      ]);
      expect(behind.items.filter(({ title }) => title === null)).toEqual([]);
    }
  });

  it('a number that a list shows too is the number of that list', async () => {
    const count = {
      findings: async (scope: Scope, pairs: [string, string][]) =>
        (
          await countFindings(world.app.db, scope, parseFilter(findingList.filters, pairs, noon), {
            now: noon,
          })
        ).count,
      poams: async (scope: Scope, pairs: [string, string][]) =>
        await countPoams(world.app.db, scope, {
          filter: parseFilter(poamList.filters, pairs, noon),
          now: noon,
        }),
      deviations: async (scope: Scope, pairs: [string, string][]) =>
        (await countDeviations(world.app.db, scope, parseFilter(deviationList.filters, pairs, noon))).count,
    };
    const seen: string[] = [];
    for (const { code, measures: all } of catalogue)
      for (const { key } of all)
        for (const [scope, severity] of [
          [everywhere, undefined],
          [of('S1'), undefined],
          [everywhere, 'High'],
        ] as const) {
          if (severity && !catalogue.find((each) => each.code === code)?.by.includes('severity')) continue;
          const { count: n, list } = await metricRecords(world.app, scope, {
            metric: code,
            measure: key,
            severity,
            limit: 1,
          });
          if (list === null) continue;
          seen.push(`${code} ${key}`);
          const listed = await count[list.noun as keyof typeof count](scope, Object.entries(list.filter));
          expect({ code, key, severity, n: listed }).toEqual({ code, key, severity, n });
        }
    expect([...new Set(seen)]).toEqual([
      'M08 findings',
      'M20 value',
      'M21 value',
      'M22 value',
      'M22 delayed',
      'M25 value',
    ]);
  });
});
