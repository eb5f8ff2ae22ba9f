import type { FirstLevel } from '../kit/command.ts';
import { allOption, decisionOptions, limitOption } from '../kit/flags.ts';

export const links: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      description: 'the links, by entity and record',
      options: [
        { flags: '--system <name>', description: 'to this external system only' },
        { flags: '--entity <entity>', description: 'of this kind of record only' },
        { flags: '--record <id>', description: 'of this record of ours only' },
        { flags: '--external <id>', description: 'of this record of the remote only' },
        allOption('also those that ended'),
        limitOption(100_000, 100),
      ],
      action: async () => (await import('./links.actions.ts')).listLinks,
    },
    {
      name: 'break',
      arguments: '<system> <entity> <record>',
      description: 'say that a record of ours is not the remote record it is linked to; both stay',
      options: decisionOptions,
      action: async () => (await import('./links.actions.ts')).breakLink,
    },
    {
      name: 'make',
      arguments: '<system> <entity> <record> <external>',
      description:
        'say that a record of ours is a record of the remote; the next sync brings the two together',
      options: decisionOptions,
      action: async () => (await import('./links.actions.ts')).makeLink,
    },
  ],
};
