import { allRoles, namedInFields } from '../../../canonical/access/index.ts';
import type { FirstLevel } from '../kit/command.ts';
import { allOption, byOption, limitOption, several } from '../kit/flags.ts';
import { placeOptions, reasonOption, untilDay } from './access-options.ts';

export const grants: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
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
          flags: '--where-named <field>',
          description:
            'in the boundaries whose record names the account in this field, as it says at any time, instead of --system',
          choices: namedInFields,
        },
        {
          flags: '--until <day>',
          description: 'up to the end of this day, in UTC (default: until it is revoked)',
          parse: untilDay,
        },
        reasonOption,
      ],
      examples: [
        'grants give jdoe isso --system SYS-1,SYS-2 --until 2026-12-31',
        'grants give jdoe isso --where-named isso',
      ],
      action: async () => (await import('./grants.actions.ts')).give,
    },
    {
      name: 'revoke',
      arguments: '<grant>',
      description: 'revoke a grant, by its id or how it begins; what access that takes is shown first',
      options: [reasonOption, { flags: '--yes', description: 'do not ask', default: false }],
      action: async () => (await import('./grants.actions.ts')).revoke,
    },
    {
      name: 'groups',
      reads: true,
      description: 'what groups of the identity provider give their members',
      options: [limitOption(100_000, 1000)],
      action: async () => (await import('./group-grants.actions.ts')).list,
    },
    {
      name: 'give-group',
      arguments: '<group> <role>',
      description:
        'give a role or permission to a group of the identity provider; its members have it from then on',
      options: [
        ...placeOptions,
        {
          flags: '--until <day>',
          description: 'up to the end of this day, in UTC (default: until it is revoked)',
          parse: untilDay,
        },
        { flags: '--issuer <url>', description: 'whose group it is (default: oidc_issuer of the settings)' },
        reasonOption,
      ],
      examples: ['grants give-group grc-isso isso --system SYS-1,SYS-2'],
      action: async () => (await import('./group-grants.actions.ts')).give,
    },
    {
      name: 'revoke-group',
      arguments: '<grant>',
      description: 'take a grant from a group, by its id or how it begins; its members lose it at once',
      options: [reasonOption],
      action: async () => (await import('./group-grants.actions.ts')).revoke,
    },
  ],
};

const teamOptions = [
  { flags: '--mail <address>', description: 'where mail to the team goes; "none" empties it' },
  { flags: '--system <id>', description: 'it looks after this system; may be repeated', parse: several },
  { flags: '--member <account>', description: 'is in it; may be repeated', parse: several },
  byOption,
] as const;

export const teams: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      isDefault: true,
      description: 'teams, their members and systems, and how much of their work is open',
      action: async () => (await import('./teams.actions.ts')).list,
    },
    {
      name: 'add',
      arguments: '<name>',
      description: 'add a team; it gives no right: work and tasks are given to it by name',
      options: [...teamOptions],
      examples: [
        'teams add "Web team" --member jdoe --member asmith --system SYS-001 --mail web@agency.example',
      ],
      action: async () => (await import('./teams.actions.ts')).add,
    },
    {
      name: 'change',
      arguments: '<team>',
      description: 'change a team: what is given replaces what was there, the rest stays',
      options: [{ flags: '--name <name>', description: 'its new name' }, ...teamOptions],
      action: async () => (await import('./teams.actions.ts')).change,
    },
    {
      name: 'remove',
      arguments: '<team>',
      description: 'remove a team to which no work was ever given',
      options: [byOption],
      action: async () => (await import('./teams.actions.ts')).remove,
    },
  ],
};
