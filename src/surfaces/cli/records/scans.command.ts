import type { CommandSpec, FirstLevel } from '../kit/command.ts';
import { decisionOptions, limitOption } from '../kit/flags.ts';

const launch: CommandSpec = {
  name: 'launch',
  arguments: '<system>',
  description: 'ask for a scan of just those plugins on just those machines, and launch it',
  options: [
    { flags: '--poam <id>', description: 'what is open of this POA&M' },
    {
      flags: '--finding <id...>',
      description: 'these findings: our numbers, or the server’s uuids',
    },
    { flags: '--asset <uuid...>', description: 'these assets of ours, with --plugin' },
    { flags: '--plugin <id...>', description: 'these plugins, with --asset' },
    { flags: '--plan', description: 'only show what would be launched' },
    ...decisionOptions,
  ],
  action: async () => (await import('./scans.actions.ts')).launch,
};

export const scans: FirstLevel = {
  commands: [
    launch,
    {
      name: 'list',
      reads: true,
      description: 'the scans that were asked for, the newest first',
      options: [
        { flags: '--system <name>', description: 'of this external system only' },
        { flags: '--unfinished', description: 'only those that have not ended', default: false },
        limitOption(100_000, 50),
      ],
      action: async () => (await import('./scans.actions.ts')).listScans,
    },
    {
      name: 'show',
      reads: true,
      arguments: '<id>',
      description: 'how far a scan is, and what came of it for each finding',
      action: async () => (await import('./scans.actions.ts')).showScan,
    },
    {
      name: 'follow',
      arguments: '[id]',
      description: 'ask how unfinished scans stand, and continue those that were interrupted',
      options: [{ flags: '--wait', description: 'until they are over', default: false }],
      action: async () => (await import('./scans.actions.ts')).follow,
    },
  ],
};
