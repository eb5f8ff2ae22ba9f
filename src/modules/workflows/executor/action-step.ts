/** A step that carries out an action: with the owner's rights as they are now, in the transaction of the step. */
import { isWithin, scopeFor } from '../../../canonical/access/index.ts';
import type { ActionStep } from '../../../canonical/workflow/index.ts';
import { withOperation } from '../../../ledger/operations/index.ts';
import type { RunnableAction, Snapshot } from '../parts.ts';
import { evaluate, recordGone, snapshotOfRun } from './read-condition.ts';
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

interface Concluded {
  readonly keep: boolean;
  readonly result: StepResult;
}

/** What is simulated, and what did nothing, is taken back with the operation under which it was tried. */
async function carriedOut(
  { app, run, owner, at }: Working,
  step: ActionStep,
  action: RunnableAction,
  snapshot: Snapshot,
): Promise<StepResult> {
  const simulate = run.mode === 'simulate';
  const spec = {
    type: 'update',
    system: 'tieline',
    step: `workflow ${run.workflow}`,
    metadata: { workflowStep: step.id },
  } as const;
  return app.store.asOne<StepResult>(async (store) => {
    const within = { ...app, store, db: store.db };
    return withOperation<Concluded>(store.db, spec, async ({ id, count }) => {
      const { outcome, why, changes } = await action.carryOut(
        {
          app: within,
          owner,
          now: at,
          operation: () => Promise.resolve(id),
          simulate,
          key: `${run.executionId}/${step.id}`,
          workflow: run.workflow,
        },
        snapshot,
        step.with,
      );
      const said = { code: 'said', params: { text: why } } as const;
      if (outcome === 'refused') return { keep: false, result: { is: 'failed', why: said } };
      const isKept = outcome === 'done' && !simulate;
      if (isKept) await count({ read: 1, updated: 1 });
      const shown = outcome === 'done' ? (simulate ? 'would_do' : 'done') : 'nothing_to_do';
      const told = [{ outcome: shown, why: said, changes, ...(isKept ? { operationId: id } : {}) } as const];
      return { keep: isKept, result: { is: 'done', told } };
    });
  });
}
