/** The product over a database, with the settings of a test; outside vitest too, where histories are played by the thousand. */
import { setTimeout as delay } from 'node:timers/promises';
import type { App } from '../../src/engine/run/app.ts';
import { createSecretBox, masterKeyFrom } from '../../src/engine/connections/secret-box.ts';
import { scanFileReader } from '../../src/connectors/nessus/reader.ts';
import { connectorModules } from '../../src/main/connectors.ts';
import { Secret } from '../../src/platform/values/secret.ts';

/** @param masterKey 32 bytes, in base64. @param longestSleepMs however long the product would wait. */
export function composeApp(
  database: Pick<App, 'db' | 'pool'>,
  masterKey: string,
  { attempts = 5, longestSleepMs = 50, modules = connectorModules } = {},
): App {
  return {
    db: database.db,
    pool: database.pool,
    modules,
    scanFiles: scanFileReader,
    secretBox: createSecretBox([masterKeyFrom(new Secret(masterKey))]),
    http: {
      timeouts: { connectMs: 2000, headersMs: 5000, bodyMs: 5000 },
      attempts,
      proxy: undefined,
      ca: undefined,
      userAgent: 'Tieline tests',
    },
    now: () => new Date(),
    sleep: async (ms, signal) => {
      await delay(Math.min(ms, longestSleepMs), undefined, { signal });
    },
    log: { info: () => undefined, warn: () => undefined },
  };
}
