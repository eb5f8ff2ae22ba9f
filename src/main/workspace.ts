/** Opens all that a command needs, and closes it again: settings, log, database with its schema, keys, connectors. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { App } from '../app/app.ts';
import { createSecretBox } from '../app/connections/secret-box.ts';
import type { SettingsByName } from '../config/settings-table.ts';
import { TielineError, messageOf } from '../errors/tieline-error.ts';
import { Secret } from '../model/secret.ts';
import { openDatabase } from '../store/database.ts';
import { openEmbeddedServer } from '../store/embedded/server.ts';
import { migrate } from '../store/migrations/migrate.ts';
import { ensurePartitions } from '../store/partitions.ts';
import { connectorModules } from './connectors.ts';
import { loadMasterKeys } from './master-key.ts';

export const projectDir = resolve(fileURLToPath(import.meta.url), '../../..');
const migrationsDir = join(projectDir, 'migrations');

export interface Workspace {
  readonly app: App;
  readonly settings: SettingsByName;
  /** In the reverse order of opening; whatever happens, nothing started here is left running. */
  close(): Promise<void>;
}

async function readVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(projectDir, 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '0';
}

async function readCa(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new TielineError('SETTING_INVALID', 'A setting is wrong.', {
      cause: error,
      fields: [{ field: 'TIELINE_CA_FILE', message: `${path} could not be read: ${messageOf(error)}` }],
    });
  }
}

/** Brings the schema up to date and makes the partitions of the coming months. */
export async function prepareSchema(
  database: Awaited<ReturnType<typeof openDatabase>>,
  logger: Logger,
): Promise<void> {
  const { applied } = await migrate(database.pool, { folder: migrationsDir });
  if (applied.length > 0) logger.info({ applied }, 'migrations applied');
  await ensurePartitions(database.db, 2).catch((error: unknown) =>
    // Rows go to the default partitions meanwhile; the next start tries again.
    logger.warn({ err: error }, 'partitions of the coming months could not be made'),
  );
}

/**
 * @param settings as loaded; `databaseUrl` decides between the given server and the embedded one.
 * @param logger where the parts write.
 */
export async function openWorkspace(settings: SettingsByName, logger: Logger): Promise<Workspace> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed())
      await closer().catch((error: unknown) =>
        logger.warn({ err: error }, 'something did not close cleanly'),
      );
  };
  try {
    const ca = await readCa(settings.caFile);
    const version = await readVersion();
    let url: Secret;
    if (settings.databaseUrl === undefined) {
      const server = await openEmbeddedServer({
        dataDir: resolve(settings.dataDir),
        log: (line) => logger.info(line),
      });
      closers.push(() => server.close());
      ({ url } = server);
    } else {
      url = new Secret(settings.databaseUrl);
    }
    const database = await openDatabase(url);
    closers.push(() => database.close());
    await prepareSchema(database, logger);
    const keys = await loadMasterKeys(settings);
    return {
      settings,
      close,
      app: {
        db: database.db,
        pool: database.pool,
        modules: connectorModules,
        secretBox: createSecretBox(keys),
        http: {
          timeouts: {
            connectMs: settings.connectTimeoutMs,
            headersMs: settings.headersTimeoutMs,
            bodyMs: settings.bodyTimeoutMs,
          },
          attempts: settings.requestAttempts,
          proxy: settings.proxy,
          ca,
          // The form that Tenable asks integrations for (developer.tenable.com, User-Agent header).
          userAgent: `Integration/1.0 (Tieline; Tieline; Build/${version})`,
        },
        now: () => new Date(),
        sleep: async (ms, signal) => {
          await delay(ms, undefined, { signal });
        },
        log: logger,
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
