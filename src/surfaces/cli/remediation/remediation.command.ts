import { findingList } from '../../../canonical/lists/index.ts';
import { saidStatuses } from '../../../canonical/vocabulary/index.ts';
import type { FirstLevel, OptionSpec } from '../kit/command.ts';
import { decisionOptions, wholeNumber } from '../kit/flags.ts';
import { filterOption, listOptions } from '../lists/list-flags.ts';

/** Which findings: named by key, or all of a filter. */
const selection: readonly OptionSpec[] = [
  filterOption,
  { flags: '--yes', description: 'do it; without, it is tried and shown', default: false },
  ...decisionOptions,
];
const note: OptionSpec = { flags: '--note <text>', description: 'kept with the work; empty: none' };

export const remediation: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      isDefault: true,
      description: 'findings that somebody works on, the most severe first; filters as in `findings list`',
      options: listOptions(findingList.sorts),
      examples: [
        "remediation list --filter 'assigned=me remediation=!fix_reported'",
        "remediation list --filter 'planned=..0d state=open,reopened'",
      ],
      action: async () => (await import('./remediation.actions.ts')).listWork,
    },
    {
      name: 'show',
      reads: true,
      arguments: '<finding>',
      description: 'the work on one finding: whose, until when, its plan, what scans say, its history',
      action: async () => (await import('./remediation.actions.ts')).showWork,
    },
    {
      name: 'poam',
      arguments: '<poam>',
      description: 'the work on the findings of a POA&M, added up',
      action: async () => (await import('./remediation.actions.ts')).showPoamWork,
    },
    {
      name: 'assign',
      arguments: '[finding...]',
      description: 'give findings to a person or team, with plan, day, effort and cost',
      options: [
        { flags: '--to <name>', description: 'a person or a team' },
        { flags: '--nobody', description: 'nobody’s work any more', default: false },
        { flags: '--due <day>', description: 'to be fixed by: YYYY-MM-DD; empty: no day' },
        { flags: '--plan <text>', description: 'how it is to be fixed; empty: none' },
        { flags: '--effort <hours>', description: 'hours for each finding', parse: wholeNumber(0, 100_000) },
        { flags: '--cost <amount>', description: 'for each finding, in the organization’s currency' },
        note,
        ...selection,
      ],
      examples: [
        "remediation assign --filter 'plugin=156032 state=open,reopened system=SYS-001' --to jdoe --due 2026-12-15",
      ],
      action: async () => (await import('./change-work.actions.ts')).assign,
    },
    {
      name: 'status',
      reads: true,
      arguments: '<status> [finding...]',
      description: `say how far the work is: ${saidStatuses.filter((each) => each !== 'fix_reported').join(', ')}; only a scan says that it is fixed`,
      options: [note, ...selection],
      examples: ["remediation status blocked 1f3a --note 'waits for the vendor' --yes"],
      action: async () => (await import('./change-work.actions.ts')).sayStatus,
    },
    {
      name: 'report-fixed',
      arguments: '[finding...]',
      description: 'its owner says that it is fixed; a scan that begins later proves it, or not',
      options: [note, ...selection],
      examples: ["remediation report-fixed --filter 'assigned=me plugin=156032'"],
      action: async () => (await import('./change-work.actions.ts')).reportFixed,
    },
    {
      name: 'people',
      description: 'people and teams who can be given work',
      action: async () => (await import('./remediation.actions.ts')).listPeople,
    },
  ],
};
