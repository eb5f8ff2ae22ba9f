import { workflowModes } from '../workflow/index.ts';
import { defineList, systemFilter } from './define-list.ts';

/** Where a run is; what moves it from one to another is in src/modules/workflows/executor/run-states.ts. */
export const workflowRunStates = [
  'pending',
  'waiting',
  'asking',
  'held',
  'halted',
  'completed',
  'ended',
  'failed',
  'cancelled',
] as const;

export const workflowRunList = defineList({
  noun: 'workflow-runs',
  filters: {
    workflow: { kind: 'word', example: 'kev-arrives', title: 'of which workflow, by name' },
    state: { kind: 'choice', known: workflowRunStates, title: 'where it is' },
    mode: {
      kind: 'choice',
      known: workflowModes.filter((mode) => mode !== 'off'),
      title: 'simulated or live',
    },
    system: systemFilter,
    record: { kind: 'word', example: 'POAM-2026-0001', title: 'the record it is about, by id' },
    trigger: {
      kind: 'word',
      example: 'finding.reopened',
      title: 'what started it: an event, schedule, metric, by_hand',
    },
    started: { kind: 'instant', lies: 'behind', title: 'when it started' },
    by: { kind: 'word', example: 'jdoe', isPerson: true, title: 'who started it by hand' },
  },
  sorts: ['started'],
  defaultSort: '-started',
  facets: ['workflow', 'state', 'mode', 'system'],
});
