import { allRoles } from '../../../canonical/access/index.ts';
import type { FirstLevel } from '../kit/command.ts';
import { allOption, limitOption } from '../kit/flags.ts';
import { placeOptions, reasonOption, untilDay } from './access-options.ts';

export const grants: FirstLevel = {
  commands: [
    {
      name: 'list',
      arguments: '[name]',
      description: 'grants in force, of one account or of all',
      options: [allOption('also those that were revoked or have ended'), limitOption(100_000, 1000)],
      action: async () => (await import('./grants.actions.ts')).list,
    },
    {
      name: 'give',
      arguments: '<name> <role>',
      description: `give an account a role (${allRoles.join(', ')}), or a single permission such as poam:write`,
      options: [
        ...placeOptions,
        {
          flags: '--until <day>',
          description: 'up to the end of this day, in UTC (default: until it is revoked)',
          parse: untilDay,
        },
        reasonOption,
      ],
      examples: ['grants give jdoe isso --system SYS-1,SYS-2 --until 2026-12-31'],
      action: async () => (await import('./grants.actions.ts')).give,
    },
    {
      name: 'revoke',
      arguments: '<grant>',
      description: 'revoke a grant, by its id or how it begins; what access that takes is shown first',
      options: [reasonOption, { flags: '--yes', description: 'do not ask', default: false }],
      action: async () => (await import('./grants.actions.ts')).revoke,
    },
  ],
};
