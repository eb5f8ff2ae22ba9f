import { expect, it } from 'vitest';
import type { WorkflowDefinition } from '../../../canonical/workflow/index.ts';
import { findCircle } from './circles.ts';
import { readDefinition } from './read-definition.ts';

function workflow(name: string, event: string, action: string): WorkflowDefinition {
  const { definition, problems } = readDefinition({
    name,
    title: name,
    trigger: { event },
    record: 'poam',
    steps: [
      { id: 'wait', waitUntil: { days: 1 } },
      { id: 'do', branch: [{ when: 'true', steps: [{ id: 'act', action }] }] },
    ],
  });
  if (!definition) throw new Error(JSON.stringify(problems));
  return definition;
}
const raises = (action: string) =>
  action === 'edit' ? (['poam.changed'] as const) : action === 'make' ? (['poam.created'] as const) : [];

it('a workflow whose action raises what starts it is a circle, also deep in its steps', () => {
  expect(findCircle(workflow('one', 'poam.changed', 'edit'), [], raises)).toEqual(['one', 'one']);
  expect(findCircle(workflow('one', 'poam.changed', 'tell'), [], raises)).toBeUndefined();
});

it('a circle over others is found, the shortest of them', () => {
  const others = [
    workflow('two', 'poam.created', 'edit'),
    workflow('three', 'poam.created', 'tell'),
    workflow('four', 'poam.changed', 'tell'),
  ];
  expect(findCircle(workflow('one', 'poam.changed', 'make'), others, raises)).toEqual(['one', 'two', 'one']);
  expect(findCircle(workflow('one', 'sync.conflict', 'make'), others, raises)).toBeUndefined();
});

it('a circle of others is not held against a workflow that does not close it', () => {
  const others = [workflow('two', 'poam.changed', 'edit')];
  expect(findCircle(workflow('one', 'sync.conflict', 'edit'), others, raises)).toBeUndefined();
});
