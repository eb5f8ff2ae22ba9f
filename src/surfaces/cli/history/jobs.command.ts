import type { FirstLevel } from '../kit/command.ts';
import { limitOption } from '../kit/flags.ts';

export const jobs: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      description: 'work that was asked for and is done by a worker, the latest first',
      options: [limitOption(1000, 20)],
      action: async () => (await import('./jobs.actions.ts')).listRequested,
    },
    {
      name: 'show',
      reads: true,
      arguments: '<id>',
      description: 'one job: how far it is, or what it came to',
      action: async () => (await import('./jobs.actions.ts')).showJob,
    },
    {
      name: 'cancel',
      arguments: '<id>',
      description: 'end a job: one that waits is not begun, one that is under way ends within seconds',
      action: async () => (await import('./jobs.actions.ts')).cancelRequested,
    },
  ],
};
