import type { CommandSpec } from '../kit/command.ts';
import { byOption } from '../kit/flags.ts';
import { filterOption } from '../lists/list-options.ts';

/** Of `poams`: reviews. */
export const poamReviews: readonly CommandSpec[] = [
  {
    name: 'reviewed',
    arguments: '[poam...]',
    description: 'somebody looked at POA&Ms and nothing is to change: some by id, or all of a filter',
    options: [
      filterOption,
      { flags: '--note <text>', description: 'kept with each review' },
      { flags: '--yes', description: 'do it; without, it is tried and counted', default: false },
      byOption,
    ],
    examples: ['poams reviewed --filter "unreviewed=yes system=SYS-001"'],
    action: async () => (await import('./poam-reviews.actions.ts')).markReviewed,
  },
  {
    name: 'review-every',
    arguments: '<days>',
    description: 'how often open POA&Ms are to be reviewed; 0: not at all. What is late is in the inbox',
    options: [
      { flags: '--system <system-id>', description: 'only of this one (default: every one without its own)' },
      byOption,
    ],
    action: async () => (await import('./poam-reviews.actions.ts')).setInterval,
  },
  {
    name: 'review-intervals',
    description: 'how often the POA&Ms of each system are to be reviewed',
    action: async () => (await import('./poam-reviews.actions.ts')).showIntervals,
  },
];
