/**
 * `npm run bench:workflows [-- --runs 1000] [--beside-sync]`: runs of a workflow of five steps (assign, comment, webhook, a wait of a day, a task), from
 * their start to their end and to the receiver of the webhook, compared with plain inserts of the same rows in as many transactions, in the same run.
 * Prints runs a second and the ratio; 10,000 an hour are 2.8 a second. CPU of this process and of the server stands beside, for other work shares
 * the cores. With `--beside-sync` as many runs again are made while another process syncs both simulators in full, one sync after the other, and the
 * ratio of the two rates is printed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { everywhere, localOperator } from '../src/canonical/access/index.ts';
import { addChannel, deliverDue } from '../src/modules/alerts/index.ts';
import {
  decideWorkflow,
  runByHand,
  saveWorkflow,
  setWorkflowMode,
  workflowRun,
} from '../src/modules/workflows/index.ts';
import { runWorkflowJob, workflowPartsOf, workOnWorkflows } from '../src/operate/workflows/index.ts';
import { removeDataDirectory } from '../src/platform/embedded/remove-data.ts';
import { addSystem } from '../src/engine/connections/index.ts';
import { startSimulator } from '../src/main/simulator-process.ts';
import { openEmbeddedServer } from '../src/platform/embedded/server.ts';
import { migrate } from '../src/platform/migrations/migrate.ts';
import { openDatabase } from '../src/platform/postgres/database.ts';
import { installQueue, workOnce } from '../src/platform/queue/index.ts';
import { Secret } from '../src/platform/values/index.ts';
import { composeApp } from '../test/support/compose-app.ts';
import { cpuSecondsOf, parentOf } from './cpu.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '1000' }, 'beside-sync': { type: 'boolean', default: false } },
});
const count = Number(values.runs);
const rounds = values['beside-sync'] ? 2 : 1;
const masterKey = randomBytes(32).toString('base64');
const atOnce = 500;
const workers = 4;

const source = `name: five-steps
title: Five steps
record: poam
trigger: {by_hand: true}
limit: 100000
steps:
  - {id: give, action: assign, with: {to: amy}}
  - {id: say, action: comment, with: {say: 'given to amy: {poam.id}'}}
  - {id: hook, action: webhook, with: {channel: soc, say: 'given: {poam.id}'}}
  - {id: rest, waitUntil: {days: 1}}
  - {id: next, action: task, with: {what: 'see to {poam.id}'}}
`;

const directory = mkdtempSync(join(tmpdir(), 'tieline-bench-'));
const server = await openEmbeddedServer({ dataDir: join(directory, 'data') });
const database = await openDatabase(server.url, { maxConnections: workers + 4 });
const { pool } = database;
let movedMs = 0;
database.clock.moveTo(() => new Date(Date.now() + movedMs));
const signal = new AbortController().signal;

const records = `
  insert into principals (id, kind, name, created_by) values ('00000000-0000-0000-0000-0000000000a3', 'person', 'amy', 'bench');
  insert into grants (principal_id, role, reach, system_ids, granted_by) values ('00000000-0000-0000-0000-0000000000a3', 'isso', 'everywhere', '{}', 'bench');
  insert into ingestion_systems (system_id, name, uuid) select 'SYS-' || n, 'System ' || n, gen_random_uuid() from generate_series(1, 20) n;
  insert into ingestion_assets (asset_uuid, hostname, system_id) select gen_random_uuid(), 'web' || n, 'SYS-' || (1 + n % 20) from generate_series(1, ${count * rounds}) n;
  insert into ingestion_poams (poam_id, system_id, status, weakness_description) select 'P-' || n, 'SYS-' || (1 + n % 20), 'Open', 'flaw ' || n from generate_series(1, ${count * rounds}) n;
  insert into scan_plugins (plugin_id, name, raw_json) values ('100', 'flaw', '{}');
  insert into ingestion_vulnerabilities (finding_key, state, plugin_id, vulnerability_name, severity, asset_uuid, asset_ref, port, protocol, lifecycle_state,
                                         severity_rank, first_found, last_found, poam_id)
    select gen_random_uuid(), 'Open', '100', 'flaw', 'High', a.asset_uuid, a.asset_uuid, 443, 'tcp', 'open', 3, '2026-11-01', '2026-11-26', p.id
      from generate_series(1, ${count * rounds}) n join ingestion_poams p on p.poam_id = 'P-' || n join ingestion_assets a on a.hostname = 'web' || n;
  insert into weaknesses (system_id, identifier, plugin_id, title, severity, rated_severity, detected_on, due_on, due_reason, control_reason, poam_id)
    select system_id, 'flaw ' || id, '100', 'flaw', 'High', 'High', '2026-11-01', '2026-12-20', 'bench', 'bench', id from ingestion_poams;
  insert into weakness_findings select w.id, v.id from weaknesses w join ingestion_vulnerabilities v on v.poam_id = w.poam_id`;

/** Where runs leave rows, and in which of the six transactions of a run most of theirs are written. */
const written = [
  'workflow_executions',
  'workflow_traces',
  'ingestion_batches',
  'sync_changes',
  'vulnerability_remediation',
  'poam_comments',
  'alert_deliveries',
  'work_tasks',
] as const;
const transactionsOfRun = 6;

/** Seconds, and seconds of CPU of this process and of the server. */
async function measured(
  work: () => Promise<unknown>,
): Promise<{ readonly wall: number; readonly cpu: number }> {
  const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
  const postmaster = parentOf(rows[0]?.pid ?? 0);
  const own = process.cpuUsage();
  const [begun, cpu] = [performance.now(), cpuSecondsOf(postmaster)];
  await work();
  const { user, system } = process.cpuUsage(own);
  return {
    wall: (performance.now() - begun) / 1000,
    cpu: cpuSecondsOf(postmaster) - cpu + (user + system) / 1e6,
  };
}

/** The rows that the runs left, once more, into tables like theirs, in as many transactions as the runs took. */
async function insertPlainly(): Promise<void> {
  const kept = new Map<string, unknown[]>();
  for (const table of written) {
    await pool.query(`create table plain_${table} (like ${table} including defaults including indexes)`);
    const { rows } = await pool.query<{ row: unknown }>(`select to_jsonb(t) as row from ${table} t`);
    kept.set(
      table,
      rows.map(({ row }) => row),
    );
  }
  const transactions = count * transactionsOfRun;
  const shareOf = (table: string, n: number): unknown[] => {
    const rows = kept.get(table) ?? [];
    return rows.slice(
      Math.floor((n * rows.length) / transactions),
      Math.floor(((n + 1) * rows.length) / transactions),
    );
  };
  let next = 0;
  baseline = await measured(() =>
    Promise.all(
      Array.from({ length: workers }, async () => {
        for (let n = next++; n < transactions; n = next++)
          await database.store.transaction(async ({ client }) => {
            for (const table of written) {
              const rows = shareOf(table, n);
              if (rows.length === 0) continue;
              await client.query(
                `insert into plain_${table} select * from jsonb_populate_recordset(null::plain_${table}, $1)`,
                [JSON.stringify(rows)],
              );
            }
          });
      }),
    ),
  );
}
let baseline = { wall: 0, cpu: 0 };

/** Both simulators, and connections to them. @returns what stops them. */
async function connectSimulators(app: Parameters<typeof addSystem>[0]): Promise<() => Promise<unknown>> {
  const keys = { access: secret(), secret: secret(), password: secret() };
  const world = ['--seed', '1', '--now', new Date().toISOString()];
  const [tenable, xacta] = await Promise.all([
    startSimulator('tenable', world, {
      SIMULATOR_ACCESS_KEY: keys.access,
      SIMULATOR_SECRET_KEY: keys.secret,
    }),
    startSimulator('xacta', world, {
      SIMULATOR_USERNAME: new Secret('tieline'),
      SIMULATOR_PASSWORD: keys.password,
    }),
  ]);
  await addSystem(app, {
    type: 'tenable',
    name: 'tenable',
    url: tenable.url,
    settings: { poll_interval_seconds: 0.1 },
    secrets: { access_key: keys.access, secret_key: keys.secret },
  });
  await addSystem(app, {
    type: 'xacta',
    name: 'xacta',
    url: xacta.url,
    settings: { username: 'tieline' },
    secrets: { password: keys.password },
  });
  return () => Promise.all([tenable.stop(), xacta.stop()]);
}

/** Syncs both simulators in full by a process of its own, one sync after the other, until it is disposed of. */
async function keepSyncing(
  app: Parameters<typeof addSystem>[0],
): Promise<AsyncDisposable & { readonly done: () => number }> {
  const stop = await connectSimulators(app);
  const sync = [join(import.meta.dirname, '../src/main/main.ts'), 'sync', 'run', '--full'];
  const env = {
    ...process.env,
    DATABASE_URL: server.url.reveal(),
    TIELINE_MASTER_KEY: masterKey,
    npm_lifecycle_event: '',
  };
  let done = 0;
  let running: ChildProcess | undefined;
  let ended = Promise.resolve();
  let isOver = false;
  const next = (): void => {
    const { promise, resolve } = Promise.withResolvers<void>();
    ended = promise;
    running = spawn(process.execPath, sync, { stdio: 'ignore', env });
    running.once('exit', (code) => {
      resolve();
      if (isOver) return;
      // 3: it ended, and what waits for a person waits.
      if (code !== 0 && code !== 3) throw new Error(`a sync ended with ${code}`);
      done += 1;
      next();
    });
  };
  next();
  return {
    done: () => done,
    async [Symbol.asyncDispose]() {
      isOver = true;
      running?.kill();
      await ended;
      await stop();
    },
  };
}
const secret = (): Secret => new Secret(randomBytes(16).toString('hex'));

const received = new Set<string>();
const receiver = createServer((request, response) => {
  received.add(String(request.headers['tieline-delivery']));
  request.resume().on('end', () => response.writeHead(204).end());
});
await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));

try {
  await migrate(pool, { folder: join(import.meta.dirname, '../migrations') });
  await pool.query(records);
  await pool.query('vacuum analyze');
  const app = {
    ...composeApp(database, masterKey),
    alerting: { receivers: ['127.0.0.1'], marking: '' },
  };
  await installQueue(app.queue);
  const { port } = receiver.address() as AddressInfo; // it listens on a port
  await addChannel(
    app,
    {
      name: 'soc',
      kind: 'webhook',
      settings: { url: `http://127.0.0.1:${port}/hook` },
      secret: new Secret('a secret of the receiver'),
    },
    'bench',
  );
  const parts = workflowPartsOf(app);
  const [owner, approver] = [localOperator('owner'), localOperator('approver')];
  const { name, version } = await saveWorkflow(app, parts, owner, { source });
  await decideWorkflow(
    app,
    parts,
    { ...approver, principalId: 'local:approver' },
    { name, version, approved: true },
  );
  await setWorkflowMode(app, approver, { name, mode: 'live' });

  const workOff = () =>
    workOnce(
      app.queue,
      { [workflowRun]: (payload, until) => runWorkflowJob(app, payload, until) },
      { signal, log: app.log, concurrency: workers },
    );
  type Measured = { readonly wall: number; readonly cpu: number };
  type Phases = readonly (readonly [string, Measured])[];
  /** Runs over as many POA&Ms from a place on, from their start to their end. */
  const runsFrom = async (first: number): Promise<Phases> => {
    const phases: (readonly [string, Measured])[] = [];
    const phase = async (title: string, work: () => Promise<unknown>): Promise<void> => {
      phases.push([title, await measured(work)]);
    };
    await phase('started', async () => {
      for (let n = 0; n < count; n += atOnce) {
        const ids = Array.from({ length: Math.min(atOnce, count - n) }, (_, k) => `P-${first + n + k}`);
        await runByHand(app, parts, { actor: approver, scope: everywhere }, { name, records: ids });
      }
    });
    await phase('four steps', workOff);
    movedMs += 86_400_000 + 60_000;
    await phase('woken', async () => {
      for (let n = 0; n < count; n += 1_000) await workOnWorkflows(app, signal);
    });
    await phase('last step', workOff);
    await phase('delivered', () => deliverDue(app, signal));
    const { rows } = await pool.query<{ status: string; n: number }>(
      'select status, count(*)::int as n from workflow_executions group by 1',
    );
    if (rows.length !== 1 || rows[0]?.status !== 'completed' || received.size !== rows[0].n)
      throw new Error(`not every run is over: ${JSON.stringify(rows)}, ${received.size} received`);
    return phases;
  };
  const sumOf = (phases: Phases): Measured =>
    phases.reduce((sum, [, each]) => ({ wall: sum.wall + each.wall, cpu: sum.cpu + each.cpu }), {
      wall: 0,
      cpu: 0,
    });
  const phases = await runsFrom(1);
  await insertPlainly();
  const total = sumOf(phases);
  const line = (title: string, { wall, cpu }: { readonly wall: number; readonly cpu: number }): void =>
    console.log(
      `${title.padEnd(16)} ${wall.toFixed(1).padStart(7)} s  ${((cpu / count) * 1000).toFixed(2).padStart(7)} ms CPU a run  ${(count / wall).toFixed(1).padStart(7)} a second`,
    );
  for (const [title, each] of phases) line(title, each);
  line('all', total);
  line('plain inserts', baseline);
  console.log(
    `${(total.wall / baseline.wall).toFixed(1)} times the plain rows by the clock, ${(total.cpu / baseline.cpu).toFixed(1)} by CPU; 10,000 an hour take ${((total.cpu / count) * (10_000 / 3_600) * 100).toFixed(0)} percent of a core.`,
  );
  if (values['beside-sync']) {
    await using syncing = await keepSyncing(app);
    const beside = await runsFrom(count + 1);
    const syncs = syncing.done();
    console.log(`\nbeside a sync (${syncs} full syncs of both simulators ended meanwhile)`);
    for (const [title, each] of beside) line(title, each);
    const sum = sumOf(beside);
    line('all', sum);
    console.log(
      `Beside a sync ${(total.wall / sum.wall).toFixed(2)} times the rate of alone: ${((count / sum.wall) * 3_600).toFixed(0)} runs an hour, where 10,000 are wanted.`,
    );
  }
} finally {
  receiver.close();
  await database.close();
  await server.close();
  await removeDataDirectory(join(directory, 'data'));
  rmSync(directory, { recursive: true, force: true });
}
