import type { Workflow, WorkflowDetail, WorkflowRun } from '../../api/workflows.ts';
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
  trigger,
}: Pick<Workflow, 'triggerKind' | 'triggerEvent' | 'trigger'>): string =>
  triggerEvent ?? [triggerKind.replaceAll('_', ' '), trigger ?? ''].join(' ').trim();

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

type Version = WorkflowDetail['versions'][number];

export const versionWords: Readonly<Record<Version['state'], string>> = {
  waiting: 'waits for another person',
  approved: 'approved',
  rejected: 'rejected',
  replaced: 'replaced before it was decided',
};

/** Why a person does not decide about the version that is shown; undefined where nothing is known against it. The server decides. */
export function whyNotDecide(
  { owner, versions }: WorkflowDetail,
  shown: Version | undefined,
  me: string,
): string | undefined {
  const waiting = versions.find(({ state }) => state === 'waiting');
  if (waiting?.savedBy === me) return 'You saved this version: another person decides.';
  if (owner === me) return 'You own this workflow: another person decides.';
  if (waiting && shown?.version !== waiting.version)
    return `Version ${waiting.version} waits, and version ${shown?.version} is shown: read it first.`;
  return undefined;
}

export const whyNotRelease = ({ owner }: WorkflowDetail, me: string): string | undefined =>
  owner === me ? 'You own this workflow: its limit asks another person.' : undefined;

export function whyNotOwn(
  { owner, approvedVersion, versions }: WorkflowDetail,
  me: string,
): string | undefined {
  if (owner === me) return 'You own it already.';
  return versions.find(({ version }) => version === approvedVersion)?.decidedBy === me
    ? 'You approved the version that runs: another person takes it over.'
    : undefined;
}
