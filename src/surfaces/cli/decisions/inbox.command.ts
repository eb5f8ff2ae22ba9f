import { inboxKinds } from '../../../canonical/lists/index.ts';
import type { FirstLevel } from '../kit/command.ts';
import { limitOption, oneOf } from '../kit/flags.ts';

export const inbox: FirstLevel = {
  options: [
    {
      flags: '--kind <kind>',
      description: inboxKinds.join(', '),
      parse: oneOf('kind', inboxKinds),
    },
    {
      flags: '--system <boundary>',
      description: 'of this authorization boundary only: its id or name; none: what is in no boundary',
    },
    limitOption(10_000, 50),
  ],
  reads: true,
  examples: ['inbox', 'inbox --kind conflict'],
  action: async () => (await import('./inbox.actions.ts')).showInbox,
};
