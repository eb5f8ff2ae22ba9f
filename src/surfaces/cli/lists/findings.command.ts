import { findingGroups, findingList } from '../../../canonical/lists/index.ts';
import type { FirstLevel } from '../kit/command.ts';
import { limitOption, oneOf } from '../kit/flags.ts';
import { filterOption, listOptions } from './list-flags.ts';

export const findings: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      description: 'findings, the most severe first',
      options: listOptions(findingList.sorts),
      examples: [
        "findings list --filter 'state=open,reopened severity=critical,high poam=none'",
        "findings list --filter 'cve=CVE-2021-44228' --csv > log4j.csv",
      ],
      action: async () => (await import('./findings.actions.ts')).listThem,
    },
    {
      name: 'show',
      reads: true,
      arguments: '<finding>',
      description:
        'one finding: output, what each source says, its weakness and POA&M, its life; by key or the beginning of it',
      action: async () => (await import('./findings.actions.ts')).showOne,
    },
    {
      name: 'groups',
      description: 'findings counted by plugin, asset, system, CVE or solution, the worst first',
      options: [
        {
          flags: '--by <what>',
          description: findingGroups.join(', '),
          parse: oneOf('group', findingGroups),
          default: 'plugin',
        },
        filterOption,
        limitOption(10_000, 20),
      ],
      action: async () => (await import('./findings.actions.ts')).listGroups,
    },
  ],
};
