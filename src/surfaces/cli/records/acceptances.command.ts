import { acceptanceKinds, severities } from '../../../canonical/vocabulary/index.ts';
import type { CommandSpec, FirstLevel } from '../kit/command.ts';
import { allOption, byOption, decisionOptions, limitOption, oneOf, wholeNumber } from '../kit/flags.ts';

const add: CommandSpec = {
  name: 'add',
  arguments: '<system>',
  description: 'ask for a rule; the next sync makes it at the server',
  options: [
    {
      flags: '--kind <kind>',
      description: `what it does (${acceptanceKinds.join(', ')})`,
      parse: oneOf('kind', acceptanceKinds),
      required: true,
    },
    { flags: '--plugin <id>', description: 'the plugin whose findings it is for', required: true },
    {
      flags: '--asset <asset>',
      description:
        'on this asset only: its uuid, name or address (default: all; asks first, with how many that is)',
    },
    {
      flags: '--repository <id>',
      description: 'in this repository (Security Center, where no asset is given)',
    },
    { flags: '--port <n>', description: 'on this port only', parse: wholeNumber(0, 65_535) },
    { flags: '--protocol <name>', description: 'of this protocol only' },
    {
      flags: '--severity <severity>',
      description: `of a recast: what the findings become (${severities.join(', ')})`,
      parse: oneOf('severity', severities),
    },
    {
      flags: '--until <day>',
      description: 'the last day on which it holds, YYYY-MM-DD in UTC (default: no end)',
    },
    { flags: '--name <text>', description: 'what the rule is called' },
    { flags: '--comment <text>', description: 'why; kept with the rule', required: true },
    byOption,
    { flags: '--yes', description: 'do not ask, also where it is for all assets', default: false },
  ],
  action: async () => (await import('./acceptances.actions.ts')).add,
};

export const acceptances: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      description: 'the rules in force, in Tieline and at the servers',
      options: [
        { flags: '--system <name>', description: 'of this external system only' },
        { flags: '--plugin <id>', description: 'for this plugin only' },
        allOption('also those that were withdrawn or have expired'),
        limitOption(100_000, 100),
      ],
      action: async () => (await import('./acceptances.actions.ts')).listAcceptances,
    },
    add,
    {
      name: 'withdraw',
      arguments: '<id>',
      description: 'end a rule; the next sync ends it at the server',
      options: decisionOptions,
      action: async () => (await import('./acceptances.actions.ts')).withdraw,
    },
  ],
};
