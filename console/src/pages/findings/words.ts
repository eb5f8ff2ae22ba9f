import type { FindingState, PoamState } from '../../api/findings.ts';

export const stateWords: Record<FindingState, string> = {
  open: 'Open',
  reopened: 'Came back',
  fixed: 'Fixed',
  missing: 'No longer shown',
  gone: 'Machine gone',
};
export const poamWords: Record<PoamState, string> = {
  open: 'Open',
  overdue: 'Overdue',
  completed: 'Ended',
};
export const eventWords = {
  found: 'Found',
  seen: 'Seen',
  fixed: 'Fixed',
  reopened: 'Came back',
  accepted: 'Accepted',
  other: '',
} as const;
export const words = {
  title: 'Findings',
  many: 'findings',
  nothingYet: 'No scan has been read. Import a scan file or run a sync, and findings appear here.',
  concluded: 'Concluded from a scan that covered this host and did not see it again',
  sameElsewhere: (count: number): string =>
    count === 1
      ? '1 other asset has this finding'
      : `${count.toLocaleString('en')} other assets have this finding`,
};
