/** Opens all that a command needs, and closes it again: settings, log, database with its schema, keys, connectors. */
import { join, resolve } from 'node:path';
import { type AlertSettings, type App, throughOutages, type WatchedMachine } from '../engine/run/index.ts';
import { createSecretBox, listSealingKeys } from '../engine/connections/index.ts';
import { beginSecurityLog, holdLogKeys } from '../ledger/security/index.ts';
import { listChannelSealingKeys } from '../modules/alerts/index.ts';
import { listFactorSealingKeys } from '../operate/accounts/index.ts';
import type { GlobalFlags } from '../surfaces/cli/index.ts';
import { accessSettingsOf, type SettingsByName } from '../platform/config/index.ts';
import { TielineError } from '../platform/errors/index.ts';
import { defined, Secret, sleep } from '../platform/values/index.ts';
import { type DatabaseOptions, ensurePartitions, openDatabase } from '../platform/postgres/index.ts';
import { openFileStore } from '../platform/files/index.ts';
import { openEmbeddedServer } from '../platform/embedded/index.ts';
import { keepTimings } from '../operate/performance/index.ts';
import { Timings } from '../platform/timings/index.ts';
import { isSchemaCurrent } from '../platform/migrations/index.ts';
import { readAuthorities } from './authorities.ts';
import { settingsFor } from './command-settings.ts';
import { lazyConnectors } from './lazy-connectors.ts';
import { createLogger, type ProcessLog } from './logger.ts';
import { loadLogKeys, loadMasterKeys } from './keys/index.ts';
import { migrationsFolder, readVersion } from './project.ts';

export interface Workspace {
  readonly app: App;
  readonly settings: SettingsByName;
  /** In the reverse order of opening; whatever happens, nothing started here is left running. */
  close(): Promise<void>;
}

type OpenDatabase = Awaited<ReturnType<typeof openDatabase>>;

/**
 * Brings the schema up to date and makes the partitions of the coming months. A database that another application lives
 * in is never changed unasked.
 * @throws DATABASE_NOT_MIGRATED there.
 */
async function prepareSchema(database: OpenDatabase, logger: ProcessLog): Promise<void> {
  if (!(await isSchemaCurrent(database.pool, migrationsFolder))) await bringUpToDate(database, logger);
  await ensurePartitions(database.db, 2).catch((error: unknown) => {
    // Rows go to the default partitions meanwhile; the next start tries again, or `tieline db retention run`.
    const message = 'partitions of the coming months could not be made';
    if (isForbidden(error))
      logger.info({}, `${message}: this role may not; the owner runs \`tieline db retention run\``);
    else logger.warn({ err: error }, message);
  });
}

async function bringUpToDate({ pool }: OpenDatabase, logger: ProcessLog): Promise<void> {
  const { fetchReadiness, migrate } = await import('../platform/migrations/index.ts');
  const { state, pending, unfinishedIndexes } = await fetchReadiness(pool, migrationsFolder);
  if (state === 'owners')
    throw new TielineError(
      'DATABASE_NOT_MIGRATED',
      `Another application's tables are in this database, and ${pending.length > 0 ? `${pending.join(', ')} ${pending.length === 1 ? 'is' : 'are'} not applied` : `${unfinishedIndexes} indexes are not built`}.`,
    );
  if (state === 'current') return;
  const { applied } = await migrate(pool, { folder: migrationsFolder });
  if (applied.length > 0) logger.info({ applied }, 'migrations applied');
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
  /** The longest that a statement may run, in milliseconds. Default: no limit. */
  readonly statementMs?: number;
}

/** The database alone, as it is. @throws as `openDatabase` and the embedded server do. */
export async function openDatabaseOnly(
  settings: SettingsByName,
  logger: ProcessLog,
  { signal, waitsForDatabase, statementMs, timings }: OpenOptions & { readonly timings?: Timings } = {},
): Promise<{ database: OpenDatabase; close(): Promise<void> }> {
  const options: DatabaseOptions = {
    maxConnections: settings.databaseConnections,
    outageMs: settings.databaseWaitMs,
    ...defined({ waitsAtStart: waitsForDatabase, signal, statementMs, timings }),
  };
  if (settings.databaseUrl !== undefined) {
    const database = await openDatabase(new Secret(settings.databaseUrl), options);
    return { database, close: () => database.close() };
  }
  const server = await openEmbeddedServer({
    dataDir: resolve(settings.dataDir),
    log: (line) => logger.info({}, line),
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
  logger: ProcessLog,
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
    const timings = new Timings();
    const opened = await openDatabaseOnly(settings, logger, { ...options, timings });
    closers.push(() => opened.close());
    const { database } = opened;
    const prepare = (): Promise<void> => prepareSchema(database, logger);
    if (options.waitsForDatabase) {
      const outages = { outageMs: settings.databaseWaitMs, log: logger, sleep };
      await throughOutages(outages, options.signal ?? new AbortController().signal, prepare);
    } else await prepare();
    const keys = await loadMasterKeys(settings, async () => [
      ...(await listSealingKeys(database.db)),
      ...(await listChannelSealingKeys(database.db)),
      ...(await listFactorSealingKeys(database.db)),
    ]);
    holdLogKeys(await loadLogKeys(settings, keys));
    await beginSecurityLog(database.db, database.clock.now());
    const app = appOver(database, { settings, logger, ca, keys, timings });
    const kept = keepTimings(app);
    closers.push(() => kept.close());
    return { settings, close, app };
  } catch (error) {
    await close();
    throw error;
  }
}

interface AppParts {
  readonly timings: Timings;
  readonly settings: SettingsByName;
  readonly logger: ProcessLog;
  /** PEM text of further authorities. */
  readonly ca: string | undefined;
  readonly keys: Awaited<ReturnType<typeof loadMasterKeys>>;
}

const alertingOf = (settings: SettingsByName): AlertSettings => ({
  receivers: settings.alertReceivers ?? [],
  marking: settings.classification,
  ...defined({ consoleUrl: settings.consoleUrl }),
});

const httpOf = (settings: SettingsByName, ca: string | undefined): App['http'] => ({
  timeouts: {
    connectMs: settings.connectTimeoutMs,
    headersMs: settings.headersTimeoutMs,
    bodyMs: settings.bodyTimeoutMs,
  },
  attempts: settings.requestAttempts,
  proxy: settings.proxy,
  ca,
  // The form that Tenable asks integrations for (developer.tenable.com, User-Agent header).
  userAgent: `Integration/1.0 (Tieline; Tieline; Build/${readVersion()})`,
});

/** What the use cases are given. */
function appOver(database: OpenDatabase, { settings, logger, ca, keys, timings }: AppParts): App {
  const { readerDatabaseUrl } = settings;
  return {
    db: database.db,
    timings,
    store: database.store,
    queue: database,
    get modules() {
      return lazyConnectors.modules;
    },
    get scanFiles() {
      return lazyConnectors.scanFiles;
    },
    secretBox: createSecretBox(keys),
    http: httpOf(settings, ca),
    ...(readerDatabaseUrl === undefined ? {} : { readerUrl: new Secret(readerDatabaseUrl) }),
    absence: { sharePercent: settings.absenceSharePercent, atLeast: settings.absenceAtLeast },
    outageMs: settings.databaseWaitMs,
    mayApproveOwn: settings.approveOwn === 'yes',
    acceptsNonUsPrivacy: settings.privacyNonUs === 'yes',
    worker: {
      schedulesEveryMs: settings.scheduleIntervalMs,
      healthEveryMs: settings.healthIntervalMs,
      alertsEveryMs: settings.alertIntervalMs,
    },
    uploads: {
      directory: resolve(settings.importDir ?? join(settings.dataDir, 'imports')),
      maxBytes: settings.importMaxBytes,
    },
    files: {
      store: openFileStore({
        db: database.db,
        now: database.clock.now,
        folder: settings.files === undefined ? undefined : resolve(settings.files),
      }),
      maxBytes: settings.evidenceMaxBytes,
    },
    securityLog: { directory: resolve(settings.logDirectory ?? join(settings.dataDir, 'security-log')) },
    papers: { generator: `Tieline ${readVersion()}`, marking: settings.classification },
    access: accessSettingsOf(settings),
    alerting: alertingOf(settings),
    reportMail: { domains: settings.reportDomains ?? [], attachBytes: settings.reportAttachBytes },
    machine: watchedBy(settings),
    now: database.clock.now,
    sleep,
    log: logger,
  };
}

const bytesInGb = 1_000_000_000;

/** The disks that Tieline writes to, and the certificates that it shows. */
function watchedBy(settings: SettingsByName): WatchedMachine {
  const directories = [
    { what: 'the data directory', path: resolve(settings.dataDir) },
    ...(settings.files === undefined
      ? []
      : [{ what: 'evidence and reports', path: resolve(settings.files) }]),
    ...(settings.importDir === undefined ? [] : [{ what: 'uploads', path: resolve(settings.importDir) }]),
  ];
  return {
    directories,
    certificates:
      settings.tlsCertificateFile === undefined
        ? []
        : [{ of: 'this server', path: resolve(settings.tlsCertificateFile) }],
    ...(settings.databaseCapacityGb === undefined
      ? {}
      : { databaseCapacityBytes: settings.databaseCapacityGb * bytesInGb }),
    readsRemoteCertificates: settings.proxy === undefined,
  };
}

/** The workspace of a command, by its flags. @throws as `openWorkspace` and the settings do. */
export function openFor(flags: GlobalFlags, options: OpenOptions): Promise<Workspace> {
  const settings = settingsFor(flags);
  return openWorkspace(settings, createLogger(settings.logLevel), options);
}

/** The database of a command as it is, by its flags. */
export function openDatabaseFor(
  flags: GlobalFlags,
  options: OpenOptions,
): ReturnType<typeof openDatabaseOnly> {
  const settings = settingsFor(flags);
  return openDatabaseOnly(settings, createLogger(settings.logLevel), options);
}
