/**
 * Advances runs: one step after another, each in one transaction with its trace, until the run waits or is over.
 *
 * A process may be killed at any point: a step whose transaction did not commit did not happen, neither what its action changed nor what it put
 * into a ledger to be sent; the queue gives the run to another worker, which does that step again. What leaves the house does so from the
 * ledgers (outbox, deliveries), which send once.
 *
 * Rejected: keeping runs in memory with checkpoints (what was done between two of them happens twice), and a job a step (five times the work of
 * the queue for no gain: a run that waits holds no job anyhow).
 */
import { createHash } from 'node:crypto';
import { canonical } from '../../../engine/merge/index.ts';
import type { App } from '../../../engine/run/index.ts';
import { markWorkflowRun } from '../../../ledger/operations/index.ts';
import type { WorkflowDefinition } from '../../../canonical/workflow/index.ts';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';
import { isDatabaseFault, isToBeDoneAgain } from '../../../platform/postgres/index.ts';
import { type PlannedStep, planOf } from '../definition/index.ts';
import type { WorkflowParts } from '../parts.ts';
import { fetchRunDefinition, lockRun, moveRun, type OpenRun, writeTraces } from '../rows/runs.sql.ts';
import { haltWorkflow } from './halt.ts';
import { actionStep } from './action-step.ts';
import { approvalStep } from './approval-step.ts';
import { branchStep, waitStep } from './waiting-steps.ts';
import { applyStep, type StepResult, type Working } from './step-result.ts';

/** Of a definition as it is approved: what was changed beside Tieline has another one. */
export const checksumOf = (definition: WorkflowDefinition): string =>
  createHash('sha256')
    .update(JSON.stringify(canonical(definition as never)))
    .digest('hex'); // a workflow is JSON

type Program = ReadonlyMap<string, PlannedStep>;
/** Versions never change, so what was read of one is kept; the key bears its checksum. */
const programs = new Map<string, Program>();
const programsKept = 500;

async function programOf(app: App, run: OpenRun): Promise<Program | undefined> {
  const key = `${run.workflowId}:${run.version}:${run.sha256 ?? ''}`;
  const known = programs.get(key);
  if (known) return known;
  const definition = await fetchRunDefinition(app.db, run);
  if (!definition || checksumOf(definition) !== run.sha256) return undefined;
  const program = planOf(definition.steps);
  if (programs.size >= programsKept) programs.delete(programs.keys().next().value ?? '');
  programs.set(key, program);
  return program;
}

/** `over`: nothing more is to be done now; it waits, ended, or is another's. */
type Progress = 'more' | 'over';

/** A run that has so many steps in a row is put back, so that others have their turn. */
const stepsInARow = 200;

/**
 * Does what a run can do now.
 * @throws what may pass (the database is away, a lock was waited for too long): the queue tries again later.
 */
export async function advanceRun(
  app: App,
  parts: WorkflowParts,
  executionId: string,
  signal: AbortSignal,
): Promise<void> {
  for (let step = 0; step < stepsInARow; step += 1) {
    signal.throwIfAborted();
    if ((await nextStep(app, parts, executionId)) === 'over') return;
  }
}

/** So often a step that failed for a reason that may pass is tried before the run fails. */
export const attemptsAtMost = 8;

async function nextStep(app: App, parts: WorkflowParts, executionId: string): Promise<Progress> {
  try {
    return await app.store.asOne(async (store) => {
      const within = { ...app, store, db: store.db };
      const run = await lockRun(store.db, executionId, ['pending']);
      if (!run) return { keep: false, result: 'over' };
      await markWorkflowRun(store.db, executionId);
      return { keep: true, result: await doStep(within, parts, run) };
    });
  } catch (error) {
    return afterFailure(app, parts, executionId, error);
  }
}

async function doStep(app: App, parts: WorkflowParts, run: OpenRun): Promise<Progress> {
  const at = app.now();
  const program = run.isApproved ? await programOf(app, run) : undefined;
  if (!program) {
    await haltWorkflow(app, run, { code: 'version_changed' }, at);
    return 'over';
  }
  const owner = await parts.ownerOf(run.ownerPrincipal, run.owner);
  if (!owner) {
    await haltWorkflow(app, run, { code: 'owner_gone', params: { owner: run.owner } }, at);
    return 'over';
  }
  const planned = program.get(run.currentStep ?? '');
  // A run begins with a step, and each names the next: there is none only where the run is over.
  if (!planned) throw new Error(`the workflow ${run.workflow} has no step ${run.currentStep ?? ''}`);
  const working: Working = { app, parts, run, owner, planned, at };
  return applyStep(working, await resultOf(working));
}

/** Gather and decide, by the kind of the step; an action and a question also act, in the transaction of the step. */
function resultOf(working: Working): Promise<StepResult> {
  const { step } = working.planned;
  if ('action' in step) return actionStep(working, step);
  if ('approve' in step) return approvalStep(working, step);
  if ('waitUntil' in step) return waitStep(working, step);
  return branchStep(working, step);
}

const mayPass = (error: unknown): boolean =>
  isDatabaseFault(error) ||
  isToBeDoneAgain(error) ||
  (error instanceof TielineError && error.entry.retryable);

/** What a step threw was rolled back with everything it did; here it is recorded, and decided whether it is tried again. */
async function afterFailure(
  app: App,
  parts: WorkflowParts,
  executionId: string,
  error: unknown,
): Promise<Progress> {
  const mayBeTriedAgain = mayPass(error);
  const result = await app.store.asOne(async (store) => {
    const within = { ...app, store, db: store.db };
    const run = await lockRun(store.db, executionId, ['pending']);
    if (!run) return { keep: false, result: 'over' as const };
    const at = app.now();
    const attempts = run.attempts + 1;
    if (mayBeTriedAgain && attempts < attemptsAtMost) {
      await moveRun(store.db, run, { event: 'step_done', attempts }, at);
      return { keep: true, result: 'again' as const };
    }
    const text = messageOf(error);
    const why = mayBeTriedAgain
      ? ({ code: 'given_up', params: { attempts, text } } as const)
      : ({ code: 'error', params: { text } } as const);
    const program = await programOf(within, run);
    const planned = program?.get(run.currentStep ?? '');
    const owner = await parts.ownerOf(run.ownerPrincipal, run.owner);
    if (planned && owner)
      return {
        keep: true,
        result: await applyStep({ app: within, parts, run, owner, planned, at }, { is: 'failed', why }),
      };
    await writeTraces(
      store.db,
      [executionId],
      { stepId: run.currentStep, kind: 'run', outcome: 'failed', why },
      at,
    );
    await moveRun(store.db, run, { event: 'step_failed', problem: why }, at);
    return { keep: true, result: 'over' as const };
  });
  if (result === 'again') throw error;
  app.log.warn({ err: error, run: executionId }, `a step of a workflow failed: ${messageOf(error)}`);
  return result;
}
