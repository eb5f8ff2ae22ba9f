/** Both simulators as processes and a database of its own, with the product composed over them in this process. */
import { randomBytes } from 'node:crypto';
import { syncSystems } from '../../src/runs/sync/sync-systems.ts';
import { addSystem } from '../../src/engine/connections/systems.ts';
import type { SyncOptions } from '../../src/engine/run/sync-options.ts';
import { summarizeRun, type SyncSummary } from '../../src/runs/sync/summary.ts';
import { startSimulator } from '../../src/main/simulator-process.ts';
import { Secret } from '../../src/platform/values/secret.ts';
import { composeApp, type TestApp } from './compose-app.ts';
import { cloneDatabase, emptyTables, type ClonedDatabase } from './database.ts';

export type SimulatorName = 'tenable' | 'xacta';

export interface TwoSystems {
  readonly app: TestApp;
  readonly urls: Readonly<Record<SimulatorName, string>>;
  /** Runs a sync over both and sums it up from what is stored. */
  sync(options?: Partial<SyncOptions>): Promise<SyncSummary>;
  rows(query: string, ...values: unknown[]): Promise<Record<string, unknown>[]>;
  /** Calls an endpoint under /__control of a simulator. */
  control<T = unknown>(simulator: SimulatorName, method: string, path: string, body?: unknown): Promise<T>;
  /** The environment in which a `tieline` process works over the same database. */
  environment(): Record<string, string>;
  /** Every secret in play, by name. */
  secrets(): Record<string, string>;
  /** The given database, which is disposed of at the end, over the same, reset simulators. */
  beginAnew(given: ClonedDatabase): Promise<void>;
  /** The same database without its rows over the same, reset simulators. */
  beginAgain(): Promise<void>;
  stop(): Promise<void>;
}

const secret = (): Secret => new Secret(randomBytes(16).toString('hex'));

/** @param only further arguments of one simulator. */
export async function startTwoSystems(
  args: readonly string[] = [],
  only: Partial<Record<SimulatorName, readonly string[]>> = {},
): Promise<TwoSystems> {
  const keys = { access: secret(), secret: secret(), password: secret() };
  const world = ['--seed', '1', '--now', '2026-11-01T12:00:00.000Z', ...args];
  const [tenable, xacta] = await Promise.all([
    startSimulator(
      'tenable',
      [...world, '--processing-ms', '30', '--queued-ms', '0', ...(only.tenable ?? [])],
      {
        SIMULATOR_ACCESS_KEY: keys.access,
        SIMULATOR_SECRET_KEY: keys.secret,
      },
    ),
    startSimulator('xacta', [...world, ...(only.xacta ?? [])], {
      SIMULATOR_USERNAME: new Secret('tieline'),
      SIMULATOR_PASSWORD: keys.password,
    }),
  ]);
  const urls = { tenable: tenable.url, xacta: xacta.url };
  let database = await cloneDatabase();
  const masterKey = randomBytes(32).toString('base64');

  let app = composeApp(database, masterKey);
  async function connect(): Promise<void> {
    const fast = { requests_per_second: 1000, concurrency: 8 };
    await addSystem(app, {
      type: 'tenable',
      name: 'tenable',
      url: urls.tenable,
      settings: { ...fast, poll_interval_seconds: 0.02 },
      secrets: { access_key: keys.access, secret_key: keys.secret },
    });
    await addSystem(app, {
      type: 'xacta',
      name: 'xacta',
      url: urls.xacta,
      settings: { ...fast, username: 'tieline' },
      secrets: { password: keys.password },
    });
  }
  await connect();

  async function control<T>(
    simulator: SimulatorName,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<T> {
    const response = await fetch(`${urls[simulator]}/__control${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`${simulator} ${method} ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  return {
    get app() {
      return app;
    },
    urls,
    control,
    async sync(options = {}) {
      const outcome = await syncSystems(
        app,
        { systems: [], entities: [], full: false, ...options },
        { signal: new AbortController().signal, report: () => undefined },
      );
      return summarizeRun(app.db, outcome.operationId);
    },
    async rows(query, ...values) {
      return (await app.pool.query(query, values)).rows as Record<string, unknown>[];
    },
    environment: () => ({ DATABASE_URL: String(database.url), TIELINE_MASTER_KEY: masterKey }),
    secrets: () => ({
      accessKey: keys.access.reveal(),
      secretKey: keys.secret.reveal(),
      password: keys.password.reveal(),
      masterKey,
      databasePassword: new URL(database.url).password,
    }),
    async beginAnew(given) {
      await Promise.all([control('tenable', 'POST', '/reset'), control('xacta', 'POST', '/reset')]);
      const before = database;
      database = given;
      app = composeApp(database, masterKey);
      await connect();
      await before[Symbol.asyncDispose]();
    },
    async beginAgain() {
      await Promise.all([control('tenable', 'POST', '/reset'), control('xacta', 'POST', '/reset')]);
      await emptyTables(database.pool);
      await connect();
    },
    async stop() {
      await Promise.all([tenable.stop(), xacta.stop()]);
      await database[Symbol.asyncDispose]();
    },
  };
}
