/** Steps that wait and steps that choose. What a run waits for is looked at again at `wake_at`, whatever process is there then. */
import type { BranchStep, WaitStep } from '../../../canonical/workflow/index.ts';
import { evaluate, recordGone, snapshotOfRun } from './read-condition.ts';
import type { StepResult, Working } from './step-result.ts';

const dayMs = 86_400_000;
/** How often a condition that is waited for is looked at. */
export const lookEveryMs = 10 * 60_000;

const earlier = (one: Date, other: Date): Date => (one < other ? one : other);

/** A wait counts from when the run came to the step, also after the workflow was off for a while. */
export async function waitStep(working: Working, step: WaitStep): Promise<StepResult> {
  const { run, at } = working;
  const { waitUntil, timeoutDays } = step;
  if (typeof waitUntil === 'object') {
    const until = new Date(run.stepSince.getTime() + waitUntil.days * dayMs);
    if (run.mode === 'simulate') return wouldWait(until);
    return at >= until
      ? { is: 'done', told: [{ outcome: 'woke', why: { code: 'waited' } }] }
      : waits(working, until, until);
  }
  const latest = new Date(run.stepSince.getTime() + (timeoutDays ?? 1) * dayMs);
  if (run.mode === 'simulate') return wouldWait(latest);
  const snapshot = await snapshotOfRun(working);
  if (!snapshot) return { is: 'failed', why: recordGone };
  const judged = evaluate(working, snapshot, waitUntil, 'yes_or_time');
  if (judged.is === 'failed') return judged;
  const isTrue = judged.is === 'true' || (judged.is === 'time' && judged.at <= at);
  if (isTrue) return { is: 'done', told: [{ outcome: 'woke', why: { code: 'came_true' } }] };
  if (at >= latest) return timedOut(step);
  const look = judged.is === 'time' ? judged.at : new Date(at.getTime() + lookEveryMs);
  return waits(working, earlier(look, latest), latest);
}

/** `reminded` says here that the trace tells of the wait already. */
function waits({ run }: Working, wakeAt: Date, until: Date): StepResult {
  const told = { outcome: 'waits', why: { code: 'until', params: { at: until.toISOString() } } } as const;
  return { is: 'waits', for: 'time', wakeAt, told: run.reminded > 0 ? [] : [told], noted: 1 };
}

const wouldWait = (until: Date): StepResult => ({
  is: 'done',
  told: [{ outcome: 'would_wait', why: { code: 'until', params: { at: until.toISOString() } } }],
});

function timedOut({ onTimeout }: WaitStep): StepResult {
  const told = [{ outcome: 'timed_out', why: { code: 'timed_out' } }] as const;
  if (onTimeout === 'stop') return { is: 'ends', told };
  return { is: 'done', told, to: onTimeout === 'continue' ? undefined : onTimeout[0]?.id };
}

/** The first branch whose condition is true; a condition that fails is no "false": the run stops there. */
export async function branchStep(working: Working, step: BranchStep): Promise<StepResult> {
  const snapshot = await snapshotOfRun(working);
  if (!snapshot) return { is: 'failed', why: recordGone };
  for (const [at, branch] of step.branch.entries()) {
    const judged = evaluate(working, snapshot, branch.when);
    if (judged.is === 'failed') return judged;
    if (judged.is === 'true')
      return {
        is: 'done',
        told: [{ outcome: 'chosen', why: { code: 'branch', params: { number: String(at + 1) } } }],
        to: branch.steps[0]?.id,
      };
  }
  return { is: 'done', told: [{ outcome: 'chosen', why: { code: 'no_branch' } }], to: step.else?.[0]?.id };
}
