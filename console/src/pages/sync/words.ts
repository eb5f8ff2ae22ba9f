import type { Connection } from '../../api/sync.ts';
import type { Job, OperationRow, OutboxRow } from '../../api/operations.ts';

export const words = {
  title: 'Sync',
  many: 'runs',
  nothingYet: 'Nothing has run yet. A sync reads both sides, compares them and sends what differs.',
  outbox: 'Outbox',
  outboxMany: 'changes on their way out',
  outboxNothing: 'Nothing waits to be sent: all changes made here have arrived.',
};

const statuses: Readonly<Record<string, { readonly text: string; readonly tone: string }>> = {
  in_progress: { text: 'Running', tone: 'strong' },
  completed: { text: 'Completed', tone: 'good' },
  completed_with_issues: { text: 'Completed, with issues', tone: 'attention' },
  failed: { text: 'Failed', tone: 'bad strong' },
};
export const statusOf = ({ status }: Pick<OperationRow, 'status'>) =>
  statuses[status] ?? { text: status.replaceAll('_', ' '), tone: '' };

const states: Readonly<
  Record<string, { readonly text: string; readonly tone: string; readonly meaning: string }>
> = {
  waiting: {
    text: 'Waits for approval',
    tone: 'attention',
    meaning: 'It is not sent before somebody approves it.',
  },
  pending: { text: 'Waits to be sent', tone: '', meaning: 'The next sync sends it.' },
  sent: { text: 'Sent', tone: '', meaning: 'It was sent; whether it arrived is still to be confirmed.' },
  failed: { text: 'Failed', tone: 'bad strong', meaning: 'It was refused, or could not be sent.' },
  confirmed: { text: 'Arrived', tone: 'good', meaning: 'The other side has it.' },
  dropped: { text: 'Dropped', tone: 'quiet', meaning: 'Somebody decided not to send it.' },
  superseded: { text: 'Replaced', tone: 'quiet', meaning: 'A later change took its place.' },
};
export const outboxState = ({ state }: Pick<OutboxRow, 'state'>) =>
  states[state] ?? { text: state, tone: '', meaning: '' };

export const jobStates: Readonly<Record<Job['state'], string>> = {
  queued: 'The sync waits for a worker.',
  running: 'The sync runs.',
  succeeded: 'The sync is done.',
  failed: 'The sync failed.',
  cancelled: 'The sync was stopped.',
};

export const countColumns = [
  ['read', 'Read'],
  ['created', 'Created'],
  ['updated', 'Updated'],
  ['unchanged', 'Unchanged'],
  ['held', 'Held'],
  ['failed', 'Failed'],
] as const satisfies readonly (readonly [keyof OperationRow['counts'], string])[];

/** What was changed or stands out; what is zero is left out. */
export const countWords = ({ counts }: Pick<OperationRow, 'counts'>): string =>
  countColumns
    .filter(([name]) => counts[name] > 0)
    .map(([name, title]) => `${counts[name].toLocaleString('en')} ${title.toLowerCase()}`)
    .join(' · ');

const directions: Readonly<Record<string, string>> = {
  inbound: 'came in',
  outbound: 'went out',
  internal: 'made here',
};
export const directionWords = (direction: string): string => directions[direction] ?? direction;

export const connectionStates: Readonly<
  Record<
    Connection['state'],
    { readonly text: string; readonly tone: string; readonly shape: string; readonly meaning: string }
  >
> = {
  'on time': {
    text: 'On time',
    tone: 'good',
    shape: '●',
    meaning: 'It is read and sent to as its schedules say.',
  },
  running: { text: 'Running', tone: 'strong', shape: '▶', meaning: 'A run is at it now.' },
  late: {
    text: 'Late',
    tone: 'attention strong',
    shape: '▲',
    meaning: 'Something that was due did not happen.',
  },
  failing: {
    text: 'Failing',
    tone: 'bad strong',
    shape: '◆',
    meaning: 'A check of it failed the last time.',
  },
  paused: {
    text: 'Paused',
    tone: 'attention',
    shape: '❚❚',
    meaning: 'A person paused it, or sending to it.',
  },
  off: { text: 'Off', tone: 'quiet', shape: '○', meaning: 'It is left out of every sync.' },
};

const runs: Readonly<Record<string, string>> = {
  sync: 'Sync',
  plan: 'Plan of a sync',
  import: 'Import of a scan file',
  undo: 'Undo',
  export: 'Changes sent',
};
export const runWords = (type: string): string => runs[type] ?? type.replaceAll('_', ' ');
