/** One scanner and one GRC system, each a process of its own, over one database, with a clock that moves for all of them together. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { syncSystems } from '../../../src/runs/sync/sync-systems.ts';
import { addSystem } from '../../../src/engine/connections/systems.ts';
import type { SyncOutcome } from '../../../src/runs/sync/sync-run.ts';
import { startSimulator } from '../../../src/main/simulator-process.ts';
import { Secret } from '../../../src/platform/values/secret.ts';
import { openDatabase } from '../../../src/platform/postgres/database.ts';
import { composeApp, type TestApp } from '../../support/compose-app.ts';
import { withDatabase } from '../../support/database-url.ts';
import { recordMachines } from '../../support/recording.ts';
import { saveRows } from '../world.ts';
import { machines, plugins } from './events.ts';

export type Server = 'scanner' | 'grc';

export interface LifeWorld {
  readonly app: TestApp;
  begin(): Promise<void>;
  rows<T extends object>(query: string, ...values: unknown[]): Promise<T[]>;
  control<T = unknown>(at: Server, method: string, path: string, body?: unknown): Promise<T>;
  /** Puts the clock of all three forward. */
  pass(days: number): Promise<void>;
  sync(full: boolean): Promise<SyncOutcome>;
  stop(): Promise<void>;
}

const begins = '2027-01-04T09:00:00.000Z';
const dayMs = 86_400_000;
const randomSecret = (): Secret => new Secret(randomBytes(12).toString('hex'));

/** @param server the URL of a server on which databases may be made. @param template a migrated, empty database there. */
export async function startLifeWorld(server: string, template: string): Promise<LifeWorld> {
  const keys = { access: randomSecret(), secret: randomSecret(), password: randomSecret() };
  const addressOf = (at: number): string => `10.9.0.${10 + at}`;
  // Every second machine of a recording is a component.
  const inventory = await recordMachines(
    'inventory',
    machines.flatMap((name, at) => [
      { name, ip: addressOf(at) },
      { name: `stranger-${name}`, ip: addressOf(at).replace('10.9.', '10.8.') },
    ]),
  );
  const [first, second, third] = plugins;
  const recorded = await recordMachines(
    'one',
    machines.map((name, at) => ({
      name,
      ip: addressOf(at),
      findings: { [first]: 4, [second]: 3, [third]: 2 },
      local: [second],
    })),
  );
  const now = ['--now', begins];
  const simulators = {
    scanner: await startSimulator(
      'tenable',
      [...now, '--processing-ms', '5', '--queued-ms', '0', '--doubles', 'no', '--recorded', recorded],
      { SIMULATOR_ACCESS_KEY: keys.access, SIMULATOR_SECRET_KEY: keys.secret },
    ),
    grc: await startSimulator('xacta', [...now, '--seed', '1', '--systems', '2', '--recorded', inventory], {
      SIMULATOR_USERNAME: new Secret('tieline'),
      SIMULATOR_PASSWORD: keys.password,
    }),
  };
  const admin = new pg.Client({ connectionString: server });
  // When the server is stopped first, that is no news.
  admin.on('error', () => undefined);
  await admin.connect();
  const name = `tieline_life_${randomBytes(6).toString('hex')}`;
  // PostgreSQL refuses two copies of one template at the same instant; the lock makes test files take turns.
  await admin.query('select pg_advisory_lock(7415263)');
  await admin.query(`create database ${name} template ${template}`);
  await admin.query('select pg_advisory_unlock(7415263)');
  const database = await openDatabase(withDatabase(server, name));
  const app = composeApp(database, randomBytes(32).toString('base64'), { attempts: 4, longestSleepMs: 5 });

  async function control<T>(at: Server, method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${simulators[at].url}/__control${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`${at} ${method} ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  }
  let aheadMs = 0;
  const moveTo = async (ms: number): Promise<void> => {
    aheadMs = ms;
    for (const at of ['scanner', 'grc'] as const)
      await control(at, 'POST', '/clock', { offsetSeconds: Math.round(ms / 1000) });
  };
  database.clock.moveTo(() => new Date(Date.now() + aheadMs));
  const toBegin = (): Promise<void> => moveTo(Date.parse(begins) - Date.now());
  await toBegin();
  const fast = { requests_per_second: 10_000, concurrency: 8 };
  await addSystem(app, {
    type: 'tenable',
    name: 'scanner',
    url: simulators.scanner.url,
    settings: { ...fast, poll_interval_seconds: 0.01 },
    secrets: { access_key: keys.access, secret_key: keys.secret },
  });
  await addSystem(app, {
    type: 'xacta',
    name: 'grc',
    url: simulators.grc.url,
    settings: { ...fast, username: 'tieline' },
    secrets: { password: keys.password },
  });
  const putBack = await saveRows(database.pool);
  return {
    app,
    control,
    async begin() {
      await Promise.all([
        database.pool.query(putBack),
        control('scanner', 'POST', '/reset'),
        control('grc', 'POST', '/reset'),
      ]);
      await toBegin();
    },
    async rows<T extends object>(query: string, ...values: unknown[]) {
      return (await database.pool.query(query, values)).rows as T[];
    },
    pass: (days) => moveTo(aheadMs + days * dayMs),
    sync: (full) =>
      syncSystems(
        app,
        { systems: [], entities: [], full },
        { signal: new AbortController().signal, report: () => undefined },
      ),
    async stop() {
      await database.close();
      await admin.query(`drop database if exists ${name} with (force)`);
      await admin.end();
      await Promise.all([simulators.scanner.stop(), simulators.grc.stop()]);
    },
  };
}
