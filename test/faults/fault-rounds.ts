/**
 * Syncs, drains and imports by two workers and by commands, while their database is killed, restarted, filled, locked, and cut
 * off at random. In the end everything is as after an undisturbed story, and every process lives or ended with a documented code.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import pg from 'pg';
import {
  startSimulatorProcess,
  type SimulatorProcess,
} from '../../simulators/kit/simulator-process.test-support.ts';
import { errorRegistry } from '../../src/platform/errors/registry.ts';
import { withDatabase } from '../support/database-url.ts';
import { endStateOf, type EndState } from '../support/end-state.ts';
import type { SimulatorName } from '../support/two-systems.ts';
import { startFaultyServer, type Ending, type FaultyServer } from './faulty-server.ts';

export interface FaultTest {
  readonly minutes: number;
  readonly random: () => number;
  readonly say: (line: string) => void;
}

/** How long a round is disturbed. */
const disturbedMs = 40_000;
const main = join(import.meta.dirname, '../../src/main/main.ts');
const keys = { access: 'faults-access', secret: 'faults-secret', password: 'faults-password' };

interface Stage {
  readonly server: FaultyServer;
  readonly simulators: Readonly<Record<SimulatorName, SimulatorProcess>>;
  readonly files: readonly string[];
  readonly masterKey: string;
  readonly test: FaultTest;
}

/** What is wrong, one line each; nothing if all is right. */
export async function playFaults(test: FaultTest): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tieline-fault-files-'));
  const world = ['--seed', '1', '--now', '2026-11-01T12:00:00.000Z'];
  const server = await startFaultyServer();
  if (!server.canBeFull) test.say('mounting is refused here: the full disk is left out');
  const simulators = {
    tenable: await startSimulatorProcess(
      'tenable',
      [...world, '--machines', '12', '--processing-ms', '300', '--queued-ms', '0'],
      { SIMULATOR_ACCESS_KEY: keys.access, SIMULATOR_SECRET_KEY: keys.secret },
    ),
    xacta: await startSimulatorProcess('xacta', [...world, '--systems', '2'], {
      SIMULATOR_USERNAME: 'tieline',
      SIMULATOR_PASSWORD: keys.password,
    }),
  };
  const files = await Promise.all([1, 2].map((number) => writeScanFile(folder, number)));
  const stage: Stage = { server, simulators, files, test, masterKey: randomBytes(32).toString('base64') };
  try {
    await makeTemplate(stage);
    const undisturbed = await playCalmly(stage, 'calm');
    const wrong: string[] = [];
    const until = performance.now() + test.minutes * 60_000;
    for (let round = 1; round === 1 || performance.now() + disturbedMs < until; round += 1) {
      const found = await playDisturbed(stage, `round_${round}`, undisturbed);
      test.say(`round ${round}: ${found.length === 0 ? 'as undisturbed' : found.join('; ')}`);
      wrong.push(...found.map((each) => `round ${round}: ${each}`));
    }
    return wrong;
  } finally {
    await Promise.all([simulators.tenable.stop(), simulators.xacta.stop()]);
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeScanFile(folder: string, number: number): Promise<string> {
  const path = join(folder, `scan-${number}.nessus`);
  const hosts = Array.from({ length: 40 }, (_, host) => {
    const address = `172.31.${number}.${host}`;
    const items = Array.from(
      { length: 50 },
      (__, item) =>
        `<ReportItem port="${1000 + item}" svc_name="x" protocol="tcp" severity="${item % 5}" pluginID="${90_000 + item}" pluginName="Plugin ${item}" pluginFamily="General"><plugin_output>seen on ${address}</plugin_output></ReportItem>`,
    );
    return `<ReportHost name="${address}"><HostProperties><tag name="host-ip">${address}</tag><tag name="HOST_END_TIMESTAMP">1790000000</tag></HostProperties>${items.join('')}</ReportHost>`;
  });
  await writeFile(
    path,
    `<?xml version="1.0"?>\n<NessusClientData_v2><Report name="scan ${number}">${hosts.join('\n')}</Report></NessusClientData_v2>\n`,
  );
  return path;
}

// ---- Processes ----

interface Ended {
  readonly code: number | null;
  readonly err: string;
}

function start(
  stage: Stage,
  database: string,
  args: readonly string[],
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      DATABASE_URL: withDatabase(stage.server.url, database),
      TIELINE_MASTER_KEY: stage.masterKey,
      TIELINE_SCHEDULE_INTERVAL_MS: '500',
      TENABLE_ACCESS_KEY: keys.access,
      TENABLE_SECRET_KEY: keys.secret,
      XACTA_PASSWORD: keys.password,
      npm_lifecycle_event: '',
    },
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err = (err + text).slice(-100_000)));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, err }));
  return { child, ended };
}

const run = (stage: Stage, database: string, args: readonly string[]): Promise<Ended> =>
  start(stage, database, args).ended;

/** What is undocumented about how a process ended; undefined if nothing is. */
function undocumented(what: string, { code, err }: Ended): string | undefined {
  const last = err.trimEnd().split('\n').slice(-12).join(' | ').slice(-600);
  if (/node:events|Unhandled|ERR_UNHANDLED/.test(err)) return `${what} died: ${last}`;
  if (code === 0 || code === 3) return undefined;
  const said = /^tieline: .*\(([A-Z_]+)\)$/m.exec(err)?.[1];
  if (code === 1 && said !== undefined && said in errorRegistry && said !== 'INTERNAL') return undefined;
  return `${what} ended with ${String(code)}: ${last}`;
}

async function expectWell(stage: Stage, database: string, args: readonly string[]): Promise<void> {
  const ended = await run(stage, database, args);
  if (ended.code !== 0 && ended.code !== 3)
    throw new Error(`${args.join(' ')} ended with ${String(ended.code)}: ${ended.err}`);
}

// ---- The story ----

async function asked<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function makeTemplate(stage: Stage): Promise<void> {
  const { server, simulators } = stage;
  await asked(server.url, (client) => client.query('create database faults_template'));
  const add = (system: SimulatorName, settings: readonly string[]) => {
    const sets = ['requests_per_second=1000', 'concurrency=8', ...settings].flatMap((each) => [
      '--set',
      each,
    ]);
    const where = ['--name', system, '--url', simulators[system].url];
    return expectWell(stage, 'faults_template', ['systems', 'add', system, ...where, ...sets]);
  };
  await add('tenable', ['poll_interval_seconds=0.1']);
  await add('xacta', ['username=tieline']);
  await expectWell(stage, 'faults_template', ['worker', '--install']);
  for (const system of ['tenable', 'xacta'])
    await expectWell(stage, 'faults_template', ['schedules', 'set', system, 'often', '--cron', '0 3 * * *']);
}

async function beginIn(stage: Stage, database: string): Promise<void> {
  await asked(stage.server.url, (client) =>
    client.query(`create database ${database} template faults_template`),
  );
  await Promise.all([control(stage, 'tenable', 'POST', '/reset'), control(stage, 'xacta', 'POST', '/reset')]);
  for (const number of [1, 2, 6]) {
    const fields = { comments: `edited there ${number}` };
    await control(stage, 'xacta', 'POST', '/edit', { entity: 'poam', id: `POAM-2026-000${number}`, fields });
  }
}

async function control<T>(
  stage: Stage,
  simulator: SimulatorName,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${stage.simulators[simulator].url}/__control${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (!response.ok) throw new Error(`${simulator} ${method} ${path}: ${await response.text()}`);
  return (await response.json()) as T;
}

/** Edits made here, which the next sync sends. @returns whether the records were there. */
async function editHere(stage: Stage, database: string): Promise<boolean> {
  return await asked(withDatabase(stage.server.url, database), async (client) => {
    const { rowCount } = await client.query(
      `update ingestion_poams set resources_required = 'edited here' where poam_id in ('POAM-2026-0007', 'POAM-2026-0008')`,
    );
    return rowCount === 2;
  });
}

async function endIn(stage: Stage, database: string): Promise<EndState> {
  return await asked(withDatabase(stage.server.url, database), async (client) => {
    const state = await endStateOf({
      rows: async (query, ...values) => (await client.query(query, values)).rows as Record<string, unknown>[],
      control: (simulator, method, path, body) => control(stage, simulator, method, path, body),
    });
    const { rows: unsent } = await client.query(
      `select entity_type, state from sync_outbox where state not in ('confirmed', 'superseded')`,
    );
    // How often a change was planned again on the way is not part of where it ends.
    return { ...state, outbox: unsent };
  });
}

/** What makes the end: whatever was done before, after this it is all done. */
async function finish(stage: Stage, database: string): Promise<EndState> {
  await expectWell(stage, database, ['sync', 'run']);
  await expectWell(stage, database, ['import', ...stage.files]);
  if (!(await editHere(stage, database))) throw new Error('the POA&Ms that are edited here were not read');
  await expectWell(stage, database, ['sync', 'run']);
  await expectWell(stage, database, ['sync', 'run']);
  return await endIn(stage, database);
}

async function playCalmly(stage: Stage, database: string): Promise<EndState> {
  await beginIn(stage, database);
  return await finish(stage, database);
}

async function playDisturbed(stage: Stage, database: string, undisturbed: EndState): Promise<string[]> {
  await beginIn(stage, database);
  const wrong: string[] = [];
  const note = (fault: string | undefined): void =>
    void (fault === undefined ? undefined : wrong.push(fault));
  const over = AbortSignal.timeout(disturbedMs);
  const workers = new Workers(stage, database, note);
  const commands = Promise.all([
    repeat(over, async () => note(undocumented('sync run', await run(stage, database, ['sync', 'run'])))),
    repeat(over, async () =>
      note(undocumented('import', await run(stage, database, ['import', ...stage.files]))),
    ),
    repeat(over, async () => {
      await asked(withDatabase(stage.server.url, database), (client) =>
        client.query('update sync_schedules set next_run_at = now()'),
      ).catch(() => undefined);
      await editHere(stage, database).catch(() => undefined);
      await delay(2000);
    }),
  ]);
  await disturb(stage, database, over, workers);
  await stage.server.ensureUp();
  await commands;
  await workers.end();
  try {
    const state = await finish(stage, database);
    for (const name of Object.keys(undisturbed))
      if (!isDeepStrictEqual(state[name], undisturbed[name]))
        wrong.push(`${name} differs: ${difference(state[name], undisturbed[name])}`);
  } catch (error) {
    wrong.push(String(error));
  }
  if (wrong.length === 0)
    await asked(stage.server.url, (client) => client.query(`drop database ${database} with (force)`));
  return wrong;
}

function difference(got: unknown, expected: unknown): string {
  if (!Array.isArray(got) || !Array.isArray(expected)) return JSON.stringify(got)?.slice(0, 200) ?? '';
  const lines = (rows: readonly unknown[]) => new Set(rows.map((row) => JSON.stringify(row)));
  const [here, there] = [lines(got), lines(expected)];
  const only = (a: Set<string>, b: Set<string>) => [...a].filter((line) => !b.has(line)).slice(0, 2);
  return `${got.length} rows, not ${expected.length}; more: ${only(here, there).join(' ')}; less: ${only(there, here).join(' ')}`.slice(
    0,
    800,
  );
}

async function repeat(over: AbortSignal, work: () => Promise<void>): Promise<void> {
  while (!over.aborted) await work();
}

/** Two workers; one that is killed is started again, one that ends by itself is a fault. */
class Workers {
  readonly #stage: Stage;
  readonly #database: string;
  readonly #note: (fault: string | undefined) => void;
  readonly #running: { child: ChildProcess; ended: Promise<Ended>; isKilled: boolean }[] = [];

  constructor(stage: Stage, database: string, note: (fault: string | undefined) => void) {
    this.#stage = stage;
    this.#database = database;
    this.#note = note;
    this.#add();
    this.#add();
  }

  #add(): void {
    const worker = { ...start(this.#stage, this.#database, ['worker']), isKilled: false };
    this.#running.push(worker);
    void worker.ended.then((ended) => {
      if (worker.isKilled) return;
      worker.isKilled = true;
      this.#running.splice(this.#running.indexOf(worker), 1);
      this.#add();
      this.#note(undocumented('a worker', ended) ?? `a worker ended by itself: ${ended.err.slice(-400)}`);
    });
  }

  kill(): void {
    const worker = this.#running.shift();
    if (!worker) return;
    worker.isKilled = true;
    worker.child.kill('SIGKILL');
    this.#add();
  }

  async end(): Promise<void> {
    for (const worker of this.#running) {
      worker.isKilled = true;
      worker.child.kill('SIGTERM');
      const late = delay(30_000).then(() => ({ code: null, err: 'it did not end within 30 s' }));
      const ended = await Promise.race([worker.ended, late]);
      // The signal met a process that was still loading its code: nothing had begun.
      const hadNotBegun = ended.code === null && ended.err === '';
      if (ended.code !== 0 && !hadNotBegun)
        this.#note(
          undocumented('a worker that was told to end', ended) ??
            `a worker that was told to end did so with ${String(ended.code)}`,
        );
      if (worker.child.exitCode === null) worker.child.kill('SIGKILL');
    }
  }
}

// ---- The faults ----

const tables = [
  'ingestion_assets',
  'ingestion_vulnerabilities',
  'ingestion_poams',
  'sync_outbox',
  'sync_links',
  'ingestion_batches',
];

async function disturb(stage: Stage, database: string, over: AbortSignal, workers: Workers): Promise<void> {
  const { server, test } = stage;
  const { random, say } = test;
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T; // never empty
  const between = (least: number, most: number): number => Math.round(least + random() * (most - least));
  const query = (text: string) => asked(server.url, (client) => client.query(text)).catch(() => undefined);
  const away = async (how: Ending, ms: number): Promise<void> => {
    await server.end(how);
    await delay(ms);
    await server.ensureUp();
  };
  const ofOurs = `pid <> pg_backend_pid() and datname = '${database}'`;
  const faults: Readonly<Record<string, () => Promise<unknown>>> = {
    'is killed': () => away('kill', between(0, 2000)),
    'is restarted': () => away('fast', between(0, 3000)),
    'is stopped at once': () => away('immediate', between(0, 6000)),
    'ends one session': () =>
      query(
        `select pg_terminate_backend(pid) from pg_stat_activity where ${ofOurs} order by random() limit 1`,
      ),
    'ends every session': () =>
      query(`select pg_terminate_backend(pid) from pg_stat_activity where ${ofOurs}`),
    'cancels what runs': () =>
      query(`select pg_cancel_backend(pid) from pg_stat_activity where ${ofOurs} and state = 'active'`),
    'is locked': () =>
      asked(withDatabase(server.url, database), async (client) => {
        await client.query(`set lock_timeout = '3s'; begin; lock table ${pick(tables)}`);
        await delay(between(500, 6000));
        await client.query('rollback');
      }).catch(() => undefined),
    'loses a worker': async () => workers.kill(),
    ...(server.canBeFull
      ? {
          'is full': async () => {
            const empty = await server.fill();
            await delay(between(1000, 4000));
            await empty();
            await server.ensureUp();
          },
        }
      : {}),
  };
  while (!over.aborted) {
    await delay(between(500, 4000));
    const name = pick(Object.keys(faults));
    say(`  the database ${name}`);
    await faults[name]?.();
  }
}
