import type { AccessSettings } from '../../platform/config/index.ts';
import type { FileStore } from '../../platform/files/index.ts';
import type { Store } from '../../platform/postgres/index.ts';
import {
  type ConnectedSystem,
  type ConnectionContext,
  connectSystem,
  fetchSystem,
} from '../connections/index.ts';
import type { ScanFileReader } from '../../connectors/kit/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import { type ExternalSystemRow, listSystems } from '../../ledger/external-systems/index.ts';
import type { SystemFailure } from './system-failures.ts';
import type { QueueDatabase } from '../../platform/queue/index.ts';
import type { Secret } from '../../platform/values/index.ts';
import {
  usualAbsenceGuard,
  type AbsenceGuard,
  type RunEnvironment,
  type RunLog,
  type StepProgress,
} from './run-context.ts';
import type { SyncOptions } from './sync-options.ts';

/** Settings of the machine about alerts, which nobody changes over the API. */
export interface AlertSettings {
  /** Servers that alerts may be sent to: `host`, `host:port`, `*.domain`. */
  readonly receivers: readonly string[];
  /** First and last line of a mail. */
  readonly marking: string;
  /** Where the console is reached, for links. */
  readonly consoleUrl?: string;
}

/** What a process watches on its machine. */
export interface WatchedMachine {
  /** What lies there, for a title, and a path on the disk. */
  readonly directories: readonly { readonly what: string; readonly path: string }[];
  /** PEM files. */
  readonly certificates: readonly { readonly of: string; readonly path: string }[];
  /** How large the database may become; undefined: nobody said. */
  readonly databaseCapacityBytes?: number;
  /** Whether servers of connections can be reached directly, so that their certificates can be read. */
  readonly readsRemoteCertificates: boolean;
}

/** What every use case is given; made by the composition root, once a process. */
export interface App extends ConnectionContext {
  readonly store: Store;
  /** What the job queue of the worker works over. */
  readonly queue: QueueDatabase;
  readonly log: RunLog;
  /** What reads scan files; absent where none are imported. */
  readonly scanFiles?: ScanFileReader;
  /** Default: 5 percent, at least 20 records. */
  readonly absence?: AbsenceGuard;
  /** How long a database that is away is put up with, in milliseconds. Default: 60,000. */
  readonly outageMs?: number;
  /** The login of metrics queries on a server that is not ours. */
  readonly readerUrl?: Secret;
  /** Whether a person may approve changes that send their own edits. Default: no. */
  readonly mayApproveOwn?: boolean;
  /** Whether requests for erasure and portability are accepted, from persons outside of the Privacy Act. Default: no. */
  readonly acceptsNonUsPrivacy?: boolean;
  /** How often a worker looks for due schedules, checks the systems, and evaluates alerts. Default: 5 seconds, 5 minutes, a minute. */
  readonly worker?: {
    readonly schedulesEveryMs: number;
    readonly healthEveryMs: number;
    readonly alertsEveryMs: number;
  };
  /** Where scan files are kept that were sent over the API until they are imported, and how large one may be. Absent: none are accepted. */
  readonly uploads?: { readonly directory: string; readonly maxBytes: number };
  /** Where evidence and other files are kept, and how large one may be. Absent: none are. */
  readonly files?: { readonly store: FileStore; readonly maxBytes: number };
  /** What reports bear: the name and version of what makes them, and the marking of each page. Absent: `Tieline`, and none. */
  readonly papers?: { readonly generator: string; readonly marking: string };
  /** What the machine says about alerts. Absent: they go nowhere but to the inbox. */
  readonly alerting?: AlertSettings;
  /** Mail domains outside of the agency that reports may be sent to, and how large one may be to be attached. Absent: none, and none is. */
  readonly reportMail?: { readonly domains: readonly string[]; readonly attachBytes: number };
  /** What is watched on this machine. Absent: nothing. */
  readonly machine?: WatchedMachine;
  /** Where heads of the security log, and what waits to be forwarded of it, are kept on this machine. Absent: nowhere. */
  readonly securityLog?: { readonly directory: string };
  /** Rules of sign-in and sessions. Default: those of the table of settings. */
  readonly access?: AccessSettings;
}

export interface Caller {
  readonly signal: AbortSignal;
  readonly report: (progress: StepProgress) => void;
  /** Who asked for it, for the record. */
  readonly by?: string;
  /** Called with the operation as soon as it is known. */
  readonly begun?: (operationId: string) => void;
}

/**
 * Connects the systems that are asked for (all that are enabled if none is), does the work, and closes them.
 * @param mayMiss whether the work can do without a system that could not be connected for this reason; it is called with that system. Default: never.
 * @throws TielineError SYSTEM_UNKNOWN if there is none.
 */
export async function withSystems<T>(
  app: App,
  options: Pick<SyncOptions, 'systems' | 'acceptMissing'>,
  caller: Caller,
  work: (environment: RunEnvironment) => Promise<T>,
  mayMiss: (error: unknown, signal: AbortSignal) => boolean = () => false,
): Promise<T> {
  const rows =
    options.systems.length > 0
      ? await Promise.all(options.systems.map((name) => fetchSystem(app, name)))
      : (await listSystems(app.db)).filter((row) => row.sync_enabled !== false);
  if (rows.length === 0)
    throw new TielineError('SYSTEM_UNKNOWN', 'There is no external system to sync with.', {
      remedy:
        'Add one with `tieline connections add TYPE --name … --url …`, or see it all work with `npm run demo`.',
    });
  for (const row of rows) refusePaused(app, row);
  const systems: ConnectedSystem[] = [];
  const unconnected: SystemFailure[] = [];
  try {
    for (const row of rows)
      try {
        systems.push(await connectSystem(app, row));
      } catch (error) {
        if (rows.length === 1 || !mayMiss(error, caller.signal)) throw error;
        unconnected.push({ system: row.system_name, error });
      }
    const absence = { ...(app.absence ?? usualAbsenceGuard), accept: options.acceptMissing ?? false };
    return await work({ ...app, systems, ...caller, absence, unconnected });
  } finally {
    await Promise.all(systems.map((system) => system.close()));
  }
}

/** A system that a person paused is not talked to, also where it is named. @throws TielineError CONNECTION_PAUSED. */
function refusePaused(app: App, row: ExternalSystemRow): void {
  // A type without a connector has a reason of its own, which connecting reports.
  if (row.sync_enabled !== false || !app.modules.has(row.system_type)) return;
  const since = row.sync_paused_at;
  const why = row.sync_paused_reason ? `: ${row.sync_paused_reason}` : '';
  throw new TielineError(
    'CONNECTION_PAUSED',
    `${row.system_name} is paused${since ? ` since ${since.toISOString().slice(0, 10)} by ${row.sync_paused_by ?? 'somebody'}${why}` : ''}.`,
    { remedy: `To let it continue: tieline connections resume ${row.system_name}` },
  );
}
