/**
 * A sync run: what is in flight is settled, scanners are read, then the GRC systems, then the record draws its
 * conclusions, then what goes out is sent. Each step is an operation of its own; a run that was killed or failed is
 * taken up again at the first step that is not complete, within that step where it was.
 *
 * Scanners come before GRC systems because POA&Ms name assets; conclusions come after all reads because they rest on
 * both; sending comes last, and what an earlier run left unsettled is settled first, so that the reads see its outcome.
 */
import { TielineError, messageOf } from '../../errors/tieline-error.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import { recordSystemSynced } from '../../store/external-systems.ts';
import {
  addCounts,
  beginOperation,
  findStep,
  findUnfinishedRun,
  finishOperation,
  listSteps,
  noCounts,
  recordRetry,
  resumeOperation,
  type Counts,
  type OperationRow,
} from '../../store/operations.ts';
import { takeSyncLock } from '../../store/sync-lock.ts';
import type { ConnectedSystem } from '../connections/connected-system.ts';
import type { RunContext } from './run-context.ts';
import { planScanSteps } from '../remediation-scans/scan-steps.ts';
import { planSteps, type Step } from './steps.ts';
import type { SyncOptions } from './sync-options.ts';

export interface SyncOutcome {
  readonly operationId: string;
  readonly resumed: boolean;
  readonly counts: Counts;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

export type RunEnvironment = Omit<RunContext, 'operationId'>;

/**
 * Runs a sync, or takes up the latest one if it was left unfinished and asked for the same.
 * @throws TielineError SYNC_RUNNING if another process runs one; else what a step could not overcome, after the run was
 *   recorded as failed. What was stored stays, and the next run goes on from there.
 */
export async function runSync(environment: RunEnvironment, options: SyncOptions): Promise<SyncOutcome> {
  return underSyncLock(environment, async () => {
    const unfinished = await findUnfinishedRun(environment.db);
    const run = await beginOrResume(environment, options, unfinished);
    const context: RunContext = { ...environment, operationId: run.operationId };
    const scans = await planScanSteps(context, options);
    return await concludeRun(context, run, [...scans, ...planSteps(context.systems, options)]);
  });
}

/** Runs `work` while no other process syncs over this database. @throws TielineError SYNC_RUNNING if one does. */
export async function underSyncLock<T>(
  environment: Pick<RunEnvironment, 'pool'>,
  work: () => Promise<T>,
): Promise<T> {
  const lock = await takeSyncLock(environment.pool);
  if (!lock) throw new TielineError('SYNC_RUNNING', 'Another process runs a sync over this database.');
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

export interface StartedRun {
  readonly operationId: string;
  readonly resumed: boolean;
  readonly startedAt: Date;
}

/** The options as they are kept with the run, to tell whether a later command asks for the same. */
const asMetadata = (options: SyncOptions): JsonObject => ({
  systems: options.systems.toSorted(),
  entities: options.entities.toSorted(),
  full: options.full,
});

async function beginOrResume(
  environment: RunEnvironment,
  options: SyncOptions,
  unfinished: OperationRow | undefined,
): Promise<StartedRun> {
  const asked = asMetadata(options);
  if (unfinished) {
    const before = isJsonObject(unfinished.metadata) ? unfinished.metadata['options'] : undefined;
    if (JSON.stringify(sorted(before)) === JSON.stringify(sorted(asked))) {
      await resumeOperation(environment.db, unfinished.batch_id);
      await recordRetry(environment.db, unfinished.batch_id, 'taken up again after an interruption');
      environment.log.info({ operation: unfinished.batch_id }, 'taking up an unfinished sync');
      return {
        operationId: unfinished.batch_id,
        resumed: true,
        startedAt: unfinished.started_at ?? environment.now(),
      };
    }
    await finishOperation(environment.db, unfinished.batch_id, 'failed', {
      error: 'given up: a later sync asked for something else',
      metadata: { resumable: false },
    });
  }
  const operationId = await beginOperation(environment.db, {
    type: 'sync',
    system: 'tieline',
    metadata: { options: asked, ...(environment.by === undefined ? {} : { by: environment.by }) },
  });
  environment.log.info({ operation: operationId }, 'sync started');
  return { operationId, resumed: false, startedAt: environment.now() };
}

const sorted = (value: unknown): unknown =>
  isJsonObject(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** Runs what is left of a run's steps to its end. @throws what a step could not overcome, after the run was recorded as failed. */
export async function concludeRun(
  context: RunContext,
  run: StartedRun,
  steps: readonly Step[],
): Promise<SyncOutcome> {
  await runSteps(context, steps);
  return conclude(context, run);
}

async function runSteps(context: RunContext, steps: readonly Step[]): Promise<void> {
  for (const step of steps) {
    try {
      await runStep(context, step);
    } catch (error) {
      const message = messageOf(error);
      // A person who presses Ctrl-C wants it to go on later, like a failure that may pass.
      const resumable = context.signal.aborted || (error instanceof TielineError && error.entry.retryable);
      await finishOperation(context.db, context.operationId, 'failed', {
        error: message,
        metadata: { resumable },
      });
      context.log.warn(
        { operation: context.operationId, step: step.name, system: step.system.name },
        `sync failed: ${message}`,
      );
      throw error;
    }
  }
}

/** Runs a step, or takes it up again, unless it is complete. @throws what the step could not overcome, after it was recorded. */
export async function runStep(context: RunContext, step: Step): Promise<void> {
  const { system, name } = step;
  const known = await findStep(context.db, context.operationId, system.name, name);
  if (known?.status?.startsWith('completed') && !step.anew) return;
  const operationId =
    known?.batch_id ??
    (await beginOperation(context.db, {
      type: step.type,
      system: system.name,
      step: name,
      parent: context.operationId,
    }));
  if (known) await resumeOperation(context.db, operationId);
  system.setOperation(context.callsUnder ?? operationId);
  context.report({ system: system.name, step: name, state: 'started' });
  try {
    await step.run(context, operationId);
  } catch (error) {
    await system.flushCalls();
    await finishOperation(context.db, operationId, 'failed', { error: messageOf(error) });
    throw error;
  }
  await system.flushCalls();
  const counts = countsOf(await findStep(context.db, context.operationId, system.name, name));
  await finishOperation(
    context.db,
    operationId,
    counts.failed + counts.held > 0 ? 'completed_with_issues' : 'completed',
  );
  system.setOperation(undefined);
  context.report({ system: system.name, step: name, state: 'done', counts });
}

/** The counts that an operation's row keeps. */
export function countsOf(row: Pick<OperationRow, 'metadata'> | undefined): Counts {
  const counts = isJsonObject(row?.metadata) ? row.metadata['counts'] : undefined;
  if (!isJsonObject(counts)) return noCounts;
  const one = (name: keyof Counts): number => Number(counts[name] ?? 0);
  return {
    read: one('read'),
    created: one('created'),
    updated: one('updated'),
    unchanged: one('unchanged'),
    held: one('held'),
    failed: one('failed'),
  };
}

async function conclude(context: RunContext, run: StartedRun): Promise<SyncOutcome> {
  const steps = await listSteps(context.db, context.operationId);
  const counts = steps.map((step) => countsOf(step)).reduce(addCounts, noCounts);
  const finishedAt = context.now();
  await finishOperation(
    context.db,
    context.operationId,
    counts.failed + counts.held > 0 ? 'completed_with_issues' : 'completed',
    {
      metadata: { counts: { ...counts }, resumable: false },
    },
  );
  await Promise.all(
    context.systems.map((system: ConnectedSystem) => recordSystemSynced(context.db, system.id, finishedAt)),
  );
  context.log.info({ operation: context.operationId, counts }, 'sync done');
  return { operationId: run.operationId, resumed: run.resumed, counts, startedAt: run.startedAt, finishedAt };
}
