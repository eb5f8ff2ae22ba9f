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

export const workWords = {
  open: 'open',
  in_progress: 'in progress',
  blocked: 'blocked',
  fix_reported: 'reported fixed',
  fixed: 'fixed',
} as const;
export const validationWords = {
  waiting: 'waits for a scan that begins after the report',
  shown_fixed: 'a scan showed it fixed',
  refuted: 'a scan still showed it, or it came back',
} as const;
/** Fields of the work, as its history names them. */
export const workFieldWords: Readonly<Record<string, string>> = {
  remediation_status: 'State',
  validation_status: 'Proof',
  assigned_to: 'Whose',
  due_date: 'To be fixed by',
  remediation_plan: 'Plan',
  note: 'Note',
  effort_estimate_hours: 'Effort',
  cost_estimate: 'Cost',
  fix_reported_at: 'Reported fixed',
};
