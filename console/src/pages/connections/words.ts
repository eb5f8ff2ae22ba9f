import { plural } from '../../kit/plural.ts';
import { entityWords } from '../../kit/entities.ts';
import type { Check, ConnectionDetail, ConnectionRow, Setting, TrustLevel } from '../../api/connections.ts';
import { valueWords } from '../../kit/marks/values.tsx';

export const words = {
  title: 'Connections',
  none: 'No connections yet. Tieline reads from a scanner and keeps a GRC system in agreement with it: add one of each.',
  files: 'This connection stands for scan files that were imported: there is no server behind it.',
  removal:
    'Its secrets are erased, what waits for it is withdrawn, its schedules and open conflicts end. Findings, POA&Ms, links and history stay as they were last seen. The same name, type and address, added again, continue it.',
};

export const isFiles = ({ url }: Pick<ConnectionRow, 'url'>): boolean => url === 'file:';

interface Told {
  readonly text: string;
  readonly tone: string;
}
const states: Readonly<Record<ConnectionRow['state'], Told>> = {
  running: { text: 'Running', tone: '' },
  failing: { text: 'Failing', tone: 'bad strong' },
  late: { text: 'Late', tone: 'attention strong' },
  paused: { text: 'Paused', tone: 'attention' },
  off: { text: 'Off', tone: 'quiet' },
  'on time': { text: 'On time', tone: 'good' },
};
/** Its state in a word; where only sending is paused, that. */
export function stateOf(row: ConnectionRow): Told {
  if (isFiles(row)) return { text: 'Imported files', tone: 'quiet' };
  if (row.state === 'paused' && row.pausedAt === null) return { text: 'Nothing is sent', tone: 'attention' };
  return states[row.state];
}

export const trustOrder: readonly TrustLevel[] = ['read_only', 'plan_only', 'approved', 'automatic'];
export const trustWords: Readonly<
  Record<TrustLevel, { readonly title: string; readonly means: string; readonly step: string }>
> = {
  read_only: {
    title: 'Read only',
    means: 'It is read from. Nothing is planned for it and nothing is sent.',
    step: 'Only read from it',
  },
  plan_only: {
    title: 'Plan only',
    means: 'What would be sent is planned and waits in the outbox, to be looked at. Nothing is sent.',
    step: 'Plan what would be sent',
  },
  approved: {
    title: 'With approval',
    means: 'What a person approves is sent, and nothing else.',
    step: 'Send what is approved',
  },
  automatic: {
    title: 'Automatic',
    means: 'Changes are sent by themselves. Policies of single records can still ask for approval.',
    step: 'Send by itself',
  },
};

export const checkTone: Readonly<Record<Check['status'], { readonly text: string; readonly tone: string }>> =
  {
    ok: { text: '✓ ok', tone: 'good' },
    warning: { text: '▲ warning', tone: 'attention strong' },
    failed: { text: '✕ failed', tone: 'bad strong' },
  };
/** Of the latest result that is kept. */
export const healthTone: Readonly<Record<string, Check['status']>> = {
  healthy: 'ok',
  degraded: 'warning',
  unhealthy: 'failed',
};
export const kindWords: Readonly<Record<string, string>> = {
  connectivity: 'Reach and clock',
  authentication: 'Sign-in',
  permission: 'Permissions',
  data_sync: 'Last sync',
};

export const secretStates: Readonly<Record<NonNullable<Setting['state']>, { text: string; tone: string }>> = {
  set: { text: 'set', tone: '' },
  unreadable: { text: 'cannot be read with the present key: enter it again', tone: 'bad' },
  missing: { text: 'missing', tone: 'bad strong' },
  'not needed': { text: 'not needed', tone: 'quiet' },
};

/** `poll_interval_seconds` is what people search for in the documents: the name stays as it is. */
export const settingValue = (value: unknown): string => valueWords(value);

/** Descriptions are written for a terminal. */
export const plainWords = (text: string): string => text.replaceAll('`', '');

/** What hangs on it, for the question whether it is to be removed. */
export function hangingWords({ hangs }: Pick<ConnectionDetail, 'hangs'>): readonly string[] {
  const links = Object.entries(hangs.links).filter(([, count]) => count > 0);
  return [
    ...links.map(
      ([entity, count]) => `${count.toLocaleString('en')} linked records (${entityWords(entity)})`,
    ),
    ...(hangs.assetsOnlyHere > 0
      ? [`${plural(hangs.assetsOnlyHere, 'asset')} that no other connection reports`]
      : []),
    ...(hangs.unsent > 0 ? [`${plural(hangs.unsent, 'change')} not sent yet`] : []),
    ...(hangs.unclear > 0 ? [`${plural(hangs.unclear, 'change')} sent without a known outcome`] : []),
    ...(hangs.conflicts > 0 ? [plural(hangs.conflicts, 'open conflict')] : []),
    ...(hangs.schedules > 0 ? [plural(hangs.schedules, 'schedule')] : []),
  ];
}
