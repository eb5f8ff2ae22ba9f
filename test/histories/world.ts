/** The real engine over the real simulator (a process of its own) and a real database, begun anew for each batch in a moment. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { syncSystems } from '../../src/runs/sync/sync-systems.ts';
import type { App } from '../../src/engine/run/app.ts';
import { addSystem } from '../../src/engine/connections/systems.ts';
import type { SyncOutcome } from '../../src/runs/sync/sync-run.ts';
import { startSimulator } from '../../src/main/simulator-process.ts';
import { Secret } from '../../src/platform/values/secret.ts';
import { openDatabase } from '../../src/platform/postgres/database.ts';
import { composeApp, type Composed } from '../support/compose-app.ts';
import { withDatabase } from '../support/database-url.ts';
import type { Trouble } from './history.ts';
import { Killed, openKilledPool } from './killed-pool.ts';

export interface HistoryWorld {
  readonly app: App;
  readonly systemId: number;
  begin(): Promise<void>;
  rows<T extends object>(query: string, ...values: unknown[]): Promise<T[]>;
  control<T = unknown>(method: string, path: string, body?: unknown): Promise<T>;
  /** @returns the outcome, or undefined if it broke off. */
  sync(full: boolean, trouble: Trouble): Promise<SyncOutcome | undefined>;
  stop(): Promise<void>;
}

/** @param server the URL of a server on which databases may be made. @param template a migrated, empty database there. */
export async function startHistoryWorld(
  server: string,
  template: string,
  records: number,
): Promise<HistoryWorld> {
  const password = new Secret(randomBytes(12).toString('hex'));
  const masterKey = randomBytes(32).toString('base64');
  const simulator = await startSimulator(
    'xacta',
    ['--seed', '1', '--now', '2026-11-01T12:00:00.000Z', '--records', String(records)],
    { SIMULATOR_USERNAME: new Secret('tieline'), SIMULATOR_PASSWORD: password },
  );
  const admin = new pg.Client({ connectionString: server });
  // When the server is stopped first, that is no news.
  admin.on('error', () => undefined);
  await admin.connect();
  const name = `tieline_histories_${randomBytes(6).toString('hex')}`;
  // PostgreSQL refuses two copies of one template at the same instant; the lock makes test files take turns.
  await admin.query('select pg_advisory_lock(7415263)');
  await admin.query(`create database ${name} template ${template}`);
  await admin.query('select pg_advisory_unlock(7415263)');
  const url = withDatabase(server, name);
  const database = await openDatabase(url);

  const appOver = (over: Composed): App => composeApp(over, masterKey, { attempts: 4, longestSleepMs: 5 });

  async function control<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${simulator.url}/__control${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  const run = (app: App, full: boolean, signal: AbortSignal): Promise<SyncOutcome> =>
    syncSystems(app, { systems: [], entities: [], full }, { signal, report: () => undefined });

  /** A run that was killed may hold its lock for another moment. */
  async function syncWhenFree(app: App, full: boolean, signal: AbortSignal): Promise<SyncOutcome> {
    for (let attempt = 1; ; attempt += 1)
      try {
        return await run(app, full, signal);
      } catch (error) {
        const isTaken = error instanceof Error && 'code' in error && error.code === 'SYNC_RUNNING';
        if (!isTaken || attempt > 100) throw error;
        await delay(20);
      }
  }

  const app = appOver(database);
  await addSystem(app, {
    type: 'xacta',
    name: 'xacta',
    url: simulator.url,
    settings: { requests_per_second: 10_000, concurrency: 8, username: 'tieline' },
    secrets: { password },
  });
  // One first sync for all batches: each begins with the rows that it left.
  await run(app, false, new AbortController().signal);
  const putBack = await saveRows(database.pool);

  return {
    app,
    systemId: 1,
    control,
    async begin() {
      await Promise.all([database.pool.query(putBack), control('POST', '/reset')]);
    },
    async rows<T extends object>(query: string, ...values: unknown[]) {
      return (await database.pool.query(query, values)).rows as T[];
    },
    async sync(full, trouble) {
      const faults = faultsOf(trouble);
      if (faults.length > 0) await control('PUT', '/faults', faults);
      if (trouble.kind === 'clock') await control('POST', '/clock', { offsetSeconds: trouble.seconds });
      const ending = new AbortController();
      const killed =
        trouble.kind === 'crash'
          ? await openKilledPool(url, { ...trouble, onDeath: () => ending.abort(new Killed()) })
          : undefined;
      try {
        return await syncWhenFree(killed ? appOver(killed) : app, full, ending.signal);
      } catch (error) {
        if (trouble.kind === 'none' || trouble.kind === 'clock' || trouble.kind === 'pages twice')
          throw error;
        return undefined;
      } finally {
        await killed?.close();
        // A request that was given up may still be under way; what it does belongs to this sync.
        if (killed) await delay(15);
        if (faults.length > 0) await control('DELETE', '/faults');
        if (trouble.kind === 'clock') await control('POST', '/clock', { offsetSeconds: 0 });
      }
    },
    async stop() {
      await database.close();
      await admin.query(`drop database if exists ${name} with (force)`);
      await admin.end();
      await simulator.stop();
    },
  };
}

/**
 * Keeps a copy of every row there is. A new clone of a template for each batch was measured at half a second; this takes some
 * milliseconds.
 * @returns the statements that put every table back to these rows.
 */
export async function saveRows(pool: pg.Pool): Promise<string> {
  await pool.query('create schema saved');
  const { rows } = await pool.query<{ name: string; columns: string }>(`
    select c.relname as name, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname not like 'tieline\\_%'
     group by c.relname`);
  for (const { name } of rows) await pool.query(`create table saved.${name} as table ${name}`);
  return [
    'begin',
    // Without the checks of references: the rows fit together, whatever their order.
    'set local session_replication_role = replica',
    ...rows.flatMap(({ name, columns }) => [
      `delete from ${name}`,
      `insert into ${name} (${columns}) overriding system value select ${columns} from saved.${name}`,
    ]),
    'commit',
  ].join(';\n');
}

function faultsOf(trouble: Trouble): object[] {
  switch (trouble.kind) {
    case 'none':
    case 'crash':
    case 'clock':
      return [];
    case 'answer lost':
      return [{ kind: 'commit-cut', match: { method: 'PUT' }, skip: trouble.skip, times: trouble.times }];
    case 'server error':
      return [
        {
          kind: 'server-error',
          status: 502,
          match: { method: 'PUT' },
          skip: trouble.skip,
          times: trouble.times,
        },
      ];
    case 'pages twice':
      return [{ kind: 'duplicate' }];
    case 'page cut':
      return [{ kind: 'cut-body', afterBytes: 60, match: { method: 'GET' }, skip: trouble.skip, times: 1 }];
    case 'remote down for writes':
      return [{ kind: 'server-error', status: 503, match: { method: 'PUT' } }];
  }
}
