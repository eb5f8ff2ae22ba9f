/**
 * How the levels of a metric add up, in worlds that are drawn at random: each record counts once for the organization and in each of its boundaries. So no
 * boundary has more than the organization, all together have no less, and they are equal where no record lies in two of them.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MetricWorld, openMetricWorld } from '../../../test/support/metric-world.ts';
import { catalogue } from './catalogue/catalogue.ts';
import { takeMetrics } from './index.ts';

let world: MetricWorld;
beforeAll(async () => {
  world = await openMetricWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const boundaries = ['S1', 'S2', 'S3'];

/** The boundaries of each machine, the first of which is its own; findings on machines; POA&Ms of boundaries. */
const drawn = fc.record({
  machines: fc.array(fc.uniqueArray(fc.constantFrom(...boundaries), { maxLength: 3 }), {
    minLength: 4,
    maxLength: 4,
  }),
  findings: fc.array(
    fc.record({
      machine: fc.integer({ min: 1, max: 4 }),
      plugin: fc.constantFrom('101', '102', '103', '104'),
      rank: fc.integer({ min: 1, max: 4 }),
      state: fc.constantFrom('open', 'reopened', 'fixed'),
      foundDaysAgo: fc.integer({ min: 0, max: 200 }),
    }),
    { maxLength: 25 },
  ),
  poams: fc.array(
    fc.record({ boundary: fc.constantFrom(...boundaries), dueInDays: fc.integer({ min: -90, max: 90 }) }),
    {
      maxLength: 8,
    },
  ),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

async function become({ machines, findings, poams }: Drawn): Promise<void> {
  const run = (text: string, values: unknown[] = []): Promise<unknown> =>
    world.database.pool.query(text, values);
  await run(
    'truncate ingestion_vulnerabilities, ingestion_poams, weaknesses, deviations, ingestion_poam_milestones, finding_state_changes, ingestion_system_assets, metrics_values, metrics_takes cascade',
  );
  await run(
    `insert into ingestion_systems (system_id, uuid, name) values ('S3', gen_random_uuid(), 'Third') on conflict do nothing`,
  );
  for (const [n, own] of machines.entries()) {
    await run('update ingestion_assets set system_id = $1 where asset_uuid = $2', [
      own[0] ?? null,
      uuid(n + 1),
    ]);
    for (const boundary of own)
      await run('insert into ingestion_system_assets (system_id, asset_uuid) values ($1, $2)', [
        boundary,
        uuid(n + 1),
      ]);
  }
  for (const { machine, plugin, rank, state, foundDaysAgo } of findings)
    await run(
      `insert into ingestion_vulnerabilities (plugin_id, vulnerability_name, severity, asset_uuid, asset_ref, finding_key, severity_rank, lifecycle_state, first_found, last_found, last_fixed, raw_data)
       values ($1, 'x', 'x', $2::uuid::text, $2, gen_random_uuid(), $3, $4::varchar, timestamp '2026-11-26' - $5 * interval '1 day', '2026-11-26', case when $4::varchar = 'fixed' then timestamp '2026-11-26' end, '{}')`,
      [plugin, uuid(machine), rank, state, foundDaysAgo],
    );
  for (const [n, { boundary, dueInDays }] of poams.entries())
    await run(
      `insert into ingestion_poams (poam_id, system_id, status, scheduled_completion, original_detection_date, created_at)
       values ($1, $2, 'Open', date '2026-11-27' + $3::int, '2026-06-01', '2026-06-01')`,
      [`P-${n}`, boundary, dueInDays],
    );
}

interface Levels {
  readonly metric: string;
  readonly measure: string;
  readonly organization: number;
  readonly together: number;
  readonly most: number;
}

const levels = async (): Promise<Levels[]> =>
  (
    await world.database.pool.query<Levels>(`
      select d.metric_name as metric, v.measure, coalesce(max(v.value) filter (where v.level = 'organization'), 0)::float8 as organization,
             coalesce(sum(v.value) filter (where v.level <> 'organization'), 0)::float8 as together,
             coalesce(max(v.value) filter (where v.level <> 'organization'), 0)::float8 as most
        from metrics_values v join metrics_definitions d on d.id = v.metric_id
       where v.severity is null and v.band is null group by 1, 2 order by 1, 2`)
  ).rows;

const counts = catalogue.flatMap(({ name, measures }) =>
  measures.flatMap(({ key, aggregate }) => (aggregate === 'count' ? [`${name} ${key}`] : [])),
);
/** Their records are of one boundary each, whatever machines lie in two. */
const ofOneBoundary = new Set(
  catalogue.flatMap(({ name, kind, measures }) =>
    measures.flatMap((measure) =>
      measure.aggregate === 'count' && ['poam', 'deviation'].includes(measure.kind ?? kind)
        ? [`${name} ${measure.key}`]
        : [],
    ),
  ),
);
/** One row for each finding: in a boundary without a shared machine it is nobody else's. */
const ofFindings = new Set(
  catalogue.flatMap(({ name, kind, measures }) =>
    measures.flatMap((measure) =>
      measure.aggregate === 'count' && (measure.kind ?? kind) === 'finding' ? [`${name} ${measure.key}`] : [],
    ),
  ),
);

describe('the levels of a count', () => {
  it('add up as far as its records lie in one boundary', async () => {
    let looked = 0;
    await fc.assert(
      fc.asyncProperty(drawn, async (of) => {
        await become(of);
        await takeMetrics(world.app);
        const isShared = of.machines.some((own) => own.length > 1);
        for (const { metric, measure, organization, together, most } of await levels()) {
          const name = `${metric} ${measure}`;
          if (!counts.includes(name)) continue;
          looked += 1;
          expect({ name, isTooMuch: most > organization }).toEqual({ name, isTooMuch: false });
          expect({ name, isTooLittle: together < organization }).toEqual({ name, isTooLittle: false });
          const isSum = ofOneBoundary.has(name) || (ofFindings.has(name) && !isShared);
          expect({ name, together: isSum ? together : organization }).toEqual({
            name,
            together: organization,
          });
        }
      }),
      { numRuns: 15, ...(process.env['SEED'] === undefined ? {} : { seed: Number(process.env['SEED']) }) },
    );
    expect(looked).toBeGreaterThan(200);
    expect(ofOneBoundary.size).toBeGreaterThan(3);
    expect(ofFindings.size).toBeGreaterThan(3);
  }, 240_000);
});
