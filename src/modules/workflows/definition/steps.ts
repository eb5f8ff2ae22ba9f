/** The steps of a workflow as a plan that a run follows: each by its id, with what comes after it. Pure. */
import type { WorkflowStep } from '../../../canonical/workflow/index.ts';

/** A step, and the id of the one that runs after it; undefined: the run is over then. */
export interface PlannedStep {
  readonly step: WorkflowStep;
  readonly next: string | undefined;
  /** How deep it lies, from 1. */
  readonly depth: number;
}

/** Lists of steps within a step, by where they lie in the definition. */
export function innerLists(
  step: WorkflowStep,
): readonly { readonly path: readonly (string | number)[]; readonly steps: readonly WorkflowStep[] }[] {
  if ('branch' in step)
    return [
      ...step.branch.map((one, at) => ({ path: ['branch', at, 'steps'], steps: one.steps })),
      ...(step.else ? [{ path: ['else'], steps: step.else }] : []),
    ];
  if ('approve' in step) return step.onRefused ? [{ path: ['onRefused'], steps: step.onRefused }] : [];
  if ('waitUntil' in step)
    return typeof step.onTimeout === 'string' ? [] : [{ path: ['onTimeout'], steps: step.onTimeout }];
  return step.else ? [{ path: ['else'], steps: step.else }] : [];
}

/** Every step by its id. What lies within a step continues after it; after a no nothing does that stands behind the question: it was asked first. */
export function planOf(steps: readonly WorkflowStep[]): ReadonlyMap<string, PlannedStep> {
  const plan = new Map<string, PlannedStep>();
  const add = (list: readonly WorkflowStep[], after: string | undefined, depth: number): void => {
    for (const [at, step] of list.entries()) {
      const next = list[at + 1]?.id ?? after;
      plan.set(step.id, { step, next, depth });
      const then = 'approve' in step ? undefined : next;
      for (const inner of innerLists(step)) add(inner.steps, then, depth + 1);
    }
  };
  add(steps, undefined, 1);
  return plan;
}

/** Every step, at any depth, with its path in the definition (`steps.2.else.0`). */
export function everyStep(steps: readonly WorkflowStep[]): readonly {
  readonly step: WorkflowStep;
  readonly path: readonly (string | number)[];
  readonly depth: number;
}[] {
  const walk = (
    list: readonly WorkflowStep[],
    path: readonly (string | number)[],
    depth: number,
  ): ReturnType<typeof everyStep> =>
    list.flatMap((step, at) => [
      { step, path: [...path, at], depth },
      ...innerLists(step).flatMap((inner) => walk(inner.steps, [...path, at, ...inner.path], depth + 1)),
    ]);
  return walk(steps, ['steps'], 1);
}
