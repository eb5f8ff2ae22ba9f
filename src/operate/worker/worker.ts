/**
 * The worker: syncs by schedule, sends what waits in the outbox within seconds, and checks the systems. Any number of them
 * share a database: the queue, row locks and the locks on syncing and sending are what coordinates them.
 */
import { z } from 'zod';
import { deliverDue, evaluateAlerts } from '../../modules/alerts/index.ts';
import { dueMetrics, takeDueMetrics } from '../../modules/metrics/index.ts';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { isEntity } from '../../record/entities/index.ts';
import { installQueue, type Tasks, workOnce, workOnQueue } from '../../platform/queue/index.ts';
import { listSystems } from '../../ledger/external-systems/index.ts';
import {
  findSchedule,
  listSchedules,
  recordScheduleOutcome,
  type ScheduleRow,
} from '../../ledger/external-systems/index.ts';
import { countNewConflicts, syncSystems } from '../../runs/sync/index.ts';
import { type App, type StepProgress, throughOutages } from '../../engine/run/index.ts';
import { checkHealth } from '../../engine/connections/index.ts';
import { enqueueDueFeeds, loadBySource, scheduledFeed } from './feed-sources.ts';
import { tellRecipients } from './report-recipients.ts';
import { requestDueReports } from './report-schedules.ts';
import { forgetOld } from './forget-old.ts';
import { enqueueDue, scheduledSync } from './schedules.ts';
import { sendDueDigests } from '../digests/index.ts';
import { securityLogWatch, watchSecurityLog } from '../security-log/index.ts';
import { requestedJob, runJob } from '../jobs/index.ts';
import { workflowRun } from '../../modules/workflows/index.ts';
import { runWorkflowJob, workOnWorkflows } from '../workflows/index.ts';
import { watchOutbox, sendToAll } from './watch-outbox.ts';

export interface WorkerOptions {
  readonly signal: AbortSignal;
  readonly report: (progress: StepProgress) => void;
  /** Does what is due now, and ends. */
  readonly once: boolean;
  /** The version of Tieline, for the log. */
  readonly version?: string;
}

const usualIntervals = { schedulesEveryMs: 5_000, healthEveryMs: 300_000, alertsEveryMs: 60_000 };
const deliverEveryMs = 5_000;

const payloadSchema = z.object({ schedule: z.int() });

/** Makes the tables of the job queue, where they are not. @throws TielineError WORKER_NOT_INSTALLED. */
export function installWorker(app: App): Promise<void> {
  return installQueue(app.queue);
}

/**
 * Works until the signal ends it. What fails is logged and tried again later; nothing of it ends the worker.
 * @throws TielineError WORKER_NOT_INSTALLED if the queue is not there and this role may not make it; FILES_ELSEWHERE.
 */
export async function runWorker(app: App, options: WorkerOptions): Promise<void> {
  await app.files?.store.confirm();
  try {
    await work(app, options);
  } finally {
    const reason: unknown = options.signal.reason;
    app.log.info(
      { why: options.signal.aborted ? messageOf(reason) : 'what was due is done' },
      'worker ended',
    );
  }
}

async function logStart(app: App, options: WorkerOptions): Promise<void> {
  const [systems, schedules] = await Promise.all([listSystems(app.db), listSchedules(app.db)]);
  app.log.info(
    {
      version: options.version,
      once: options.once,
      systems: systems.map((row) => ({
        name: row.system_name,
        type: row.system_type,
        enabled: row.sync_enabled !== false,
      })),
      schedules: schedules
        .filter((schedule) => schedule.enabled)
        .map(({ system, name, cron, nextRunAt }) => ({ system, name, cron, next: nextRunAt })),
    },
    'worker started',
  );
}

async function work(app: App, options: WorkerOptions): Promise<void> {
  await throughOutages(app, options.signal, () => installQueue(app.queue));
  await logStart(app, options);
  const tasks: Tasks = {
    [scheduledSync]: (payload, signal) =>
      counted(app, 'scheduled sync', () => syncBySchedule(app, payload, { ...options, signal })),
    [scheduledFeed]: (payload, signal) =>
      counted(app, 'scheduled feed', () => loadBySource(app, payload, signal)),
    [workflowRun]: (payload, signal) =>
      counted(app, 'workflow run', () => runWorkflowJob(app, payload, signal)),
    [requestedJob]: (payload, signal) => runJob(app, payload, signal),
  };
  const work = {
    signal: options.signal,
    log: app.log,
    concurrency: await throughOutages(app, options.signal, () => jobsAtOnce(app)),
  };
  if (options.once) {
    await enqueueDue(app);
    await enqueueDueFeeds(app);
    await requestDueReports(app);
    await workOnce(app.queue, tasks, work);
    await sendToAll(app, options.signal);
    await takeDueMetrics(app, options.signal);
    await watchSecurityLog(app, options.signal);
    await evaluateAlerts(app, { heavy: true });
    await workOnWorkflows(app, options.signal);
    await workOnce(
      app.queue,
      { [workflowRun]: (payload, signal) => runWorkflowJob(app, payload, signal) },
      work,
    );
    await sendDueDigests(app);
    await tellRecipients(app);
    await deliverDue(app, options.signal);
    return;
  }
  await Promise.all([
    workOnQueue(app.queue, tasks, work),
    watchOutbox(app, options.signal),
    forgetRegularly(app, options.signal),
    watchSecurityLogRegularly(app, options.signal),
    ...regularWork(app, options.signal).map(({ work: each, ...regular }) =>
      repeat(app, options.signal, regular, each),
    ),
  ]);
}

interface Regular {
  /** As what it takes is counted by. */
  readonly name: string;
  readonly everyMs: number;
  readonly work: () => Promise<unknown>;
}

/** What a worker does again and again beside the queue. */
function regularWork(app: App, signal: AbortSignal): readonly Regular[] {
  const { schedulesEveryMs, healthEveryMs, alertsEveryMs } = app.worker ?? usualIntervals;
  const known = new Map<string, string>();
  const enqueue = async (): Promise<void> => {
    await enqueueDue(app);
    await enqueueDueFeeds(app);
    await requestDueReports(app);
  };
  return [
    { name: 'look for due schedules', everyMs: schedulesEveryMs, work: enqueue },
    { name: 'check connections', everyMs: healthEveryMs, work: () => checkAll(app, signal, known) },
    { name: 'evaluate alerts', everyMs: alertsEveryMs, work: evaluations(app) },
    { name: 'write digests', everyMs: deliverEveryMs, work: () => sendDueDigests(app) },
    {
      name: 'tell recipients of reports',
      everyMs: deliverEveryMs,
      work: () => tellRecipients(app),
    },
    { name: 'deliver alerts', everyMs: deliverEveryMs, work: () => deliverDue(app, signal) },
    { name: 'look at workflows', everyMs: schedulesEveryMs, work: () => workOnWorkflows(app, signal) },
    { name: 'take metrics', everyMs: metricsEveryMs, work: dueMetrics(app, signal) },
  ];
}

const heavyEveryMs = 3_600_000;

/** Rules that read much of the record are evaluated each hour, and after syncs. */
function evaluations(app: App): () => Promise<void> {
  let heavyAt = -Infinity;
  return async () => {
    const heavy = app.now().getTime() - heavyAt >= heavyEveryMs;
    const evaluated = await evaluateAlerts(app, { heavy });
    if (evaluated === undefined) app.log.info({ heavy }, 'alerts are being evaluated by another process');
    else if (heavy) heavyAt = app.now().getTime();
  };
}

/** How often a worker asks whether the metrics of the day are to be taken. */
const metricsEveryMs = 60_000;

const forgetEveryMs = 3_600_000;
/** Deletes what is kept for a time only each hour, until the signal: each worker and each server, for either may be alone. */
export const forgetRegularly = (app: App, signal: AbortSignal): Promise<void> =>
  repeat(app, signal, { name: 'forget what is old', everyMs: forgetEveryMs }, () => forgetOld(app));

const watchLogEveryMs = 10_000;

/** Each worker and each server: the heads are kept on the machine of each. */
export const watchSecurityLogRegularly = (app: App, signal: AbortSignal): Promise<void> =>
  repeat(
    app,
    signal,
    { name: 'watch the security log', everyMs: watchLogEveryMs },
    securityLogWatch(app, signal),
  );

/** Enough that systems which all stall at once do not hold up the others. */
async function jobsAtOnce(app: App): Promise<number> {
  const systems = await listSystems(app.db);
  return Math.min(Math.max(4, systems.length + 2), 32);
}

/** Counts what a piece of the worker's work takes. */
const counted = <T>(app: App, name: string, work: () => Promise<T>): Promise<T> =>
  app.timings?.measure('job', 'worker', name, work) ?? work();

/** Does something again and again; a failure waits for the next time. */
async function repeat(
  app: App,
  signal: AbortSignal,
  { name, everyMs }: Omit<Regular, 'work'>,
  work: () => Promise<unknown>,
): Promise<void> {
  while (!signal.aborted) {
    await counted(app, name, work).catch((error: unknown) => {
      if (!signal.aborted) app.log.warn({ err: error }, `work continues: ${messageOf(error)}`);
    });
    // The end of the wait is the signal's, which the loop asks.
    await app.sleep(everyMs, signal).catch(() => undefined);
  }
}

/** Checks every system. @param known what was found the last time, by system: a line is written where it changed. */
async function checkAll(app: App, signal: AbortSignal, known: Map<string, string>): Promise<void> {
  for (const { system_name: system, sync_enabled: enabled } of await listSystems(app.db)) {
    if (enabled === false || signal.aborted) continue;
    const failed: { check: string; detail: string }[] = [];
    try {
      for await (const { status, check, detail } of checkHealth(app, system, signal))
        if (status === 'failed') failed.push({ check, detail });
    } catch (error) {
      failed.push({ check: 'check', detail: messageOf(error) });
    }
    if (signal.aborted) return;
    const found = failed.map((each) => each.check).join(', ');
    if (known.get(system) === found) continue;
    known.set(system, found);
    if (failed.length === 0) app.log.info({ system }, 'the system is healthy');
    else app.log.warn({ system, failed }, `the system is not healthy: ${found}`);
  }
}

async function syncBySchedule(
  app: App,
  payload: unknown,
  caller: { readonly signal: AbortSignal; readonly report: (progress: StepProgress) => void },
): Promise<void> {
  const { schedule: id } = payloadSchema.parse(payload);
  const schedule = await findSchedule(app.db, id);
  // Removed or switched off since it was due.
  if (!schedule?.enabled || !schedule.systemEnabled) return;
  const { system, name } = schedule;
  app.log.info({ system, schedule: name }, 'scheduled sync begins');
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
    await recordScheduleOutcome(
      app.db,
      id,
      `operation ${outcome.operationId.slice(0, 8)}: ${issues === 0 ? 'done' : `done; ${issues} for a person to decide`}`,
    );
    const { operationId: operation, counts } = outcome;
    app.log.info({ system, schedule: name, operation, counts }, 'scheduled sync done');
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
  if (signal.aborted) {
    app.log.info({ system: schedule.system, schedule: schedule.name }, 'scheduled sync interrupted');
    throw error;
  }
  const message = messageOf(error);
  const mayPass = error instanceof TielineError && error.entry.retryable;
  const isBusy = error instanceof TielineError && error.code === 'SYNC_RUNNING';
  if (!isBusy)
    try {
      await recordScheduleOutcome(app.db, schedule.id, `failed: ${message}`);
    } catch (unrecorded) {
      // The database is what is away; the failure itself decides what becomes of the job.
      app.log.warn({ err: unrecorded }, 'the outcome of a schedule could not be recorded');
    }
  app.log.warn({ system: schedule.system, schedule: schedule.name }, `scheduled sync: ${message}`);
  if (mayPass) throw error;
}
