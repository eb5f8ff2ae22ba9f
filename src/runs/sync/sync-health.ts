/**
 * How a sync went, for each of its connections: what alerts, status and the list of connections go by. Recorded for every sync, whoever
 * started it and however; what says nothing about a connection (the database was away, a person ended it, another sync was at it) is not recorded.
 */
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { type App, isOfSystem, type SyncOptions, type SystemFailure } from '../../engine/run/index.ts';
import { listSystems, recordSyncHealth } from '../../ledger/external-systems/index.ts';
import { addCounts, countsOf, noCounts, type OperationRow } from '../../ledger/operations/index.ts';

export interface SyncHealth {
  readonly system: string;
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly detail: string | undefined;
}

const counted = (n: number, what: string): string[] => (n === 0 ? [] : [`${n} ${what}`]);

/** Pure: the health of each system of a run, of its steps and failures. @param systems the names of those it synced or tried to. */
export function healthOf(
  systems: readonly string[],
  steps: readonly Pick<OperationRow, 'source_system' | 'metadata'>[],
  failures: readonly SystemFailure[],
): SyncHealth[] {
  const failed = failures.map(({ system, error }): SyncHealth => ({
    system,
    status: 'unhealthy',
    detail: messageOf(error),
  }));
  const others = systems.filter((name) => !failures.some(({ system }) => system === name));
  const ended = others.map((system): SyncHealth => {
    const own = steps.filter((step) => step.source_system === system);
    const { held, failed: refused } = own.map((step) => countsOf(step)).reduce(addCounts, noCounts);
    const issues = [...counted(held, 'held for a person'), ...counted(refused, 'failed')];
    return {
      system,
      status: issues.length === 0 ? 'healthy' : 'degraded',
      detail: issues.length === 0 ? undefined : issues.join(', '),
    };
  });
  return [...failed, ...ended];
}

/** Keeps it. A system that was removed meanwhile has none. */
export async function recordHealth(db: App['db'], health: readonly SyncHealth[]): Promise<void> {
  const known = await listSystems(db);
  for (const { system, status, detail } of health) {
    const row = known.find(({ system_name: name }) => name === system);
    if (row) await recordSyncHealth(db, row.id, status, detail);
  }
}

const isAboutTheRequest: ReadonlySet<string> = new Set(['SYSTEM_UNKNOWN', 'CONNECTION_PAUSED', 'USAGE']);

/** Keeps the failure of a sync that came to no end, for the systems that it was asked for. What cannot be kept is logged. */
export async function recordFailureOfRun(
  app: Pick<App, 'db' | 'log'>,
  { systems }: Pick<SyncOptions, 'systems'>,
  { error, signal }: { readonly error: unknown; readonly signal: AbortSignal },
): Promise<void> {
  if (!isOfSystem(error, signal)) return;
  if (error instanceof TielineError && isAboutTheRequest.has(error.code)) return;
  try {
    const enabled = (await listSystems(app.db)).filter((row) => row.sync_enabled !== false);
    const names = systems.length > 0 ? systems : enabled.map((row) => row.system_name);
    await recordHealth(
      app.db,
      names.map((system) => ({ system, status: 'unhealthy', detail: messageOf(error) })),
    );
  } catch (unrecorded) {
    app.log.warn({ err: unrecorded }, 'how a sync failed could not be recorded');
  }
}
