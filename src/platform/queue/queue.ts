/**
 * The job queue: graphile-worker in a schema of its own (`tieline_jobs`, so that another application's queue in the same
 * database is left alone). Knows no job by name.
 */
import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Runner, RunnerOptions, TaskList } from 'graphile-worker';
import type pg from 'pg';
import { messageOf, TielineError } from '../errors/index.ts';
import { hasQueue, isQueueComplete, queueSchema, recordQueue } from './queue-schema.sql.ts';
import type { Store } from '../postgres/index.ts';
import { Presence } from './presence.ts';

export interface QueueDatabase {
  /** For the library, which takes connections of its own. */
  readonly pool: pg.Pool;
  readonly store: Store;
}

export interface QueueLog {
  info(event: object, message: string): void;
  warn(event: object, message: string): void;
}

const forbidden = '42501';

/**
 * Makes the queue's tables, or brings them up to date.
 * @throws TielineError WORKER_NOT_INSTALLED if they are not there and this role may not make them.
 */
export async function installQueue({ pool, store: { db } }: QueueDatabase): Promise<void> {
  try {
    const { Logger, runMigrations } = await loadLibrary();
    await runMigrations({ pgPool: pool, schema: queueSchema, logger: new Logger(silent) });
    await recordQueue(db);
  } catch (cause) {
    const isForbidden = cause instanceof Error && 'code' in cause && cause.code === forbidden;
    if (isForbidden && (await hasQueue(db))) return;
    if (!isForbidden) throw cause;
    throw new TielineError(
      'WORKER_NOT_INSTALLED',
      `The worker's queue is not in this database, and this role may not make it: ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** As `installQueue`, where it is not known whether that was done; beside a worker that is about to, it waits for it. */
export async function ensureQueue(database: QueueDatabase): Promise<void> {
  if (!(await isQueueComplete(database.store.db))) await installQueue(database);
}

const silent = () => () => undefined;

/** Loaded by who works on the queue or installs it: every command passes this door. */
const loadLibrary = () => import('graphile-worker');

export type Tasks = Readonly<Record<string, (payload: unknown, signal: AbortSignal) => Promise<void>>>;

/** @param signal ends the current work too. */
function taskList(tasks: Tasks, signal: AbortSignal): TaskList {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, work]) => [name, (payload: unknown) => work(payload, signal)]),
  );
}

/** What a job says about itself is kept at once, and kept trying to be; alone, a failure to do so would end the process. */
const preset = { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } };
const pauseMs = 1_000;

export interface QueueWork {
  readonly signal: AbortSignal;
  readonly log: QueueLog;
  /** How many jobs are worked on at once. */
  readonly concurrency: number;
}

/**
 * Works on the queue until the signal ends it; the current job is then interrupted and resumed by the next worker. When the database
 * goes away for long, the library gives up; the queue is then resumed here.
 */
export async function workOnQueue(database: QueueDatabase, tasks: Tasks, work: QueueWork): Promise<void> {
  const { signal, log } = work;
  while (!signal.aborted) {
    try {
      await workUntilItGivesUp(database, tasks, work);
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, `the queue is listened to again: ${messageOf(error)}`);
    }
    if (!signal.aborted) await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

async function workUntilItGivesUp(database: QueueDatabase, tasks: Tasks, work: QueueWork): Promise<void> {
  const { signal, log } = work;
  await whilePresent(database, tasks, work, async (options) => {
    options.events.on('job:error', ({ error, job }: { error: unknown; job: { task_identifier: string } }) =>
      log.warn({ job: job.task_identifier }, `a job failed and is tried again: ${messageOf(error)}`),
    );
    const { run } = await loadLibrary();
    const runner: Runner = await run({ ...options, pollInterval: 2000, parsedCronItems: [] });
    const stop = (): void => void runner.stop().catch(() => undefined);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await runner.promise;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  });
}

/** Works off what is in the queue now. */
export async function workOnce(database: QueueDatabase, tasks: Tasks, work: QueueWork): Promise<void> {
  await whilePresent(database, tasks, work, async (options, presence) => {
    await presence.freeAtOnce();
    const { runOnce } = await loadLibrary();
    await runOnce(options);
  });
}

/** Others see that this worker lives while it works. */
async function whilePresent(
  { pool, store }: QueueDatabase,
  tasks: Tasks,
  { signal, log, concurrency }: QueueWork,
  work: (options: RunnerOptions & { readonly events: EventEmitter }, presence: Presence) => Promise<void>,
): Promise<void> {
  const { Logger } = await loadLibrary();
  const events = new EventEmitter();
  const presence = new Presence(store, log);
  events.on('pool:create', ({ workerPool }: { workerPool: { id: string } }) => presence.begin(workerPool.id));
  try {
    await work(
      {
        pgPool: pool,
        schema: queueSchema,
        logger: new Logger(silent),
        events,
        preset,
        concurrency,
        noHandleSignals: true,
        taskList: taskList(tasks, signal),
      },
      presence,
    );
  } finally {
    await presence.end();
  }
}
