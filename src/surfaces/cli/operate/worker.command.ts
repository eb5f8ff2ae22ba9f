import type { FirstLevel } from '../kit/command.ts';

export const worker: FirstLevel = {
  options: [
    { flags: '--once', description: 'do what is due now, and end', default: false },
    { flags: '--install', description: 'only make the tables of the job queue', default: false },
  ],
  action: async () => (await import('./worker.actions.ts')).work,
};
