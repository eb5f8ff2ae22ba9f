import type { Permission } from '../../../../src/canonical/access/index.ts';
import type { Search } from '../../kit/search.ts';

export interface Waiting {
  readonly title: string;
  readonly noun: 'poams' | 'findings' | 'assets' | 'milestones' | 'systems';
  readonly filters: Search;
  readonly tone: 'bad' | 'attention' | 'plain';
}
export interface Part {
  readonly title: string;
  readonly permission: Permission;
  readonly rows: readonly Waiting[];
}

const open = 'open,reopened';
const promised: Part = {
  title: 'What has been promised',
  permission: 'poam:read',
  rows: [
    { title: 'POA&Ms overdue', noun: 'poams', filters: { overdue: 'yes' }, tone: 'bad' },
    { title: 'Late against their obligation', noun: 'poams', filters: { late: 'yes' }, tone: 'bad' },
    { title: 'Due within 7 days', noun: 'poams', filters: { open: 'yes', due: '0d..7d' }, tone: 'attention' },
    { title: 'Due within 30 days', noun: 'poams', filters: { open: 'yes', due: '0d..30d' }, tone: 'plain' },
    {
      title: 'Reviews of POA&Ms late',
      noun: 'poams',
      filters: { open: 'yes', unreviewed: 'yes' },
      tone: 'attention',
    },
    {
      title: 'Obliged within 30 days',
      noun: 'poams',
      filters: { open: 'yes', obliged: '0d..30d' },
      tone: 'plain',
    },
    { title: 'Milestones overdue', noun: 'milestones', filters: { overdue: 'yes' }, tone: 'attention' },
    { title: 'In conflict with Xacta', noun: 'poams', filters: { agreement: 'conflict' }, tone: 'bad' },
    { title: 'Refused by Xacta', noun: 'poams', filters: { agreement: 'refused' }, tone: 'bad' },
    { title: 'Waiting for approval', noun: 'poams', filters: { agreement: 'approval' }, tone: 'attention' },
    { title: 'Ended, but a finding is open', noun: 'poams', filters: { contradiction: 'yes' }, tone: 'bad' },
    {
      title: 'No open finding left: could be closed',
      noun: 'poams',
      filters: { open: 'yes', findings: 'none' },
      tone: 'plain',
    },
  ],
};
const found: Part = {
  title: 'What has been found',
  permission: 'finding:read',
  rows: [
    {
      title: 'Critical and high, new this week',
      noun: 'findings',
      filters: { severity: 'Critical,High', state: open, first: '7d..' },
      tone: 'attention',
    },
    { title: 'Came back', noun: 'findings', filters: { state: 'reopened' }, tone: 'attention' },
    {
      title: 'Exploit available, over 7 days',
      noun: 'findings',
      filters: { exploit: 'yes', state: open, first: '..7d' },
      tone: 'bad',
    },
    {
      title: 'Critical and high without POA&M',
      noun: 'findings',
      filters: { severity: 'Critical,High', state: open, poam: 'none' },
      tone: 'bad',
    },
    {
      title: 'Past the day they were due',
      noun: 'findings',
      filters: { state: open, due: '..0d' },
      tone: 'bad',
    },
    { title: 'Fixed this week', noun: 'findings', filters: { fixed: '7d..' }, tone: 'plain' },
  ],
};
const machines: Part = {
  title: 'Machines',
  permission: 'asset:read',
  rows: [
    { title: 'In no system', noun: 'assets', filters: { system: 'none' }, tone: 'attention' },
    { title: 'Not seen for 30 days', noun: 'assets', filters: { seen: '..30d' }, tone: 'plain' },
    { title: 'No longer reported', noun: 'assets', filters: { state: 'unreported' }, tone: 'plain' },
  ],
};

/** An analyst begins with what was found, everybody else with what was promised. */
export const partsOf = (roles: readonly string[]): readonly Part[] =>
  roles.includes('analyst') ? [found, machines, promised] : [promised, found, machines];
