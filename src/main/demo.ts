/**
 * `npm run demo`: the whole job for real. An embedded database of the demo's own, both simulators as processes of their
 * own, a full two-way sync, a summary, and a second sync that finds nothing to do. Each demo begins with an empty
 * database, because its simulators begin with a new world.
 */
import { shownJson, shownOutput, TielineError } from '../platform/errors/index.ts';
import { randomBytes } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import pg from 'pg';
import type { z } from 'zod';
import { makeDemoPeople } from '../operate/accounts/index.ts';
import { addSystem } from '../engine/connections/index.ts';
import { coloursFor, type DemoFlags, type Terminal, loadDemoView } from '../surfaces/cli/index.ts';
import type { SettingsByName } from '../platform/config/index.ts';
import type { demoSummary, Printable } from '../contract/index.ts';
import { Secret } from '../platform/values/index.ts';
import { listSystems } from '../ledger/external-systems/index.ts';
import { CarefulClient } from '../platform/postgres/index.ts';
import { type EmbeddedServer, openEmbeddedServer } from '../platform/embedded/index.ts';
import { createLogger } from './logger.ts';
import { liveADay, nameOwners } from './demo-day.ts';
import { projectDir } from './project.ts';
import { type Served, startServing, workBeside } from './serve.ts';
import { startSimulator, type RunningSimulator } from './simulator-process.ts';
import { openWorkspace, type Workspace } from './workspace.ts';
import { summarizeRun, type SyncSummary, syncSystems } from '../runs/sync/index.ts';

export interface DemoCall {
  readonly flags: DemoFlags;
  readonly settings: SettingsByName;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Whether the person chose the data directory; else the demo has one of its own inside the usual one. */
  readonly explicitDataDir: boolean;
}

const randomSecret = (): Secret => new Secret(randomBytes(24).toString('hex'));

/** Marks a data directory as the demo's, so that a demo never empties a database with real data. */
const marker = 'demo-only.txt';

const greeting = ({ recorded }: DemoFlags): string =>
  recorded === undefined
    ? 'Tieline demo: a Tenable, an Xacta and a PostgreSQL, all on this machine'
    : `Tieline demo over the recorded exports in ${recorded}`;

/** @returns the exit code. @throws TielineError; nothing that was started is left running. */
export async function runDemo(call: DemoCall): Promise<number> {
  const started = performance.now();
  const dataDir = resolve(call.explicitDataDir ? call.settings.dataDir : join(call.settings.dataDir, 'demo'));
  const settings: SettingsByName = { ...call.settings, dataDir };
  const recorded = call.flags.recorded === undefined ? undefined : checkedRecording(call.flags.recorded);
  const opened: (() => Promise<void>)[] = [];
  const say = (line: string): void => void call.terminal.err.write(`${shownOutput(line)}\n`);
  try {
    say(greeting(call.flags));
    // Both take most of a second to start; side by side they take one.
    const simulators = startSimulators(call.flags, recorded);
    opened.push(async () => {
      const { tenable, xacta } = await simulators;
      await Promise.all([tenable.stop(), xacta.stop()]);
    });
    simulators.catch(() => undefined); // awaited below; a failure before that must not end the process
    if (settings.databaseUrl === undefined) {
      const server = await emptyServer(dataDir);
      opened.push(() => server.close());
    }
    const workspace = await openWorkspace(settings, createLogger(settings.logLevel));
    opened.push(() => workspace.close());
    const { tenable, xacta, secrets } = await simulators;
    if (recorded === undefined) await nameOwners(xacta.url);
    await connect(workspace, { tenable, xacta, secrets });
    if (!call.flags.once) opened.push(await showConsole(call, settings, say));
    say('');

    const [first, second] = await syncTwice(workspace, call, say);
    const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
    const summary = {
      ...first,
      secondSync: { read: second.read, written: second.written },
      seconds,
    } satisfies Printable<z.output<typeof demoSummary>>;
    const { out, env } = call.terminal;
    const isPackage = existsSync(join(projectDir, 'bin/tieline'));
    const place = {
      command: isPackage ? 'bin/tieline' : 'npm run tieline --',
      demo: isPackage ? 'bin/tieline demo' : 'npm run demo',
      dataDir: relative(process.cwd(), dataDir) || '.',
      stays: !call.flags.once,
      urls: { tenable: tenable.url, xacta: xacta.url },
      bold: coloursFor(out, env).bold,
    };
    if (!call.flags.json) {
      const { renderDemoSummary } = await loadDemoView();
      out.write(`${shownOutput(renderDemoSummary(summary, place))}\n`);
    }
    if (!call.flags.once) {
      await stayUp(call, { tenable, xacta, settings, say });
      say('\nStopping …');
    }
    // The last line of all, also after what the shutdown may have to say.
    if (call.flags.json)
      opened.unshift(async () => void call.terminal.out.write(`${shownJson(JSON.stringify(summary))}\n`));
    return 0;
  } finally {
    for (const close of opened.toReversed())
      await close().catch((error: unknown) => say(`tieline: ${String(error)}`));
  }
}

/** A day's work for the console, then a worker beside it until the demo is ended. */
async function stayUp(
  call: DemoCall,
  {
    tenable,
    xacta,
    settings,
    say,
  }: Simulators & {
    readonly settings: SettingsByName;
    readonly say: (line: string) => void;
  },
): Promise<void> {
  const { signal } = call;
  // What is refused on purpose is for the console to show, not for the terminal.
  const workspace = await openWorkspace(settings, createLogger('fatal'));
  try {
    const left = await liveADay(workspace.app, { tenableUrl: tenable.url, xactaUrl: xacta.url, signal });
    say('\nA day of work was added, so that each page of the console has something to do:');
    for (const line of left) say(`  ${line}`);
    say('\nUp until Ctrl-C.');
    await workBeside({ ...settings, logLevel: 'error' }, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await workspace.close();
  }
  await aborted(signal);
}

/** Serves the console and says where. @returns what ends it. */
async function showConsole(
  { terminal }: DemoCall,
  settings: SettingsByName,
  say: (line: string) => void,
): Promise<() => Promise<void>> {
  const served = await serveDemo(settings);
  const { bold } = coloursFor(terminal.err, terminal.env);
  say(`\nThe console is at ${bold(served.url)}`);
  say('Enter it as any role with one click; what follows here shows up there.');
  return () => served.close();
}

/** The console over the demo's database, with a person for each role; nothing else ever offers the entry with one click. */
async function serveDemo(settings: SettingsByName): Promise<Served> {
  const workspace = await openWorkspace(settings, createLogger(settings.logLevel), { statementMs: 5_000 });
  try {
    await makeDemoPeople(workspace.app);
    const served = await startServing(workspace, { isDemo: true });
    return {
      url: served.url,
      close: async () => {
        await served.close();
        await workspace.close();
      },
    };
  } catch (error) {
    await workspace.close();
    throw error;
  }
}

/** A whole sync, and one after it that finds nothing to do. */
async function syncTwice(
  workspace: Workspace,
  call: DemoCall,
  say: (line: string) => void,
): Promise<[SyncSummary, SyncSummary]> {
  const { progressView } = await loadDemoView();
  const view = progressView(call.terminal);
  try {
    const first = await syncOnce(workspace, call, view.report, true);
    say('\nAgain, to see that only changes are read and nothing is written:');
    return [first, await syncOnce(workspace, call, view.report, false)];
  } finally {
    view.stop();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const alive = setInterval(() => undefined, 60_000); // a promise alone keeps no process running
    signal.addEventListener('abort', () => {
      clearInterval(alive);
      done();
    });
    if (signal.aborted) done();
  });
}

function checkedRecording(dir: string): string {
  const path = resolve(dir);
  const found = existsSync(path) ? globSync('{assets,vulns}-chunk*.json', { cwd: path }) : [];
  if (found.some((name) => name.startsWith('assets')) && found.some((name) => name.startsWith('vulns')))
    return path;
  throw new TielineError('USAGE', `${dir} holds no recorded exports.`, {
    fields: [
      {
        field: '--recorded',
        message: 'must name a folder with assets-chunk*.json and vulns-chunk*.json, as Tenable delivers them',
      },
    ],
  });
}

interface Simulators {
  readonly tenable: RunningSimulator;
  readonly xacta: RunningSimulator;
}
interface DemoSecrets {
  readonly accessKey: Secret;
  readonly secretKey: Secret;
  readonly password: Secret;
}

async function startSimulators(
  flags: DemoFlags,
  recorded: string | undefined,
): Promise<Simulators & { secrets: DemoSecrets }> {
  const secrets = { accessKey: randomSecret(), secretKey: randomSecret(), password: randomSecret() };
  const world = [
    '--seed',
    String(flags.seed),
    '--size',
    String(flags.size),
    '--now',
    new Date().toISOString(),
  ];
  const source = recorded === undefined ? [] : ['--recorded', recorded];
  const [tenable, xacta] = await Promise.allSettled([
    startSimulator('tenable', [...world, ...source], {
      SIMULATOR_ACCESS_KEY: secrets.accessKey,
      SIMULATOR_SECRET_KEY: secrets.secretKey,
    }),
    startSimulator('xacta', [...world, ...source], {
      SIMULATOR_USERNAME: new Secret('tieline'),
      SIMULATOR_PASSWORD: secrets.password,
    }),
  ]);
  if (tenable.status === 'fulfilled' && xacta.status === 'fulfilled')
    return { tenable: tenable.value, xacta: xacta.value, secrets };
  for (const each of [tenable, xacta]) if (each.status === 'fulfilled') await each.value.stop();
  throw tenable.status === 'rejected'
    ? tenable.reason
    : xacta.status === 'rejected'
      ? xacta.reason
      : new TielineError('INTERNAL', 'No simulator failed.');
}

/** The demo's own server with an empty database; refuses a directory that holds anything else. */
async function emptyServer(dataDir: string): Promise<EmbeddedServer> {
  const isNew = !existsSync(join(dataDir, 'postgres.password'));
  if (!isNew && !existsSync(join(dataDir, marker)))
    throw new TielineError(
      'USAGE',
      `${dataDir} holds a database that is not the demo's, and a demo begins by emptying its database.`,
      {
        fields: [{ field: '--data-dir', message: 'must name a new directory or that of an earlier demo' }],
      },
    );
  // Before there is a database: one that could not be made whole is the demo's too.
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(
    join(dataDir, marker),
    'This database belongs to `npm run demo`, which empties it each time.\n',
  );
  const server = await openEmbeddedServer({ dataDir });
  try {
    if (!server.startedByUs) throw new TielineError('DEMO_RUNNING', `A demo over ${dataDir} is up already.`);
    if (!isNew) await recreateDatabase(server.url);
    return server;
  } catch (error) {
    await server.close();
    throw error;
  }
}

async function recreateDatabase(url: Secret): Promise<void> {
  const target = new URL(url.reveal());
  const name = pg.escapeIdentifier(target.pathname.slice(1));
  target.pathname = '/postgres';
  const client = new CarefulClient({ connectionString: target.href });
  await client.connect();
  try {
    await client.query(`drop database if exists ${name} with (force)`);
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
}

async function connect(workspace: Workspace, running: Simulators & { secrets: DemoSecrets }): Promise<void> {
  const { app } = workspace;
  if ((await listSystems(app.db)).length > 0)
    throw new TielineError(
      'USAGE',
      'The database that DATABASE_URL names has external systems already; the demo would mix its invented world with them.',
      {
        remedy: 'Unset DATABASE_URL, or name a database without external systems.',
      },
    );
  const { secrets } = running;
  await addSystem(app, {
    type: 'tenable',
    name: 'tenable',
    url: running.tenable.url,
    settings: {},
    secrets: { access_key: secrets.accessKey, secret_key: secrets.secretKey },
  });
  await addSystem(app, {
    type: 'xacta',
    name: 'xacta',
    url: running.xacta.url,
    settings: { username: 'tieline' },
    secrets: { password: secrets.password },
  });
}

async function syncOnce(
  workspace: Workspace,
  call: DemoCall,
  report: Parameters<typeof syncSystems>[2]['report'],
  full: boolean,
): Promise<SyncSummary> {
  const outcome = await syncSystems(
    workspace.app,
    { systems: [], entities: [], full },
    { signal: call.signal, report },
  );
  return summarizeRun(workspace.app.db, outcome.operationId);
}
