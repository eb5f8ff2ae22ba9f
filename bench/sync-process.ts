/** One sync of assets and findings in a process of its own, so that its memory is its own. Prints one JSON line. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { syncSystems } from '../src/runs/sync/sync-systems.ts';
import type { App } from '../src/engine/run/app.ts';
import { createSecretBox, masterKeyFrom } from '../src/engine/connections/secret-box.ts';
import { addSystem } from '../src/engine/connections/systems.ts';
import { connectorModules } from '../src/main/connectors.ts';
import { Secret } from '../src/platform/values/secret.ts';
import { openDatabase } from '../src/platform/postgres/database.ts';
import { listSystems } from '../src/ledger/external-systems/external-systems.sql.ts';

const [databaseUrl = '', tenableUrl = '', masterKey = randomBytes(32).toString('base64')] = (
  process.env['BENCH'] ?? ''
).split(' ');
const database = await openDatabase(databaseUrl);
const app: App = {
  db: database.db,
  store: database.store,
  queue: database,
  modules: connectorModules,
  secretBox: createSecretBox([masterKeyFrom(new Secret(masterKey))]),
  http: {
    timeouts: { connectMs: 10_000, headersMs: 60_000, bodyMs: 60_000 },
    attempts: 6,
    proxy: undefined,
    ca: undefined,
    userAgent: 'Tieline bench',
  },
  now: () => new Date(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, { signal });
  },
  log: { info: () => undefined, warn: () => undefined },
};
if ((await listSystems(database.db)).length === 0)
  await addSystem(app, {
    type: 'tenable',
    name: 'tenable',
    url: tenableUrl,
    settings: { poll_interval_seconds: 0.2 },
    secrets: { access_key: new Secret('simulator-access'), secret_key: new Secret('simulator-secret') },
  });

const signal = new AbortController().signal;
const seconds: Record<string, number> = {};
for (const entity of ['asset', 'finding'] as const) {
  const started = performance.now();
  await syncSystems(
    app,
    { systems: [], entities: [entity], full: true },
    { signal, report: () => undefined },
  );
  seconds[entity] = (performance.now() - started) / 1000;
}
await database.close();
// maxRSS is in kilobytes on every platform (libuv).
process.stdout.write(
  `${JSON.stringify({ seconds, peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024) })}\n`,
);
