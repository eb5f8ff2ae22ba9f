import { describe, expect, it } from 'vitest';
import type { WorkflowStep } from '../../canonical/workflow/index.ts';
import { compileCondition, everyStep, shippedWorkflows } from '../../modules/workflows/index.ts';
import { workflowAction, workflowActions } from './index.ts';

const workflows = shippedWorkflows();

/** Every condition of a step, with whether it may come to a time. */
function conditionsOf(step: WorkflowStep): readonly (readonly [string, 'yes' | 'yes_or_time'])[] {
  if ('branch' in step) return step.branch.map(({ when }) => [when, 'yes']);
  if ('waitUntil' in step) return typeof step.waitUntil === 'string' ? [[step.waitUntil, 'yes_or_time']] : [];
  return 'when' in step && step.when !== undefined ? [[step.when, 'yes']] : [];
}

describe('the shipped workflows', () => {
  it('are fifteen, each by a number and a name of its own', () => {
    expect(workflows.map(({ number }) => number)).toEqual(
      Array.from({ length: 15 }, (_, n) => `W${String(n + 1).padStart(2, '0')}`),
    );
    expect(new Set(workflows.map(({ definition }) => definition.name)).size).toBe(15);
    for (const { definition } of workflows) expect(definition.purpose, definition.name).toBeTruthy();
  });

  it.each(workflows.map((each) => [each.definition.name, each] as const))(
    '%s has conditions that are right, and actions that there are, with what they take',
    (_name, { definition }) => {
      const steps = everyStep(definition.steps).map(({ step }) => step);
      for (const [text, gives] of [[definition.when, 'yes'] as const, ...steps.flatMap(conditionsOf)])
        expect(compileCondition(definition.record, text, gives).problems, text).toBeUndefined();
      for (const step of steps) {
        if (!('action' in step)) continue;
        const action = workflowAction(step.action);
        expect(action, step.action).toBeDefined();
        expect(action?.appliesTo, step.action).toContain(definition.record);
        expect(action?.problems(step.with, definition.record), step.id).toEqual([]);
      }
    },
  );

  it('use every action but those that a person builds workflows of their own with', () => {
    const used = new Set(
      workflows.flatMap(({ definition }) =>
        everyStep(definition.steps).flatMap(({ step }) => ('action' in step ? [step.action] : [])),
      ),
    );
    expect(workflowActions.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([
      'alert',
      'launch_scan',
      'make_poam',
      'request_deviation',
      'request_extension',
      'tag',
      'update_asset',
      'webhook',
    ]);
  });
});

describe('an action', () => {
  it('says which input is wrong, and which field a text misspells', () => {
    const task = workflowAction('task');
    expect(task?.problems({ what: 'Look at {poam.ownr}', too: 'x' }, 'poam')).toEqual([
      { path: '', message: expect.stringContaining('too: task takes no such input') as string },
      { path: 'what', message: '{poam.ownr} is no field of a poam: did you mean {poam.owner}?' },
    ]);
    expect(task?.problems({}).map(({ path }) => path)).toEqual(['what']);
    expect(workflowAction('notify')?.problems({ say: 'x' })).toEqual([
      { path: 'roles', message: 'say who: roles, people, or both' },
    ]);
  });

  it('says how it is taken back, and what a form asks for', () => {
    for (const { name, undo, title, inputs } of workflowActions) {
      expect(undo.length, name).toBeGreaterThan(10);
      expect(title.length, name).toBeGreaterThan(10);
      expect(inputs(), name).toMatchObject({ type: 'object' });
    }
  });
});
