/** Opens all that a command needs, and closes it again: settings, log, database with its schema, keys, connectors. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { type App, throughOutages } from '../engine/run/index.ts';
import { createSecretBox, listSealingKeys } from '../engine/connections/index.ts';
import type { SettingsByName } from '../platform/config/index.ts';
import { TielineError } from '../platform/errors/index.ts';
import { Secret, sleep } from '../platform/values/index.ts';
import { type DatabaseOptions, ensurePartitions, openDatabase } from '../platform/postgres/index.ts';
import { openEmbeddedServer } from '../platform/embedded/index.ts';
import { fetchReadiness, migrate } from '../platform/migrations/index.ts';
import { scanFileReader } from '../connectors/nessus/index.ts';
import { connectorModules } from './connectors.ts';
import { readAuthorities } from './authorities.ts';
import { loadMasterKeys } from './master-key.ts';

export const projectDir = resolve(fileURLToPath(import.meta.url), '../../..');
export const migrationsFolder = join(projectDir, 'migrations');

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

type OpenDatabase = Awaited<ReturnType<typeof openDatabase>>;

/**
 * Brings the schema up to date and makes the partitions of the coming months. A database that another application lives
 * in is never changed unasked.
 * @throws DATABASE_NOT_MIGRATED there.
 */
async function prepareSchema(database: OpenDatabase, logger: Logger): Promise<void> {
  const readiness = await fetchReadiness(database.pool, migrationsFolder);
  if (readiness.state === 'owners')
    throw new TielineError(
      'DATABASE_NOT_MIGRATED',
      `Another application's tables are in this database, and ${readiness.pending.length > 0 ? `${readiness.pending.join(', ')} ${readiness.pending.length === 1 ? 'is' : 'are'} not applied` : `${readiness.unfinishedIndexes} indexes are not built`}.`,
    );
  if (readiness.state === 'behind') {
    const { applied } = await migrate(database.pool, { folder: migrationsFolder });
    if (applied.length > 0) logger.info({ applied }, 'migrations applied');
  }
  await ensurePartitions(database.db, 2).catch((error: unknown) => {
    // Rows go to the default partitions meanwhile; the next start tries again, or `tieline db retention run`.
    const message = 'partitions of the coming months could not be made';
    if (isForbidden(error))
      logger.info(`${message}: this role may not; the owner runs \`tieline db retention run\``);
    else logger.warn({ err: error }, message);
  });
}

/** A service with the least privileges (`tieline db grants`) makes no tables. */
function isForbidden(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '42501';
}

export interface OpenOptions {
  /** Ends the waiting for a database, and what runs in it. */
  readonly signal?: AbortSignal;
  /** Whether a database that is away is waited for from the start. */
  readonly waitsForDatabase?: boolean;
}

/** The database alone, as it is. @throws as `openDatabase` and the embedded server do. */
export async function openDatabaseOnly(
  settings: SettingsByName,
  logger: Logger,
  { signal, waitsForDatabase }: OpenOptions = {},
): Promise<{ database: OpenDatabase; close(): Promise<void> }> {
  const options: DatabaseOptions = {
    maxConnections: settings.databaseConnections,
    outageMs: settings.databaseWaitMs,
    ...(waitsForDatabase === undefined ? {} : { waitsAtStart: waitsForDatabase }),
    ...(signal ? { signal } : {}),
  };
  if (settings.databaseUrl !== undefined) {
    const database = await openDatabase(new Secret(settings.databaseUrl), options);
    return { database, close: () => database.close() };
  }
  const server = await openEmbeddedServer({
    dataDir: resolve(settings.dataDir),
    log: (line) => logger.info(line),
  });
  try {
    const database = await openDatabase(server.url, options);
    return {
      database,
      async close() {
        await database.close();
        await server.close();
      },
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/**
 * @param settings as loaded; `databaseUrl` decides between the given server and the embedded one.
 * @param logger where the parts write.
 */
export async function openWorkspace(
  settings: SettingsByName,
  logger: Logger,
  options: OpenOptions = {},
): Promise<Workspace> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).toReversed())
      await closer().catch((error: unknown) =>
        logger.warn({ err: error }, 'something did not close cleanly'),
      );
  };
  try {
    const ca = settings.caFile === undefined ? undefined : await readAuthorities(settings.caFile);
    const version = await readVersion();
    const opened = await openDatabaseOnly(settings, logger, options);
    closers.push(() => opened.close());
    const { database } = opened;
    const prepare = (): Promise<void> => prepareSchema(database, logger);
    if (options.waitsForDatabase) {
      const outages = { outageMs: settings.databaseWaitMs, log: logger, sleep };
      await throughOutages(outages, options.signal ?? new AbortController().signal, prepare);
    } else await prepare();
    const keys = await loadMasterKeys(settings, () => listSealingKeys(database.db));
    return {
      settings,
      close,
      app: {
        db: database.db,
        pool: database.pool,
        modules: connectorModules,
        scanFiles: scanFileReader,
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
        ...(settings.readerDatabaseUrl === undefined
          ? {}
          : { readerUrl: new Secret(settings.readerDatabaseUrl) }),
        absence: { sharePercent: settings.absenceSharePercent, atLeast: settings.absenceAtLeast },
        outageMs: settings.databaseWaitMs,
        worker: { schedulesEveryMs: settings.scheduleIntervalMs, healthEveryMs: settings.healthIntervalMs },
        now: () => new Date(),
        sleep,
        log: logger,
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
