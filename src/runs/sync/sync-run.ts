/**
 * A sync run: what is in flight is settled, scanners are read, then the GRC systems, then the record draws its
 * conclusions, then what goes out is sent. Each step is an operation of its own; a run that was killed or failed is
 * taken up again at the first step that is not complete, within that step where it was.
 *
 * Scanners come before GRC systems because POA&Ms name assets; conclusions come after all reads because they rest on
 * both; sending comes last, and what an earlier run left unsettled is settled first, so that the reads see its outcome.
 *
 * A run holds its systems, not the database: runs of other systems read and send beside it, and only conclusions take turns. A system that
 * fails is left out from then on, and the others are synced all the same; the run then counts as failed, and names it.
 */
import { messageOf } from '../../platform/errors/index.ts';
import { recordSystemSynced } from '../../ledger/external-systems/index.ts';
import {
  addCounts,
  beginOperation,
  type Counts,
  countsOf,
  findStep,
  finishOperation,
  listSteps,
  noCounts,
  resumeOperation,
} from '../../ledger/operations/index.ts';
import type { ConnectedSystem } from '../../engine/connections/index.ts';
import { planScanSteps } from '../../modules/scans/index.ts';
import { beginOrResume, type StartedRun } from './begin-run.ts';
import {
  inConclusionsTurn,
  isOfSystem,
  mayPass,
  type RunContext,
  type RunEnvironment,
  shownFailure,
  type Step,
  type SyncOptions,
  type SystemFailure,
  underSystemsLock,
} from '../../engine/run/index.ts';
import { planSteps } from './steps.ts';

export interface SyncOutcome {
  readonly operationId: string;
  readonly resumed: boolean;
  readonly counts: Counts;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** How many systems were synced to the end. */
  readonly synced: number;
  /** Systems that were left out from where they failed. */
  readonly failures: readonly SystemFailure[];
}

/**
 * Runs a sync, or takes up the latest one of these systems if it was left unfinished and asked for the same.
 * @param begun told the operation as soon as it is known.
 * @returns what was done, and which systems failed. @throws TielineError SYNC_RUNNING if another process syncs with one of them; the
 *   failure of the only system; what ends the whole run, after it was recorded as failed. What was stored stays, and the next run goes on
 *   from there.
 */
export async function runSync(
  environment: RunEnvironment,
  options: SyncOptions,
  begun: (operationId: string) => void = () => undefined,
): Promise<SyncOutcome> {
  return underSystemsLock(environment, async (held) => {
    const run = await beginOrResume(held, options);
    begun(run.operationId);
    const context: RunContext = { ...held, operationId: run.operationId };
    const scans = await planScanSteps(context, options);
    const steps = [...scans, ...planSteps(context.systems, options)];
    return await concludeRun(context, run, steps, held.unconnected);
  });
}

/** Runs what is left of a run's steps to its end. @throws what ends the whole run, after it was recorded as failed. */
export async function concludeRun(
  context: RunContext,
  run: StartedRun,
  steps: readonly Step[],
  unconnected: readonly SystemFailure[] = [],
): Promise<SyncOutcome> {
  const failures = [...unconnected];
  for (const step of steps) {
    if (failures.some((failure) => failure.system === step.system.name)) continue;
    try {
      await runStep(context, step);
    } catch (error) {
      context.log.warn(
        { operation: context.operationId, step: step.name, system: step.system.name },
        `sync failed: ${messageOf(error)}`,
      );
      if (!isOfSystem(error, context.signal)) {
        await recordBroken(context, error);
        throw error;
      }
      failures.push({ system: step.system.name, error });
      const note = messageOf(error);
      context.report({ system: step.system.name, step: step.name, state: 'failed', note });
    }
  }
  return conclude(context, run, failures);
}

/** A run that a person or the database ended goes on later. */
async function recordBroken(context: RunContext, error: unknown): Promise<void> {
  await finishOperation(context.db, context.operationId, 'failed', {
    error: messageOf(error),
    metadata: { resumable: context.signal.aborted || mayPass(error) },
    // If this cannot be recorded, it stays in progress, and the next run finds that nobody is at it.
  }).catch(() => undefined);
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
    if (step.takesTurn) await inConclusionsTurn(context, (turn) => step.run(turn, operationId));
    else await step.run(context, operationId);
  } catch (error) {
    await system.flushCalls();
    // What failed first is what counts; the step is found unfinished in any case.
    await finishOperation(context.db, operationId, 'failed', { error: messageOf(error) }).catch(
      () => undefined,
    );
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

async function conclude(
  context: RunContext,
  run: StartedRun,
  failures: readonly SystemFailure[],
): Promise<SyncOutcome> {
  const steps = await listSteps(context.db, context.operationId);
  const counts = steps.map((step) => countsOf(step)).reduce(addCounts, noCounts);
  const finishedAt = context.now();
  const synced = context.systems.filter(
    (system) => !failures.some(({ system: name }) => name === system.name),
  );
  const status =
    failures.length > 0 ? 'failed' : counts.failed + counts.held > 0 ? 'completed_with_issues' : 'completed';
  const again = failures.filter(({ error }) => mayPass(error)).map(({ system }) => system);
  await finishOperation(context.db, context.operationId, status, {
    ...(failures.length === 0
      ? {}
      : { error: failures.map(({ system, error }) => `${system}: ${messageOf(error)}`).join('; ') }),
    metadata: {
      counts: { ...counts },
      failures: failures.map((failure) => ({ ...shownFailure(failure) })),
      resumable: again.length > 0,
      // Where nothing was done for any other system, the run itself is taken up again.
      ...(synced.length > 0 ? { retake: again } : {}),
    },
  });
  await Promise.all(
    synced.map((system: ConnectedSystem) => recordSystemSynced(context.db, system.id, finishedAt)),
  );
  context.log.info(
    { operation: context.operationId, counts },
    failures.length > 0 ? 'sync failed' : 'sync done',
  );
  const { operationId, resumed, startedAt } = run;
  return { operationId, resumed, counts, startedAt, finishedAt, synced: synced.length, failures };
}
