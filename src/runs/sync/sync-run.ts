/**
 * A sync run: what is in flight is settled, scanners are read, then the GRC systems, then the record draws its
 * conclusions, then what goes out is sent. Each step is an operation of its own; a run that was killed or failed is
 * resumed at the first step that is not complete, within that step where it was.
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
  type Counts,
  countsOf,
  findStep,
  listSteps,
  noCounts,
  type Operation,
  type OperationSpec,
  withOperation,
} from '../../ledger/operations/index.ts';
import { planScanSteps } from '../../modules/scans/index.ts';
import { planStart } from './begin-run.ts';
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
  watched,
} from '../../engine/run/index.ts';
import { planSteps } from './steps.ts';
import { healthOf, recordHealth } from './sync-health.ts';

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
 * Runs a sync, or resumes the latest one of these systems if it was left unfinished and asked for the same.
 * @param begun called with the operation as soon as it is known.
 * @returns what was done, and which systems failed. @throws TielineError SYNC_RUNNING if another process syncs with one of them; the
 *   failure of the only system; what ends the whole run, after it was recorded as failed. What was stored stays, and the next run continues
 *   from there.
 */
export async function runSync(
  environment: RunEnvironment,
  options: SyncOptions,
  begun: (operationId: string) => void = () => undefined,
): Promise<SyncOutcome> {
  return underSystemsLock(environment, async (held) => {
    const start = await planStart(held, options);
    const scans = await planScanSteps(held, options);
    const steps = [...scans, ...planSteps(held.systems, options)];
    return withOperation(held.db, start.operation, async (operation) => {
      begun(operation.id);
      held.log.info(
        { operation: operation.id },
        start.resumed ? 'taking up an unfinished sync' : 'sync started',
      );
      return watched({ ...held, operationId: operation.id }, (context) =>
        concludeRun(context, { ...start, operation }, steps, held.unconnected),
      );
    });
  });
}

/** A run whose operation has begun. */
export interface StartedRun {
  readonly operation: Operation;
  readonly resumed: boolean;
  /** When the earliest of what it continues began. */
  readonly startedAt: Date;
}

/** Runs what is left of a run's steps, and says how the run ends. @throws what ends the whole run. */
export async function concludeRun(
  context: RunContext,
  run: StartedRun,
  steps: readonly Step[],
  unconnected: readonly SystemFailure[] = [],
): Promise<SyncOutcome> {
  try {
    return await conclude(context, run, await runSteps(context, steps, unconnected));
  } catch (error) {
    // A run that a person or the database ended continues later.
    run.operation.conclude({ metadata: { resumable: context.signal.aborted || mayPass(error) } });
    throw error;
  }
}

/** Runs steps in turn; those of a system that failed are left out from there. @returns the systems that failed. */
async function runSteps(
  context: RunContext,
  steps: readonly Step[],
  unconnected: readonly SystemFailure[],
): Promise<readonly SystemFailure[]> {
  const failures = [...unconnected];
  for (const step of steps) {
    if (failures.some((failure) => failure.system === step.system.name)) continue;
    try {
      await runStep(context, step);
    } catch (error) {
      const note = messageOf(error);
      context.log.warn(
        { operation: context.operationId, step: step.name, system: step.system.name },
        `sync failed: ${note}`,
      );
      if (!isOfSystem(error, context.signal)) throw error;
      failures.push({ system: step.system.name, error });
      context.report({ system: step.system.name, step: step.name, state: 'failed', note });
    }
  }
  return failures;
}

/** Runs a step, or takes it up again, unless it is complete. @throws what the step could not overcome, after it was recorded. */
export async function runStep(context: RunContext, step: Step): Promise<void> {
  const { system, name } = step;
  const known = await findStep(context.db, context.operationId, system.name, name);
  if (known?.status?.startsWith('completed') && !step.anew) return;
  const operation: OperationSpec = {
    type: step.type,
    system: system.name,
    step: name,
    parent: context.operationId,
    resumes: known?.batch_id,
    calls: system,
    callsUnder: context.callsUnder,
  };
  const work = (): Promise<void> =>
    withOperation(context.db, operation, async ({ id }) => {
      context.report({ system: system.name, step: name, state: 'started' });
      await (step.takesTurn
        ? inConclusionsTurn(context, (turn) => step.run(turn, id))
        : step.run(context, id));
    });
  await (context.timings?.measure('sync_step', system.name, name, work) ?? work());
  const counts = countsOf(await findStep(context.db, context.operationId, system.name, name));
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
  for (const system of synced) await recordSystemSynced(context.db, system.id, finishedAt);
  const health = healthOf(
    context.systems.map(({ name }) => name),
    steps,
    failures,
  );
  await recordHealth(context.db, health);
  const again = failures.filter(({ error }) => mayPass(error)).map(({ system }) => system);
  run.operation.conclude({
    status:
      failures.length > 0
        ? 'failed'
        : counts.failed + counts.held > 0
          ? 'completed_with_issues'
          : 'completed',
    error:
      failures.length === 0
        ? undefined
        : failures.map(({ system, error }) => `${system}: ${messageOf(error)}`).join('; '),
    metadata: {
      counts: { ...counts },
      failures: failures.map((failure) => ({ ...shownFailure(failure) })),
      resumable: again.length > 0,
      // Where nothing was done for any other system, the run itself is resumed.
      ...(synced.length > 0 ? { retake: again } : {}),
    },
  });
  const { operationId } = context;
  context.log.info({ operation: operationId, counts }, failures.length > 0 ? 'sync failed' : 'sync done');
  const { resumed, startedAt } = run;
  return { operationId, resumed, counts, startedAt, finishedAt, synced: synced.length, failures };
}
