import type { FirstLevel } from '../kit/command.ts';

export const files: FirstLevel = {
  commands: [
    {
      name: 'check',
      reads: true,
      description: 'read every kept file (evidence) and compare it with its hash; clear away broken uploads',
      action: async () => (await import('./files.actions.ts')).checkFiles,
    },
  ],
};
