/** Two scanners that know the same machines and two GRC systems with the same ids, each a process of its own, over one database. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { syncSystems } from '../../../src/runs/sync/sync-systems.ts';
import type { App } from '../../../src/engine/run/app.ts';
import { addSystem } from '../../../src/engine/connections/systems.ts';
import type { SyncOutcome } from '../../../src/runs/sync/sync-run.ts';
import { startSimulator } from '../../../src/main/simulator-process.ts';
import { Secret } from '../../../src/platform/values/secret.ts';
import { openDatabase } from '../../../src/platform/postgres/database.ts';
import { composeApp } from '../../support/compose-app.ts';
import { withDatabase } from '../../support/database-url.ts';
import { recordMachines } from '../../support/recording.ts';
import { saveRows } from '../world.ts';
import { machines, type Grc, type Scanner } from './events.ts';

export type ServerName = Scanner | Grc;

export interface EverydayWorld {
  readonly app: App;
  begin(): Promise<void>;
  rows<T extends object>(query: string, ...values: unknown[]): Promise<T[]>;
  control<T = unknown>(at: ServerName, method: string, path: string, body?: unknown): Promise<T>;
  /** As a person in the pages of the GRC system. */
  post(at: Grc, path: string, body: object): Promise<void>;
  sync(full: boolean): Promise<SyncOutcome>;
  stop(): Promise<void>;
}

const addressOf = (name: string): string =>
  `10.9.0.${10 + machines.indexOf(name as (typeof machines)[number])}`;

/** @param server the URL of a server on which databases may be made. @param template a migrated, empty database there. */
export async function startEverydayWorld(server: string, template: string): Promise<EverydayWorld> {
  const keys = { access: randomSecret(), secret: randomSecret(), password: randomSecret() };
  // Every second machine of a recording is a component.
  const inventory = await recordMachines(
    'inventory',
    machines.slice(0, 5).flatMap((name) => [
      { name, ip: addressOf(name) },
      { name: `stranger-${name}`, ip: addressOf(name).replace('10.9.', '10.8.') },
    ]),
  );
  const one = await recordMachines(
    'one',
    [...machines.slice(0, 4), 'spare'].map((name) => ({
      name,
      ip: addressOf(name),
      findings: { 20_001: 4, 20_002: 3, 20_003: 2 },
    })),
  );
  const two = await recordMachines(
    'two',
    machines
      .slice(2, 5)
      .map((name) => ({ name, ip: addressOf(name), findings: { 20_001: 4, 20_002: 3, 20_003: 2 } })),
  );
  const now = ['--now', '2026-11-01T12:00:00.000Z'];
  const scanner = ['--processing-ms', '5', '--queued-ms', '0', '--doubles', 'no'];
  const scannerKeys = { SIMULATOR_ACCESS_KEY: keys.access, SIMULATOR_SECRET_KEY: keys.secret };
  const grcKeys = { SIMULATOR_USERNAME: new Secret('tieline'), SIMULATOR_PASSWORD: keys.password };
  const simulators = {
    'scanner-one': await startSimulator('tenable', [...now, ...scanner, '--recorded', one], scannerKeys),
    'scanner-two': await startSimulator('tenable', [...now, ...scanner, '--recorded', two], scannerKeys),
    'grc-a': await startSimulator(
      'xacta',
      [...now, '--seed', '1', '--systems', '3', '--recorded', inventory],
      grcKeys,
    ),
    'grc-b': await startSimulator(
      'xacta',
      [...now, '--seed', '2', '--systems', '3', '--recorded', inventory],
      grcKeys,
    ),
  };
  const names = Object.keys(simulators) as ServerName[];

  const admin = new pg.Client({ connectionString: server });
  // When the server is stopped first, that is no news.
  admin.on('error', () => undefined);
  await admin.connect();
  const name = `tieline_everyday_${randomBytes(6).toString('hex')}`;
  // PostgreSQL refuses two copies of one template at the same instant; the lock makes test files take turns.
  await admin.query('select pg_advisory_lock(7415263)');
  await admin.query(`create database ${name} template ${template}`);
  await admin.query('select pg_advisory_unlock(7415263)');
  const database = await openDatabase(withDatabase(server, name));
  const app = composeApp(database, randomBytes(32).toString('base64'), { attempts: 4, longestSleepMs: 5 });
  for (const each of names) {
    const fast = { requests_per_second: 10_000, concurrency: 8 };
    const isScanner = each.startsWith('scanner');
    await addSystem(app, {
      type: isScanner ? 'tenable' : 'xacta',
      name: each,
      url: simulators[each].url,
      settings: isScanner ? { ...fast, poll_interval_seconds: 0.01 } : { ...fast, username: 'tieline' },
      secrets: isScanner ? { access_key: keys.access, secret_key: keys.secret } : { password: keys.password },
    });
  }

  async function send<T>(url: string, method: string, body?: unknown, token?: string): Promise<T> {
    const response = await fetch(url, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${url}: ${await response.text()}`);
    return (await response.json()) as T;
  }
  const control = <T>(at: ServerName, method: string, path: string, body?: unknown): Promise<T> =>
    send(`${simulators[at].url}/__control${path}`, method, body);
  const sync = (full: boolean): Promise<SyncOutcome> =>
    syncSystems(
      app,
      { systems: [], entities: [], full },
      { signal: new AbortController().signal, report: () => undefined },
    );

  const putBack = await saveRows(database.pool);
  return {
    app,
    control,
    sync,
    async begin() {
      await Promise.all([
        database.pool.query(putBack),
        ...names.map((each) => control(each, 'POST', '/reset')),
      ]);
    },
    async rows<T extends object>(query: string, ...values: unknown[]) {
      return (await database.pool.query(query, values)).rows as T[];
    },
    async post(at, path, body) {
      const { url } = simulators[at];
      const login = { username: 'tieline', password: keys.password.reveal() };
      const { token } = await send<{ token: string }>(`${url}/api/auth/login`, 'POST', login);
      await send(`${url}${path}`, 'POST', body, token);
    },
    async stop() {
      await database.close();
      await admin.query(`drop database if exists ${name} with (force)`);
      await admin.end();
      await Promise.all(names.map((each) => simulators[each].stop()));
    },
  };
}

const randomSecret = (): Secret => new Secret(randomBytes(12).toString('hex'));
