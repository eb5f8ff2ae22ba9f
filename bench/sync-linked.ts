/**
 * `npm run bench:sync`: full syncs over linked records of which none, then one in a hundred, has changed; what planning holds in memory; and
 * how much of a remote's rate limit the outbox makes use of. The CPU of the sync process and of PostgreSQL is reported separately from that of the
 * simulated remote, which runs on the same cores. Needs Linux (/proc). How to read it: bench/README.md.
 */
import nodeSettings from '../bin/node-settings.json' with { type: 'json' };
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Secret } from '../src/platform/values/secret.ts';
import { openDatabase } from '../src/platform/postgres/database.ts';
import { removeDataDirectory } from '../src/platform/embedded/remove-data.ts';
import { openEmbeddedServer } from '../src/platform/embedded/server.ts';
import { migrate } from '../src/platform/migrations/migrate.ts';
import { setSendingPaused } from '../src/ledger/external-systems/index.ts';
import { cpuSecondsOf, parentOf } from './cpu.ts';
import type { PhaseFacts, PhaseSettings } from './sync-linked-process.ts';

const { values } = parseArgs({
  options: {
    /** Linked records, about. */
    size: { type: 'string', default: '100000' },
    /** How often each rate is measured; the median counts. */
    runs: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});
/** The simulator makes units of a system with 60 components, 24 POA&Ms and their milestones: some 136 records. */
const units = Math.max(1, Math.round(Number(values.size) / 136));
const limit = { requestsPerSecond: 200, latencyMs: 20 };
/** Sent at the end: enough to see the pace. */
const outgoing = 1000;
const work = mkdtempSync(join(tmpdir(), 'tieline-bench-'));
const dataDir = join(work, 'data');
const password = new Secret(randomBytes(12).toString('hex'));
const masterKey = randomBytes(32).toString('base64');
const server = await openEmbeddedServer({ dataDir });
const xacta = await startXacta();
const database = await openDatabase(server.url);
const { rows: backends } = await database.pool.query<{ pid: number }>('select pg_backend_pid() as pid');
/** Its children are the backends. */
const postmaster = parentOf(backends[0]?.pid ?? 0);

const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

/** However long it takes to make its records: 100,000 of them are not made within the time that the product gives a simulator. */
async function startXacta(): Promise<{ url: string; pid: number; stop(): void }> {
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, '../simulators/xacta/main.ts'),
      '--port=0',
      '--seed=1',
      '--now=2026-11-01T12:00:00.000Z',
      `--size=${units}`,
      '--exit-with-parent',
    ],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, SIMULATOR_USERNAME: 'tieline', SIMULATOR_PASSWORD: password.reveal() },
    },
  );
  for await (const line of createInterface({ input: child.stdout }))
    return {
      url: (JSON.parse(line) as { url: string }).url,
      pid: child.pid ?? 0,
      stop: () => void child.kill(),
    };
  throw new Error('the simulator did not start');
}

interface Measured extends PhaseFacts {
  readonly postgresCpuSeconds: number;
  readonly remoteCpuSeconds: number;
}

/** Runs a phase in a process of its own. */
async function run(phase: PhaseSettings['phase']): Promise<Measured> {
  const before = { postgres: cpuSecondsOf(postmaster), remote: cpuSecondsOf(xacta.pid) };
  const settings: PhaseSettings = {
    phase,
    databaseUrl: server.url.reveal(),
    masterKey,
    xactaUrl: xacta.url,
    password: password.reveal(),
  };
  const facts = await new Promise<PhaseFacts>((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [...nodeSettings.flags, join(import.meta.dirname, 'sync-linked-process.ts')],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, BENCH: JSON.stringify(settings) },
      },
    );
    let line = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (line += text));
    child.on('exit', (code) =>
      code === 0
        ? resolve(JSON.parse(line) as PhaseFacts) // printed by sync-linked-process.ts
        : reject(new Error(`${phase} ended with ${String(code)}`)),
    );
  });
  // Backends end a moment after their client.
  await delay(300);
  const measured: Measured = {
    ...facts,
    postgresCpuSeconds: cpuSecondsOf(postmaster) - before.postgres,
    remoteCpuSeconds: cpuSecondsOf(xacta.pid) - before.remote,
  };
  process.stderr.write(
    `${phase}: ${round(facts.seconds)} s, ${round(ours(measured))} s of our CPU, ${round(measured.remoteCpuSeconds)} s of the remote's\n`,
  );
  return measured;
}

const ours = (measured: Measured): number => measured.cpuSeconds + measured.postgresCpuSeconds;

async function median(
  times: number,
  phase: PhaseSettings['phase'],
  prepare: (turn: number) => Promise<unknown>,
): Promise<Measured> {
  const all: Measured[] = [];
  for (let turn = 0; turn < times; turn += 1) {
    await prepare(turn);
    all.push(await run(phase));
  }
  const middle = all.toSorted((a, b) => ours(a) - ours(b))[Math.floor(times / 2)];
  if (!middle) throw new Error('--runs must be at least 1');
  return middle;
}

const control = (method: string, path: string, body?: unknown): Promise<Response> =>
  fetch(`${xacta.url}/__control${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });

/** Edits `count` records: half of them POA&Ms there, half POA&Ms here. */
async function edit(count: number, turn: number): Promise<void> {
  const { rows } = await database.pool.query<{ id: string }>(
    `select external_id as id from sync_links where entity_type = 'poam' order by id offset $1 limit $2`,
    [turn * 10, Math.ceil(count / 2)],
  );
  for (const { id } of rows)
    await control('POST', '/edit', { entity: 'poam', id, fields: { comments: `edited there, ${turn}` } });
  await database.pool.query(
    `update ingestion_poams set comments = $2 where id in (select id from ingestion_poams order by id desc limit $1)`,
    [Math.floor(count / 2), `edited here, ${turn}`],
  );
}

try {
  await migrate(database.pool, { folder: join(import.meta.dirname, '../migrations') });
  await run('add');
  const { rows: systems } = await database.pool.query<{ id: number }>('select id from external_systems');
  const id = systems[0]?.id ?? 0;
  const first = await run('sync');
  await database.pool.query('vacuum analyze');
  const { rows: counted } = await database.pool.query<{ n: number }>(
    'select count(*)::int as n from sync_links',
  );
  const links = counted[0]?.n ?? 0;
  const runs = Number(values.runs);
  const unchanged = await median(runs, 'sync', () => Promise.resolve());
  await setSendingPaused(database.db, id, { by: 'bench', reason: 'bench' });
  const onePercent = Math.ceil(links / 100);
  const changed = await median(runs, 'sync', (turn) => edit(onePercent, turn));
  const planned = await run('plan');

  await database.pool.query(
    `update ingestion_poams set comments = 'changed by the bench' where id in (select id from ingestion_poams order by id limit $1)`,
    [outgoing],
  );
  await run('sync');
  await database.pool.query(
    `update external_systems set connection_config = connection_config || $1 where id = $2`,
    [{ requests_per_second: limit.requestsPerSecond }, id],
  );
  await control('PUT', '/faults', [{ kind: 'delay', ms: limit.latencyMs }]);
  await control('DELETE', '/requests');
  await setSendingPaused(database.db, id, undefined);
  const sending = await run('send');
  const answer: unknown = await (await control('GET', '/requests')).json();
  const requests =
    typeof answer === 'object' && answer !== null && 'total' in answer ? Number(answer.total) : 0;
  // From the first request to the last answer: what begins and ends a drain does not grow with it.
  const { rows: calls } = await database.pool.query<{ seconds: number }>(
    `select extract(epoch from max(called_at + response_time_ms * interval '1 ms') - min(called_at))::float as seconds
       from api_call_logs
      where operation_id = (select batch_id from ingestion_batches
                             where operation_type = 'export' and parent_operation_id is null order by id desc limit 1)`,
  );
  const requesting = calls[0]?.seconds ?? Number.NaN;
  const { rows: left } = await database.pool.query<{ state: string; n: number }>(
    `select state, count(*)::int as n from sync_outbox group by state`,
  );
  const { rows: version } = await database.pool.query<{ v: string }>(
    `select current_setting('server_version') as v`,
  );

  const report = (measured: Measured) => ({
    seconds: round(measured.seconds),
    syncCpuSeconds: round(measured.cpuSeconds, 2),
    postgresCpuSeconds: round(measured.postgresCpuSeconds, 2),
    remoteCpuSeconds: round(measured.remoteCpuSeconds, 2),
    recordsPerOwnCpuSecond: Math.round(links / ours(measured)),
    peakMegabytes: measured.peakMegabytes,
  });
  const result = {
    linkedRecords: links,
    firstSync: report(first),
    unchangedFullSync: report(unchanged),
    onePercentChanged: { changes: onePercent, ...report(changed) },
    changedToUnchanged: round(ours(changed) / ours(unchanged), 2),
    plan: report(planned),
    outbox: {
      states: Object.fromEntries(left.map(({ state, n }) => [state, n])),
      requests,
      seconds: round(sending.seconds),
      firstToLastSeconds: round(requesting, 2),
      shareOfLimit: round(requests / requesting / limit.requestsPerSecond, 3),
      ...limit,
    },
    machine: {
      cores: cpus().length,
      memoryGigabytes: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      postgres: version[0]?.v,
    },
  };
  console.log(values.json ? JSON.stringify(result) : JSON.stringify(result, null, 2));
  writeFileSync(
    join(import.meta.dirname, 'results', `sync-linked-${values.size}.json`),
    `${JSON.stringify(result, null, 2)}\n`,
  );
} finally {
  await database.close();
  xacta.stop();
  await server.close();
  await removeDataDirectory(dataDir);
  rmSync(work, { recursive: true, force: true });
}
