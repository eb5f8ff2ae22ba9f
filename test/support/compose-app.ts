/** The product over a database, with the settings of a test; outside vitest too, where histories are played by the thousand. */
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { App } from '../../src/engine/run/app.ts';
import { createSecretBox, masterKeyFrom } from '../../src/engine/connections/secret-box.ts';
import { scanFileReader } from '../../src/connectors/nessus/reader.ts';
import { connectorModules } from '../../src/main/connectors.ts';
import { usualAccessSettings } from '../../src/platform/config/index.ts';
import { openFileStore } from '../../src/platform/files/index.ts';
import type { ProductClock } from '../../src/platform/postgres/product-clock.ts';
import type { QueueDatabase } from '../../src/platform/queue/queue.ts';
import { Secret } from '../../src/platform/values/secret.ts';

/** Tests look at rows by the pool, which the product's own code is not given. */
export type TestApp = App & { readonly pool: pg.Pool; readonly clock: ProductClock };

/** What it is composed over. */
export type Composed = QueueDatabase & { readonly clock: ProductClock };

/** @param masterKey 32 bytes, in base64. @param longestSleepMs however long the product would wait. */
export function composeApp(
  database: Composed,
  masterKey: string,
  { attempts = 5, longestSleepMs = 50, modules = connectorModules } = {},
): TestApp {
  return {
    db: database.store.db,
    store: database.store,
    pool: database.pool,
    clock: database.clock,
    queue: database,
    modules,
    scanFiles: scanFileReader,
    // Tests of the second factor say so; everybody else signs in by the password alone.
    access: { ...usualAccessSettings, secondFactor: 'off' },
    secretBox: createSecretBox([masterKeyFrom(new Secret(masterKey))]),
    http: {
      timeouts: { connectMs: 2000, headersMs: 5000, bodyMs: 5000 },
      attempts,
      proxy: undefined,
      ca: undefined,
      userAgent: 'Tieline tests',
    },
    files: {
      store: openFileStore({ db: database.store.db, now: database.clock.now, folder: undefined }),
      maxBytes: 5_000_000,
    },
    now: database.clock.now,
    sleep: async (ms, signal) => {
      await delay(Math.min(ms, longestSleepMs), undefined, { signal });
    },
    log: { info: () => undefined, warn: () => undefined },
  };
}
