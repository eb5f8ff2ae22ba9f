/** A step that carries out an action: with the owner's rights as they are now, in the transaction of the step. */
import { isWithin, scopeFor } from '../../../canonical/access/index.ts';
import type { ActionStep } from '../../../canonical/workflow/index.ts';
import { defined } from '../../../platform/values/index.ts';
import type { RunnableAction, Snapshot } from '../parts.ts';
import { evaluate, recordGone, snapshotOfRun } from './read-condition.ts';
import { findOperationOfRun, lastOperationNumber } from '../rows/operations.sql.ts';
import type { StepResult, Working } from './step-result.ts';

export async function actionStep(working: Working, step: ActionStep): Promise<StepResult> {
  const snapshot = await snapshotOfRun(working);
  if (!snapshot) return { is: 'failed', why: recordGone };
  if (step.when !== undefined) {
    const judged = evaluate(working, snapshot, step.when);
    if (judged.is === 'failed') return judged;
    if (judged.is !== 'true')
      return {
        is: 'done',
        told: [{ outcome: 'skipped', why: judged.is === 'false' ? judged.why : { code: 'condition_false' } }],
        to: step.else?.[0]?.id,
      };
  }
  const action = working.parts.action(step.action);
  if (!action) return { is: 'failed', why: { code: 'action_unknown', params: { action: step.action } } };
  const [problem] = action.problems(step.with, snapshot.kind);
  if (problem)
    return {
      is: 'failed',
      why: { code: 'inputs_wrong', params: { text: `${problem.path}: ${problem.message}` } },
    };
  return refusalOf(working, action, snapshot) ?? (await carriedOut(working, step, action, snapshot));
}

/** Who owns the workflow may have lost the right since it was approved: everywhere, and it stops; here, and the step fails. */
function refusalOf(
  { owner, at }: Working,
  { permission }: RunnableAction,
  { boundary }: Snapshot,
): StepResult | undefined {
  const held = scopeFor(owner, permission, at);
  const params = { owner: owner.name, permission };
  if (!held) return { is: 'halts', why: { code: 'owner_lacks', params } };
  return isWithin(held, boundary) ? undefined : { is: 'failed', why: { code: 'not_here', params } };
}

/** What is simulated, and what did nothing, is taken back by the action itself. */
async function carriedOut(
  { app, run, owner, at }: Working,
  step: ActionStep,
  action: RunnableAction,
  snapshot: Snapshot,
): Promise<StepResult> {
  const simulate = run.mode === 'simulate';
  const before = await lastOperationNumber(app.db);
  const { outcome, why, changes } = await action.carryOut(
    { app, owner, now: at, simulate, key: `${run.executionId}/${step.id}`, workflow: run.workflow },
    snapshot,
    step.with,
  );
  const said = { code: 'said', params: { text: why } } as const;
  if (outcome === 'refused') return { is: 'failed', why: said };
  const shown = outcome === 'done' ? (simulate ? 'would_do' : 'done') : 'nothing_to_do';
  const operationId = shown === 'done' ? await findOperationOfRun(app.db, run, before) : undefined;
  return { is: 'done', told: [{ outcome: shown, why: said, changes, ...defined({ operationId }) }] };
}
