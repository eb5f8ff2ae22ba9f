import { messageOf, TielineError } from '../errors/index.ts';
import { Secret } from '../values/index.ts';
import { databaseName, readPassword } from './cluster.ts';
import { prepareDataDirectory } from './data-directory.ts';
import { socketPort } from './postmaster.ts';
import { acquireLease, releaseLease, type LeaseOptions } from './lease.ts';

export interface EmbeddedServerOptions {
  /** Where the cluster, its password and its log are kept; created if missing. */
  readonly dataDir: string;
  /** Takes lines for the person in front: unusual places, recoveries. */
  readonly log?: (line: string) => void;
  /** Whether PostgreSQL forces writes to disk. Default: true; false is for tests, where a crash may lose all. */
  readonly fsync?: boolean;
  /** How long the server outlives a last client that was killed. Default: 500. */
  readonly graceMs?: number;
}

export interface EmbeddedServer {
  /** postgres://…@localhost/tieline?host=DIRECTORY-OF-ITS-SOCKET, with the password. */
  readonly url: Secret;
  /** False if the server ran already, for another process. */
  readonly startedByUs: boolean;
  /** Gives up our share; resolves when that is done and, if nobody else has one, the server has stopped. */
  close(): Promise<void>;
}

const mostRecoveries = 5;

/**
 * Opens the embedded PostgreSQL of a data directory: creates it, starts it, or shares the one that another process
 * started. It runs until the last process that opened it closes it or ends, by whatever cause.
 *
 * If the supervisor is killed while we hold the server, another one is started and takes the server over, under the
 * same URL.
 *
 * Throws DATABASE_HELD, DATABASE_UNREACHABLE, DATABASE_UNSUITABLE (no binaries for this machine, other version),
 * SETTING_INVALID (data directory unusable).
 */
export async function openEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  if (process.platform === 'win32')
    throw new TielineError('DATABASE_UNSUITABLE', 'The embedded database does not run on Windows.', {
      remedy: 'Set DATABASE_URL to a PostgreSQL of version 14 or newer.',
    });
  const log = options.log ?? (() => undefined);
  const directory = await prepareDataDirectory(options.dataDir);
  const wanted: LeaseOptions = { log, graceMs: options.graceMs ?? 500, fsync: options.fsync ?? true };
  let lease = await acquireLease(directory, wanted);
  const { socketDir, starterPid } = lease;
  const password = await readPassword(directory.path);

  let closing: Promise<void> | undefined;
  let recovering: Promise<void> = Promise.resolve();
  let recoveries = 0;
  const watch = (): void => {
    void lease.lost.then((ending) => {
      if (closing !== undefined || ending || recoveries === mostRecoveries) return;
      recoveries += 1;
      log('the database supervisor ended unexpectedly: starting another one');
      recovering = acquireLease(directory, wanted).then(
        (next) => {
          lease = next;
          watch();
        },
        (error: unknown) => log(`the embedded database is lost: ${messageOf(error)}`),
      );
    });
  };
  watch();

  return {
    // The host of the parameters leads; the one before them is there as URLs with a user need one.
    url: new Secret(
      `postgres://${databaseName}:${password}@localhost:${socketPort}/${databaseName}?host=${encodeURIComponent(socketDir)}`,
    ),
    startedByUs: starterPid === process.pid,
    close: () => {
      closing ??= recovering.then(() => releaseLease(lease));
      return closing;
    },
  };
}
