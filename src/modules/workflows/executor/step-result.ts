/** What a step came to, and what that does to its run and to its trace: the one place where a run moves on. */
import type { Actor } from '../../../canonical/access/index.ts';
import type { WorkflowStep } from '../../../canonical/workflow/index.ts';
import type { App } from '../../../engine/run/index.ts';
import type { PlannedStep } from '../definition/index.ts';
import type { ActionChange, WorkflowParts } from '../parts.ts';
import { moveRun, type OpenRun, type TraceToWrite, writeTraces } from '../rows/runs.sql.ts';
import { haltWorkflow } from './halt.ts';
import type { TraceOutcome, Why } from './trace-words.ts';

/** What a step is done with. */
export interface Working {
  /** Over the one transaction of the step. */
  readonly app: App;
  readonly parts: WorkflowParts;
  readonly run: OpenRun;
  readonly owner: Actor;
  readonly planned: PlannedStep;
  readonly at: Date;
}

interface Told {
  readonly outcome: TraceOutcome;
  readonly why: Why;
  readonly changes?: readonly ActionChange[];
  readonly operationId?: string;
  readonly by?: string;
}

export type StepResult =
  /** It is done. `to`: the step that runs next; absent: the one after it. */
  | { readonly is: 'done'; readonly told: readonly Told[]; readonly to?: string | undefined }
  /** It waits, for a time, a condition or people; looked at again at `wakeAt`. */
  | {
      readonly is: 'waits';
      readonly for: 'time' | 'people';
      readonly wakeAt: Date;
      readonly told: readonly Told[];
      readonly noted: number;
    }
  /** The run ends here, as the workflow says. */
  | { readonly is: 'ends'; readonly told: readonly Told[] }
  /** What the step is to do on an error says whether the run continues. */
  | { readonly is: 'failed'; readonly why: Why }
  /** The workflow may not run any more: it stops, this run and all others of it. */
  | { readonly is: 'halts'; readonly why: Why };

const kindOf = (step: WorkflowStep): TraceToWrite['kind'] =>
  'action' in step ? 'action' : 'approve' in step ? 'approve' : 'waitUntil' in step ? 'wait' : 'branch';

const onErrorOf = (step: WorkflowStep): 'stop' | 'continue' => ('action' in step ? step.onError : 'stop');

/** Writes what a step came to: its trace, and where its run is now. */
export async function applyStep(working: Working, result: StepResult): Promise<'more' | 'over'> {
  const { app, run, planned, at } = working;
  const { step, next } = planned;
  const tell = async (told: Told): Promise<void> =>
    writeTraces(app.db, [run.executionId], { stepId: step.id, kind: kindOf(step), ...told }, at);
  if (result.is === 'halts') {
    await haltWorkflow(app, run, result.why, at);
    return 'over';
  }
  if (result.is === 'failed') {
    const continues = onErrorOf(step) === 'continue';
    await tell({ outcome: continues ? 'continued_after_failure' : 'failed', why: result.why });
    if (continues) return advance(working, next);
    await moveRun(app.db, run, { event: 'step_failed', problem: result.why }, at);
    return 'over';
  }
  for (const told of result.told) await tell(told);
  if (result.is === 'done') return advance(working, result.to ?? next);
  if (result.is === 'ends') {
    await moveRun(app.db, run, { event: 'ended_early', step: null }, at);
    return 'over';
  }
  const event = result.for === 'time' ? 'wait_began' : 'asked';
  await moveRun(app.db, run, { event, wakeAt: result.wakeAt, reminded: result.noted }, at);
  return 'over';
}

async function advance({ app, run, at }: Working, next: string | undefined): Promise<'more' | 'over'> {
  const event = next === undefined ? 'last_step_done' : 'step_done';
  await moveRun(app.db, run, { event, step: next ?? null }, at);
  return next === undefined ? 'over' : 'more';
}
