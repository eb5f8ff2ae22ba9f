/** Any number of simulated servers of both kinds, each by the name under which it is connected, over a database of its own. */
import { randomBytes } from 'node:crypto';
import { syncSystems } from '../../src/runs/sync/sync-systems.ts';
import { addSystem } from '../../src/engine/connections/systems.ts';
import type { SyncOptions } from '../../src/engine/run/sync-options.ts';
import { summarizeRun, type SyncSummary } from '../../src/runs/sync/summary.ts';
import { startSimulator } from '../../src/main/simulator-process.ts';
import { Secret } from '../../src/platform/values/secret.ts';
import { cloneDatabase } from './database.ts';
import { composeApp, type TestApp } from './compose-app.ts';

export interface SeveralSystems {
  readonly app: TestApp;
  sync(options?: Partial<SyncOptions>): Promise<SyncSummary>;
  rows<T = Record<string, unknown>>(query: string, ...values: unknown[]): Promise<T[]>;
  /** What the simulator of that name holds. */
  state<T>(name: string): Promise<T>;
  /** As another user of that server would. */
  edit(name: string, what: object): Promise<void>;
  stop(): Promise<void>;
}

/** @param servers by name: the kind, and further arguments of its simulator. */
export async function startSeveralSystems(
  servers: Readonly<Record<string, { readonly kind: 'tenable' | 'xacta'; readonly args: readonly string[] }>>,
): Promise<SeveralSystems> {
  const [access, key, password] = [0, 1, 2].map(() => new Secret(randomBytes(16).toString('hex'))) as [
    Secret,
    Secret,
    Secret,
  ];
  const secrets = {
    tenable: { SIMULATOR_ACCESS_KEY: access, SIMULATOR_SECRET_KEY: key },
    xacta: { SIMULATOR_USERNAME: new Secret('tieline'), SIMULATOR_PASSWORD: password },
  };
  const world = ['--now', '2026-11-01T12:00:00.000Z'];
  const running = await Promise.all(
    Object.entries(servers).map(async ([name, { kind, args }]) => {
      const own = kind === 'tenable' ? ['--processing-ms', '30', '--queued-ms', '0'] : [];
      return {
        name,
        kind,
        simulator: await startSimulator(kind, [...world, ...own, ...args], secrets[kind]),
      };
    }),
  );
  const database = await cloneDatabase();
  const app = composeApp(database, randomBytes(32).toString('base64'));
  const fast = { requests_per_second: 1000, concurrency: 8 };
  for (const { name, kind, simulator } of running)
    await addSystem(app, {
      type: kind,
      name,
      url: simulator.url,
      settings:
        kind === 'tenable' ? { ...fast, poll_interval_seconds: 0.02 } : { ...fast, username: 'tieline' },
      secrets: kind === 'tenable' ? { access_key: access, secret_key: key } : { password },
    });
  const control = async (name: string, method: string, path: string, body?: object): Promise<unknown> => {
    const url = running.find((each) => each.name === name)?.simulator.url;
    const response = await fetch(`${url}/__control${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    });
    if (!response.ok) throw new Error(`${name} ${path}: ${await response.text()}`);
    return response.json();
  };
  return {
    app,
    async sync(options = {}) {
      const outcome = await syncSystems(
        app,
        { systems: [], entities: [], full: false, ...options },
        { signal: new AbortController().signal, report: () => undefined },
      );
      return summarizeRun(app.db, outcome.operationId);
    },
    async rows<T>(query: string, ...values: unknown[]) {
      return (await app.pool.query(query, values)).rows as T[];
    },
    state: async <T>(name: string) => (await control(name, 'GET', '/state')) as T,
    edit: async (name, what) => void (await control(name, 'POST', '/edit', what)),
    async stop() {
      await Promise.all(running.map(({ simulator }) => simulator.stop()));
      await database[Symbol.asyncDispose]();
    },
  };
}
