/**
 * `node bin/run.js bench/metrics.ts DIRECTORY`: all metrics taken over the world of api-world.ts (1,000,000 findings, 200 boundaries), and every
 * shipped dashboard read from a quarter of stored values, as one who sees everything, twenty boundaries, and one. Aims: a take under 60 s on
 * two cores, a dashboard under 300 ms. Beside what was waited for stands the CPU of the server's process, which neighbours disturb less.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { everywhere, localOperator, type Scope } from '../src/canonical/access/index.ts';
import { catalogue } from '../src/modules/metrics/catalogue/catalogue.ts';
import { fetchDashboard, listDashboards } from '../src/modules/metrics/dashboards/dashboards.ts';
import { momentOfNow } from '../src/modules/metrics/facts/moment.ts';
import { takeAt } from '../src/modules/metrics/take-metrics.ts';
import { openDatabase, type OpenDatabase } from '../src/platform/postgres/database.ts';
import { openApiWorld, worldNow } from './api-world.ts';
import { metricRows } from './api/metric-rows.ts';

const storedDays = 90;
const aims = { takeSeconds: 60, dashboardMs: 300 };

/** What metrics look at beside what the world has for lists, once. */
async function addFacts({ pool }: OpenDatabase, marker: string): Promise<void> {
  if (existsSync(marker)) return;
  const client = await pool.connect();
  try {
    await client.query('begin');
    for (const statement of metricRows) await client.query(statement);
    await client.query('commit');
    await client.query('vacuum analyze');
  } finally {
    client.release(true);
  }
  writeFileSync(marker, '{}');
}

/** The CPU seconds of the server's process behind the only connection. */
async function cpuOf({ pool }: OpenDatabase): Promise<() => number> {
  const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
  return () => {
    const fields = readFileSync(`/proc/${rows[0]?.pid ?? 0}/stat`, 'utf8').split(' ');
    return (Number(fields[13]) + Number(fields[14])) / 100;
  };
}

async function measureTake(database: OpenDatabase): Promise<void> {
  const cpu = await cpuOf(database);
  const [began, cpuBefore] = [performance.now(), cpu()];
  const taken = await database.store.transaction(({ db }) =>
    takeAt(db, {
      moment: momentOfNow(worldNow),
      metrics: catalogue,
      takenAt: worldNow,
      clock: () => performance.now(),
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const cpuSeconds = cpu() - cpuBefore;
  for (const { code, title, milliseconds, values, lacks, problem } of taken)
    console.log(
      `${(code ?? '').padEnd(4)} ${title.padEnd(56)} ${(milliseconds / 1000).toFixed(2).padStart(7)} s ${String(values).padStart(6)} values ${lacks.join(', ')}${problem ?? ''}`,
    );
  const inMetrics = taken.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 1000;
  console.log(
    `${taken.length} metrics: ${seconds.toFixed(1)} s, ${(seconds - inMetrics).toFixed(1)} of it shared relations; CPU of the server's process ${cpuSeconds.toFixed(1)} s. Aim ${aims.takeSeconds} s: ${(cpuSeconds / aims.takeSeconds).toFixed(2)} of it in CPU.`,
  );
}

/** The values of the day, as those of each day before it. */
async function storeQuarter({ pool }: OpenDatabase): Promise<void> {
  const day = worldNow.toISOString().slice(0, 10);
  await pool.query('delete from metrics_values where taken_on < $1::date', [day]);
  await pool.query('delete from metrics_takes where taken_on < $1::date', [day]);
  await pool.query(
    `insert into metrics_values (metric_id, calculated_at, taken_on, value, measure, level, system_id, severity, band, is_computed, additional_data)
     select metric_id, calculated_at - ago * interval '1 day', taken_on - ago, value, measure, level, system_id, severity, band, true, additional_data
       from metrics_values cross join generate_series(1, ${storedDays - 1}) ago where taken_on = $1::date`,
    [day],
  );
  await pool.query(
    `insert into metrics_takes (metric_id, taken_on, taken_at, is_computed, milliseconds, lacks)
     select metric_id, taken_on - ago, taken_at - ago * interval '1 day', true, milliseconds, lacks
       from metrics_takes cross join generate_series(1, ${storedDays - 1}) ago where taken_on = $1::date`,
    [day],
  );
  await pool.query('analyze metrics_values, metrics_takes');
}

const boundaries = (n: number): Scope => ({
  kind: 'boundaries',
  systemIds: Array.from({ length: n }, (_, at) => `SYS-${String(at + 1).padStart(3, '0')}`),
  unassigned: false,
});

const scopes: readonly (readonly [string, Scope])[] = [
  ['everything', everywhere],
  ['20 boundaries', boundaries(20)],
  ['one boundary', boundaries(1)],
];

async function measureDashboards(database: OpenDatabase, times: number): Promise<void> {
  const cpu = await cpuOf(database);
  const app = { db: database.db, now: () => worldNow };
  const actor = localOperator('bench');
  for (const { id } of await listDashboards(app, actor))
    for (const [name, scope] of scopes) {
      const waited: number[] = [];
      const own: number[] = [];
      const cpuBefore = cpu();
      for (let n = 0; n < times; n += 1) {
        const [began, usage] = [performance.now(), process.cpuUsage()];
        await fetchDashboard(app, { actor, scope }, { id, days: storedDays });
        waited.push(performance.now() - began);
        const { user, system } = process.cpuUsage(usage);
        own.push((user + system) / 1000);
      }
      const sorted = waited.toSorted((a, b) => a - b);
      const at = (share: number): string =>
        (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(0).padStart(5);
      const cpuMs = ((cpu() - cpuBefore) * 1000) / times;
      const ownMs = own.reduce((sum, ms) => sum + ms, 0) / times;
      console.log(
        `${id.padEnd(16)} ${name.padEnd(14)} p50 ${at(0.5)} p95 ${at(0.95)} ms   CPU: server ${cpuMs.toFixed(0).padStart(4)}, ours ${ownMs.toFixed(0).padStart(4)} ms   ${((cpuMs + ownMs) / aims.dashboardMs).toFixed(2)} of the aim`,
      );
    }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    times: { type: 'string', default: '10' },
    /** Only what is stored already: no take. */
    'dashboards-only': { type: 'boolean', default: false },
  },
});
const [directory] = positionals;
if (directory === undefined) throw new Error('usage: node bin/run.js bench/metrics.ts DIRECTORY [--times N]');
await using world = await openApiWorld(directory);
await addFacts(world.database, join(directory, 'metric-facts.json'));
const database = await openDatabase(world.url, { maxConnections: 1 });
if (!values['dashboards-only']) {
  await measureTake(database);
  await storeQuarter(database);
}
await measureDashboards(database, Number(values.times));
await database.close();
