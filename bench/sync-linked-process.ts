/**
 * One phase of `npm run bench:sync` in a process of its own, so that its CPU and memory are its own. Takes its settings as JSON in the
 * environment (BENCH), prints one JSON line.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { App } from '../src/engine/run/app.ts';
import { createSecretBox, masterKeyFrom } from '../src/engine/connections/secret-box.ts';
import { addSystem, fetchSystem } from '../src/engine/connections/systems.ts';
import { sendWaitingChanges } from '../src/runs/sync/send-waiting.ts';
import { planSync } from '../src/review/plans/plans.ts';
import { connectorModules } from '../src/main/connectors.ts';
import { Secret } from '../src/platform/values/secret.ts';
import { openDatabase } from '../src/platform/postgres/database.ts';
import { syncSystems } from '../src/runs/sync/sync-systems.ts';

export interface PhaseSettings {
  readonly phase: 'add' | 'sync' | 'plan' | 'send';
  readonly databaseUrl: string;
  readonly masterKey: string;
  readonly xactaUrl: string;
  readonly password: string;
}

export interface PhaseFacts {
  readonly seconds: number;
  /** Of this process, from the beginning of the work to its end: loading the modules is not in it. */
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

const settings = JSON.parse(process.env['BENCH'] ?? '{}') as PhaseSettings; // written by sync-linked.ts
const database = await openDatabase(settings.databaseUrl);
const app: App = {
  db: database.db,
  store: database.store,
  queue: database,
  modules: connectorModules,
  secretBox: createSecretBox([masterKeyFrom(new Secret(settings.masterKey))]),
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
const signal = new AbortController().signal;
const caller = { signal, report: () => undefined };
const all = { systems: [], entities: [], full: true };
const phases: Readonly<Record<PhaseSettings['phase'], () => Promise<unknown>>> = {
  add: () =>
    addSystem(app, {
      type: 'xacta',
      name: 'xacta',
      url: settings.xactaUrl,
      settings: { concurrency: 16, username: 'tieline', requests_per_second: 10_000 },
      secrets: { password: new Secret(settings.password) },
    }),
  sync: () => syncSystems(app, all, caller),
  plan: () => planSync(app, all, caller),
  send: async () => sendWaitingChanges(app, (await fetchSystem(app, 'xacta')).id, { signal }),
};

const before = process.cpuUsage();
const started = performance.now();
await phases[settings.phase]();
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(before);
await database.close();
const facts: PhaseFacts = {
  seconds,
  cpuSeconds: (user + system) / 1e6,
  // maxRSS is in kilobytes on every platform (libuv).
  peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
};
process.stdout.write(`${JSON.stringify(facts)}\n`);
