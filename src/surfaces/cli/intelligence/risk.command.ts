import type { FirstLevel } from '../kit/command.ts';

export const risk: FirstLevel = {
  commands: [
    {
      name: 'explain',
      reads: true,
      arguments: '<asset-or-plugin>',
      description:
        'every part of a risk score, where it is from and of when: of an asset (uuid, name, address) or a plugin (its number)',
      examples: ['risk explain web01', 'risk explain 156032'],
      action: async () => (await import('./risk.actions.ts')).explain,
    },
    {
      name: 'assess',
      description: 'compute all scores anew; done by itself after each load, sync and import',
      action: async () => (await import('./risk.actions.ts')).assess,
    },
  ],
};
