import type { Workflow, WorkflowRun } from '../../api/workflows.ts';
import type { RecordKind } from '../../kit/record-link.tsx';

export const words = {
  title: 'Workflows',
  lead: 'What happens by itself: something in the record starts a run, its steps do what a person would, with the rights of its owner. It runs once another person has approved it.',
  runs: 'Workflow runs',
  manyRuns: 'runs',
  noRuns: 'A run is one workflow about one record, with a trace of each step.',
  none: 'There are no workflows yet. Begin with one of those below: it is yours once you save it, and off until it is approved and switched.',
};

export const modeWords: Readonly<Record<Workflow['mode'], string>> = {
  off: 'off',
  simulate: 'simulating',
  live: 'live',
};

export const stateWords: Readonly<Record<WorkflowRun['state'], string>> = {
  pending: 'to be continued',
  waiting: 'waiting',
  asking: 'waits for a decision',
  held: 'held by the limit',
  halted: 'halted',
  completed: 'completed',
  ended: 'ended early',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** Those that a person is to look at. */
export const isGrave = (state: WorkflowRun['state']): boolean => ['failed', 'held', 'halted'].includes(state);

/** How a workflow stands, in a word or two. */
export function standing({ stopped, mode, approvedVersion, waitsForApproval }: Workflow): string {
  if (stopped) return 'stopped';
  if (approvedVersion === null) return 'not approved';
  return waitsForApproval ? `${modeWords[mode]}, a version waits` : modeWords[mode];
}

export const triggerWords = ({
  triggerKind,
  triggerEvent,
}: Pick<Workflow, 'triggerKind' | 'triggerEvent'>): string =>
  triggerEvent ?? triggerKind.replaceAll('_', ' ');

/** Pages of records that runs are about. */
export const linkKinds: Partial<Readonly<Record<WorkflowRun['recordKind'], RecordKind>>> = {
  finding: 'finding',
  poam: 'poam',
  deviation: 'deviation',
  asset: 'asset',
  system: 'system',
  scan: 'system',
};

export const outcomeWords = (outcome: string): string => outcome.replaceAll('_', ' ');
