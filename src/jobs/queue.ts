/**
 * The job queue: graphile-worker in a schema of its own (`tieline_jobs`, so that another application's queue in the same
 * database is left alone). Knows no job by name.
 */
import { EventEmitter } from 'node:events';
import { Logger, run, runMigrations, runOnce, type Runner, type TaskList } from 'graphile-worker';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { TielineError, messageOf } from '../errors/tieline-error.ts';
import { hasQueue, queueSchema, recordQueue } from '../store/queue-schema.ts';
import type { Database } from '../store/schema.ts';

export interface QueueDatabase {
  readonly pool: pg.Pool;
  readonly db: Kysely<Database>;
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
export async function installQueue({ pool, db }: QueueDatabase): Promise<void> {
  try {
    await runMigrations({ pgPool: pool, schema: queueSchema, logger: silent });
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

const silent = new Logger(() => () => undefined);

export type Tasks = Readonly<Record<string, (payload: unknown, signal: AbortSignal) => Promise<void>>>;

/** @param signal ends the work at hand too. */
function taskList(tasks: Tasks, signal: AbortSignal): TaskList {
  return Object.fromEntries(
    Object.entries(tasks).map(([name, work]) => [name, (payload: unknown) => work(payload, signal)]),
  );
}

/** Works on the queue until the signal ends it; a job at hand is then broken off and taken up again by the next worker. */
export async function workOnQueue(
  { pool }: QueueDatabase,
  tasks: Tasks,
  { signal, log }: { readonly signal: AbortSignal; readonly log: QueueLog },
): Promise<void> {
  const events = new EventEmitter();
  events.on('job:error', ({ error, job }: { error: unknown; job: { task_identifier: string } }) =>
    log.warn({ job: job.task_identifier }, `a job failed and is tried again: ${messageOf(error)}`),
  );
  const runner: Runner = await run({
    pgPool: pool,
    schema: queueSchema,
    logger: silent,
    events,
    concurrency: 2,
    pollInterval: 1000,
    noHandleSignals: true,
    parsedCronItems: [],
    taskList: taskList(tasks, signal),
  });
  const stop = (): void => void runner.stop().catch(() => undefined);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  await runner.promise;
}

/** Works off what is in the queue now. */
export async function workOnce(
  { pool }: QueueDatabase,
  tasks: Tasks,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  await runOnce({
    pgPool: pool,
    schema: queueSchema,
    logger: silent,
    noHandleSignals: true,
    taskList: taskList(tasks, signal),
  });
}
