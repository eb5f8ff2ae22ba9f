/** The fields of actions in the form of a workflow, from the schemas that the registry gives. */
import { describe, expect, it } from 'vitest';
import { inputsOf } from '../../console/src/pages/workflows/form/inputs.ts';
import { newStep, stepKindOf } from '../../console/src/pages/workflows/form/new-step.ts';
import { workflowAids } from '../../src/contract/index.ts';
import { workflowAidsOf } from '../../src/operate/workflow-actions/index.ts';

const aids = workflowAids.parse(workflowAidsOf());
const shapesOf = (action: string) =>
  Object.fromEntries(
    inputsOf(aids.actions.find(({ name }) => name === action)?.inputs ?? {}).map((each) => [each.name, each]),
  );

describe('the inputs of an action as fields', () => {
  it('people, channels, connections and report templates are chosen from their lists', () => {
    expect(shapesOf('assign')['to']).toMatchObject({
      isRequired: true,
      shape: { is: 'text', picks: 'assignee' },
    });
    expect(shapesOf('notify')['people']?.shape).toMatchObject({ is: 'texts', picks: 'assignee' });
    expect(shapesOf('webhook')['channel']?.shape).toMatchObject({ picks: 'channel' });
    expect(shapesOf('launch_scan')['connection']?.shape).toMatchObject({ picks: 'connection' });
    expect(shapesOf('make_report')['template']?.shape).toMatchObject({ picks: 'report_template' });
  });

  it('words are selects, days are numbers, and texts take fields of the record', () => {
    expect(shapesOf('request_deviation')['kind']?.shape).toMatchObject({
      is: 'choice',
      words: expect.arrayContaining(['false_positive']),
    });
    expect(shapesOf('notify')['roles']?.shape).toEqual({
      is: 'choices',
      words: aids.roles.map(({ role }) => role),
    });
    expect(shapesOf('task')['due_in_days']).toMatchObject({ label: 'Due in days', shape: { is: 'number' } });
    expect(shapesOf('task')['what']?.shape).toMatchObject({ is: 'text', fills: true });
    expect(shapesOf('assign')['only_unassigned']?.shape).toEqual({ is: 'yes', byDefault: true });
    expect(shapesOf('update_poam')['set']?.shape).toEqual({ is: 'map', empties: true });
  });

  it('what it has no field for is YAML, and never left out', () => {
    const odd = { type: 'object', properties: { deep: { type: 'object', properties: { a: {} } }, any: {} } };
    expect(inputsOf(odd).map(({ name, shape }) => [name, shape.is])).toEqual([
      ['deep', 'yaml'],
      ['any', 'yaml'],
    ]);
  });
});

describe('a step that is added', () => {
  it('has an id of its own, and its required texts stand empty', () => {
    expect(newStep('action:task', aids.actions, ['task', 'task-2'])).toEqual({
      id: 'task-3',
      action: 'task',
      with: { what: '' },
    });
  });

  it('is of the kind that was chosen', () => {
    for (const kind of ['approve', 'waitUntil', 'branch'] as const)
      expect(stepKindOf(newStep(kind, aids.actions, []))).toBe(kind);
    expect(stepKindOf({ id: 'x', action: 'task', branch: [] })).toBeUndefined();
  });
});
