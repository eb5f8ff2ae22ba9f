/**
 * The worker: syncs by schedule, sends what waits in the outbox within seconds, and checks the systems. Any number of them
 * share a database: the queue, row locks and the locks on syncing and sending are what coordinates them.
 */
import { z } from 'zod';
import { TielineError, messageOf } from '../../errors/tieline-error.ts';
import { entityTypes, type EntityType } from '../../model/entity-type.ts';
import { installQueue, workOnce, workOnQueue, type Tasks } from '../../jobs/queue.ts';
import { listSystems } from '../../store/external-systems.ts';
import { isDatabaseFault } from '../../store/database-faults.ts';
import { recordSyncHealth } from '../../store/integration-health.ts';
import { findSchedule, recordOutcome, type ScheduleRow } from '../../store/schedules.ts';
import { syncSystems, type App } from '../app.ts';
import { checkSystem } from '../connections/systems.ts';
import { enqueueDue, scheduledSync } from '../schedules/schedules.ts';
import { throughOutages } from '../runs/outages.ts';
import type { StepProgress } from '../runs/run-context.ts';
import { countNewConflicts } from '../runs/summary.ts';
import { watchOutbox, sendToAll } from './watch-outbox.ts';

export interface WorkerOptions {
  readonly signal: AbortSignal;
  readonly report: (progress: StepProgress) => void;
  /** Does what is due now, and ends. */
  readonly once: boolean;
}

const usualIntervals = { schedulesEveryMs: 5_000, healthEveryMs: 300_000 };

const payloadSchema = z.object({ schedule: z.int() });

/** Makes the tables of the job queue, where they are not. @throws TielineError WORKER_NOT_INSTALLED. */
export function installWorker(app: App): Promise<void> {
  return installQueue(app);
}

/**
 * Works until the signal ends it. What fails is logged and tried again later; nothing of it ends the worker.
 * @throws TielineError WORKER_NOT_INSTALLED if the queue is not there and this role may not make it.
 */
export async function runWorker(app: App, options: WorkerOptions): Promise<void> {
  await throughOutages(app, options.signal, () => installQueue(app));
  const tasks: Tasks = {
    [scheduledSync]: (payload, signal) => syncBySchedule(app, payload, { ...options, signal }),
  };
  const work = {
    signal: options.signal,
    log: app.log,
    concurrency: await throughOutages(app, options.signal, () => jobsAtOnce(app)),
  };
  if (options.once) {
    await enqueueDue(app);
    await workOnce(app, tasks, work);
    await sendToAll(app, options.signal);
    return;
  }
  const { schedulesEveryMs, healthEveryMs } = app.worker ?? usualIntervals;
  await Promise.all([
    workOnQueue(app, tasks, work),
    watchOutbox(app, options.signal),
    repeat(app, options.signal, schedulesEveryMs, () => enqueueDue(app).then(() => undefined)),
    repeat(app, options.signal, healthEveryMs, () => checkAll(app, options.signal)),
  ]);
}

/** So many that systems which all stand still at once hold up none of the others. */
async function jobsAtOnce(app: App): Promise<number> {
  const systems = await listSystems(app.db);
  return Math.min(Math.max(4, systems.length + 2), 32);
}

/** Does something again and again; a failure waits for the next time. */
async function repeat(
  app: App,
  signal: AbortSignal,
  everyMs: number,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await work().catch((error: unknown) => {
      if (!signal.aborted) app.log.warn({ err: error }, `the worker goes on: ${messageOf(error)}`);
    });
    // The end of the wait is the signal's, which the loop asks.
    await app.sleep(everyMs, signal).catch(() => undefined);
  }
}

async function checkAll(app: App, signal: AbortSignal): Promise<void> {
  for (const system of await listSystems(app.db)) {
    if (system.sync_enabled === false || signal.aborted) continue;
    try {
      for await (const result of checkSystem(app, system.system_name, signal))
        if (result.status === 'failed')
          app.log.warn({ system: system.system_name, check: result.check }, result.detail);
    } catch (error) {
      if (!signal.aborted)
        app.log.warn({ system: system.system_name }, `could not be checked: ${messageOf(error)}`);
    }
  }
}

const isEntity = (name: string): name is EntityType => entityTypes.some((entity) => entity === name);

async function syncBySchedule(
  app: App,
  payload: unknown,
  caller: { readonly signal: AbortSignal; readonly report: (progress: StepProgress) => void },
): Promise<void> {
  const { schedule: id } = payloadSchema.parse(payload);
  const schedule = await findSchedule(app.db, id);
  // Removed or switched off since it was due.
  if (!schedule?.enabled || !schedule.systemEnabled) return;
  try {
    const outcome = await syncSystems(
      app,
      {
        systems: [schedule.system],
        entities: schedule.entities.filter(isEntity),
        full: schedule.full,
      },
      { ...caller, by: `schedule ${schedule.name}` },
    );
    const { held, failed } = outcome.counts;
    const found = Object.values(await countNewConflicts(app.db, outcome.operationId));
    // What both sides edited is held and a conflict; it is one thing that waits.
    const issues = Math.max(
      held + failed,
      found.reduce((sum, n) => sum + n, 0),
    );
    await recordOutcome(
      app.db,
      id,
      `operation ${outcome.operationId.slice(0, 8)}: ${issues === 0 ? 'done' : `done; ${issues} for a person to decide`}`,
    );
    await recordSyncHealth(app.db, schedule.systemId, issues === 0 ? 'healthy' : 'degraded', undefined);
  } catch (error) {
    await recordFailure(app, schedule, error, caller.signal);
  }
}

/** What may pass is thrown, so that the queue tries again; the rest waits for a person and the next time of the schedule. */
async function recordFailure(
  app: App,
  schedule: ScheduleRow,
  error: unknown,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) throw error;
  const message = messageOf(error);
  const mayPass = error instanceof TielineError && error.entry.retryable;
  const isBusy = error instanceof TielineError && error.code === 'SYNC_RUNNING';
  if (!isBusy)
    try {
      await recordOutcome(app.db, schedule.id, `failed: ${message}`);
      if (!isDatabaseFault(error)) await recordSyncHealth(app.db, schedule.systemId, 'unhealthy', message);
    } catch (unrecorded) {
      // The database is what is away; the failure itself decides what becomes of the job.
      app.log.warn({ err: unrecorded }, 'the outcome of a schedule could not be recorded');
    }
  app.log.warn({ system: schedule.system, schedule: schedule.name }, `scheduled sync: ${message}`);
  if (mayPass) throw error;
}
