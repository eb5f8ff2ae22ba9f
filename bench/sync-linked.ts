/**
 * `npm run bench:sync`: a full sync over linked records of which none, then one in a hundred, has changed, against reading the same
 * rows once in SQL; and how much of a remote's rate limit the outbox makes use of. How to read it: bench/README.md.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { syncSystems } from '../src/runs/sync/sync-systems.ts';
import type { App } from '../src/engine/run/app.ts';
import { createSecretBox, masterKeyFrom } from '../src/engine/connections/secret-box.ts';
import { addSystem, fetchSystem } from '../src/engine/connections/systems.ts';
import { sendWaitingChanges } from '../src/runs/sync/send-waiting.ts';
import { planSync } from '../src/review/plans/plans.ts';
import { connectorModules } from '../src/main/connectors.ts';
import { startSimulator } from '../src/main/simulator-process.ts';
import { Secret } from '../src/platform/values/secret.ts';
import { openDatabase } from '../src/platform/postgres/database.ts';
import { removeDataDirectory } from '../src/platform/embedded/remove-data.ts';
import { openEmbeddedServer } from '../src/platform/embedded/server.ts';
import { migrate } from '../src/platform/migrations/migrate.ts';
import { setSendingPaused } from '../src/engine/outbox/outbox-decisions.sql.ts';

const { values } = parseArgs({
  options: {
    /** Units of 60 components, 24 POA&Ms and their milestones. */
    size: { type: 'string', default: '800' },
    changes: { type: 'string', default: '1000' },
    json: { type: 'boolean', default: false },
  },
});
const size = Number(values.size);
const outgoing = Number(values.changes);
const limit = { requestsPerSecond: 200, latencyMs: 20 };
const work = mkdtempSync(join(tmpdir(), 'tieline-bench-'));
const dataDir = join(work, 'data');
const password = new Secret(randomBytes(12).toString('hex'));
const server = await openEmbeddedServer({ dataDir });
const xacta = await startSimulator(
  'xacta',
  ['--seed', '1', '--now', '2026-11-01T12:00:00.000Z', '--size', String(size)],
  { SIMULATOR_USERNAME: new Secret('tieline'), SIMULATOR_PASSWORD: password },
);
const signal = new AbortController().signal;
const caller = { signal, report: () => undefined };
const seconds = async (work_: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work_();
  return (performance.now() - started) / 1000;
};
const control = (method: string, path: string, body?: unknown): Promise<Response> =>
  fetch(`${xacta.url}/__control${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });

try {
  const database = await openDatabase(server.url);
  await migrate(database.pool, { folder: join(import.meta.dirname, '../migrations') });
  const app: App = {
    db: database.db,
    pool: database.pool,
    modules: connectorModules,
    secretBox: createSecretBox([masterKeyFrom(new Secret(randomBytes(32).toString('base64')))]),
    http: {
      timeouts: { connectMs: 10_000, headersMs: 60_000, bodyMs: 60_000 },
      attempts: 3,
      proxy: undefined,
      ca: undefined,
      userAgent: 'Tieline bench',
    },
    now: () => new Date(),
    sleep: (ms, end) => delay(ms, undefined, { signal: end }),
    log: { info: () => undefined, warn: () => undefined },
  };
  const settings = { concurrency: 16, username: 'tieline' };
  await addSystem(app, {
    type: 'xacta',
    name: 'xacta',
    url: xacta.url,
    settings: { ...settings, requests_per_second: 10_000 },
    secrets: { password },
  });
  const { id } = await fetchSystem(app, 'xacta');
  const run = (): Promise<unknown> => syncSystems(app, { systems: [], entities: [], full: true }, caller);
  const first = await seconds(run);
  await database.pool.query('vacuum analyze');
  const { rows } = await database.pool.query<{ n: number }>('select count(*)::int as n from sync_links');
  const links = rows[0]?.n ?? 0;

  const unchanged = await seconds(run);
  // Planning is measured in memory over changes that wait; sending over as many at the remote's pace.
  await setSendingPaused(database.db, id, { by: 'bench', reason: 'bench' });
  await database.pool.query(
    `update ingestion_poams set comments = 'changed by the bench' where id in (select id from ingestion_poams order by id limit $1)`,
    [outgoing],
  );
  const planned = await seconds(() => planSync(app, { systems: [], entities: [], full: true }, caller));
  const changed = await seconds(run);
  const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  // After the memory was measured: it holds all rows at once.
  const baseline = await seconds(async () => {
    for (const [entity, table, key] of [
      ['poam', 'ingestion_poams', 'poam_id'],
      ['milestone', 'ingestion_poam_milestones', 'id'],
      ['component', 'system_components', 'id'],
      ['control', 'ingestion_controls', 'id'],
    ])
      await database.pool.query(
        `select l.external_id, l.base, to_jsonb(t) from sync_links l join ${table} t on t.${key}::text = l.entity_id where l.entity_type = $1`,
        [entity],
      );
  });

  await database.pool.query(
    `update external_systems set connection_config = connection_config || $1 where id = $2`,
    [{ requests_per_second: limit.requestsPerSecond }, id],
  );
  await control('PUT', '/faults', [{ kind: 'delay', ms: limit.latencyMs }]);
  await control('DELETE', '/requests');
  await setSendingPaused(database.db, id, undefined);
  const sending = await seconds(() => sendWaitingChanges(app, id, { signal }));
  const counted: unknown = await (await control('GET', '/requests')).json();
  const requests =
    typeof counted === 'object' && counted !== null && 'total' in counted ? Number(counted.total) : 0;
  // From the first request to the last answer: what begins and ends a drain does not grow with it.
  const { rows: calls } = await database.pool.query<{ seconds: number }>(
    `select extract(epoch from max(called_at + response_time_ms * interval '1 ms') - min(called_at))::float as seconds
       from api_call_logs
      where operation_id = (select batch_id from ingestion_batches
                             where operation_type = 'export' and parent_operation_id is null order by id desc limit 1)`,
  );
  const requesting = calls[0]?.seconds ?? Number.NaN;
  const { rows: left } = await database.pool.query<{ n: number }>(
    `select count(*)::int as n from sync_outbox where state <> 'confirmed'`,
  );
  const { rows: version } = await database.pool.query<{ v: string }>(
    `select current_setting('server_version') as v`,
  );
  await database.close();

  const perSecond = (time: number): number => Math.round(links / time);
  const result = {
    linkedRecords: links,
    firstSync: { seconds: Number(first.toFixed(1)), recordsPerSecond: perSecond(first) },
    unchangedFullSync: { seconds: Number(unchanged.toFixed(1)), recordsPerSecond: perSecond(unchanged) },
    changedFullSync: {
      changes: outgoing,
      seconds: Number(changed.toFixed(1)),
      recordsPerSecond: perSecond(changed),
    },
    plan: { seconds: Number(planned.toFixed(1)) },
    readOnceInSql: { seconds: Number(baseline.toFixed(2)), recordsPerSecond: perSecond(baseline) },
    unchangedToReadOnce: Number((baseline / unchanged).toFixed(3)),
    peakMegabytes,
    outbox: {
      changes: outgoing,
      notConfirmed: left[0]?.n ?? 0,
      requests,
      seconds: Number(sending.toFixed(1)),
      firstToLastSeconds: Number(requesting.toFixed(2)),
      shareOfLimit: Number((requests / requesting / limit.requestsPerSecond).toFixed(3)),
      ...limit,
    },
    machine: {
      cores: cpus().length,
      memoryGigabytes: Math.round(totalmem() / 2 ** 30),
      node: process.version,
      postgres: version[0]?.v,
    },
  };
  if (values.json) console.log(JSON.stringify(result));
  else console.log(JSON.stringify(result, null, 2));
  writeFileSync(
    join(import.meta.dirname, 'results', `sync-linked-${size}.json`),
    `${JSON.stringify(result, null, 2)}\n`,
  );
} finally {
  await xacta.stop();
  await server.close();
  await removeDataDirectory(dataDir);
  rmSync(work, { recursive: true, force: true });
}
