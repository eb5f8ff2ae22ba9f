import type { FirstLevel } from '../kit/command.ts';

export const plugins: FirstLevel = {
  commands: [
    {
      name: 'show',
      reads: true,
      arguments: '<plugin>',
      description: 'what a plugin finds and how it is fixed, and on how many assets it is open; by id',
      action: async () => (await import('./plugins.actions.ts')).showPlugin,
    },
  ],
};
