import type { FirstLevel } from '../kit/command.ts';
import { limitOption } from '../kit/flags.ts';

export const plans: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      description: 'plans that are kept (`sync plan --keep`), the latest first; each for 30 days',
      options: [limitOption(1000, 20)],
      action: async () => (await import('./plans.actions.ts')).listKept,
    },
    {
      name: 'show',
      reads: true,
      arguments: '<id>',
      description: 'what a plan would do, the most dangerous first, the same changes together',
      options: [limitOption(10_000, 50, 'how many groups')],
      action: async () => (await import('./plans.actions.ts')).showKept,
    },
    {
      name: 'apply',
      arguments: '<id>',
      description: 'do exactly what a plan shows, or nothing if anything moved since it was made',
      action: async () => (await import('./plans.actions.ts')).applyKept,
    },
  ],
};
