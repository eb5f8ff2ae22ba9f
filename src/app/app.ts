import type pg from 'pg';
import type { ConnectionContext } from './connections/connect.ts';
import { connectSystem } from './connections/connect.ts';
import type { ConnectedSystem } from './connections/connected-system.ts';
import { fetchSystem } from './connections/systems.ts';
import type { ScanFileReader } from '../connectors/kit/scan-file.ts';
import { TielineError } from '../errors/tieline-error.ts';
import type { Secret } from '../model/secret.ts';
import { listSystems } from '../store/external-systems.ts';
import { usualAbsenceGuard, type AbsenceGuard, type RunLog, type StepProgress } from './runs/run-context.ts';
import type { SyncOptions } from './runs/sync-options.ts';
import { runSync, type RunEnvironment, type SyncOutcome } from './runs/sync-run.ts';

/** What every use case is given; made by the composition root, once a process. */
export interface App extends ConnectionContext {
  readonly pool: pg.Pool;
  readonly log: RunLog;
  /** What reads scan files; absent where none are imported. */
  readonly scanFiles?: ScanFileReader;
  /** Default: 5 percent, at least 20 records. */
  readonly absence?: AbsenceGuard;
  /** The login of metrics queries on a server that is not ours. */
  readonly readerUrl?: Secret;
  /** How often a worker looks for due schedules, and checks the systems. Default: 5 seconds, 5 minutes. */
  readonly worker?: { readonly schedulesEveryMs: number; readonly healthEveryMs: number };
}

/** How old the reads of a resumed run may be before they are done again. */
const staleAfterMs = 10 * 60_000;

/**
 * Connects the systems that are asked for (all that are enabled if none is) and runs a sync over them.
 * @throws TielineError SYSTEM_UNKNOWN if there is none, and what `runSync` throws.
 */
export async function syncSystems(app: App, options: SyncOptions, caller: Caller): Promise<SyncOutcome> {
  return withSystems(app, options, caller, async (environment) => {
    const outcome = await runSync(environment, options);
    // A run that was taken up again skips the reads that it had done before: if that was long ago, they are done anew.
    const isStale =
      outcome.resumed && outcome.finishedAt.getTime() - outcome.startedAt.getTime() > staleAfterMs;
    return isStale ? await runSync(environment, options) : outcome;
  });
}

export interface Caller {
  readonly signal: AbortSignal;
  readonly report: (progress: StepProgress) => void;
}

/**
 * Connects the systems that are asked for (all that are enabled if none is), does the work, and closes them.
 * @throws TielineError SYSTEM_UNKNOWN if there is none.
 */
export async function withSystems<T>(
  app: App,
  options: Pick<SyncOptions, 'systems' | 'acceptMissing'>,
  caller: Caller,
  work: (environment: RunEnvironment) => Promise<T>,
): Promise<T> {
  const rows =
    options.systems.length > 0
      ? await Promise.all(options.systems.map((name) => fetchSystem(app, name)))
      : (await listSystems(app.db)).filter((row) => row.sync_enabled !== false);
  if (rows.length === 0)
    throw new TielineError('SYSTEM_UNKNOWN', 'There is no external system to sync with.', {
      remedy:
        'Add one with `tieline systems add tenable --name … --url …`, or see it all work with `npm run demo`.',
    });
  const systems: ConnectedSystem[] = [];
  try {
    for (const row of rows) systems.push(await connectSystem(app, row));
    const absence = { ...(app.absence ?? usualAbsenceGuard), accept: options.acceptMissing ?? false };
    return await work({ ...app, systems, ...caller, absence });
  } finally {
    await Promise.all(systems.map((system) => system.close()));
  }
}
