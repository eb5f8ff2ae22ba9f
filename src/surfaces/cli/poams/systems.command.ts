import type { FirstLevel } from '../kit/command.ts';
import { listOptions } from '../lists/list-options.ts';
import { rules } from '../boundaries/rules.command.ts';
import { formerCommands } from '../connections/connections.command.ts';

/** Authorization boundaries. The servers that Tieline talks to are `connections`. */
export const systems: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      description: 'authorization boundaries with their numbers (servers: tieline connections list)',
      options: listOptions,
      examples: ['systems list --sort -critical', 'systems list --filter "overdue=1.. ends=..90d"'],
      action: async () => (await import('./systems.actions.ts')).showSystems,
    },
    {
      name: 'show',
      reads: true,
      arguments: '<system>',
      description:
        'one boundary: its fields here and there, POA&Ms by due date, components, worst weaknesses',
      action: async () => (await import('./systems.actions.ts')).showSystem,
    },
    rules,
    ...formerCommands,
  ],
};
