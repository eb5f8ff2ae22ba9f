import type { FirstLevel } from '../kit/command.ts';
import { limitOption } from '../kit/flags.ts';

export const changes: FirstLevel = {
  options: [
    {
      flags: '--since <when>',
      description: 'yesterday, 24h, 7d, 2w, a day as YYYY-MM-DD, or an instant',
      default: 'yesterday',
    },
    limitOption(1_000, 100, 'how many changes of POA&Ms'),
  ],
  examples: ['changes --since yesterday', 'changes --since 7d --json'],
  action: async () => (await import('./poam-life.actions.ts')).showChanges,
};
