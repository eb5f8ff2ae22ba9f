import type { CommandSpec, FirstLevel } from '../kit/command.ts';
import { allOption, byOption, limitOption } from '../kit/flags.ts';

const reason = (description: string) => ({ flags: '--reason <text>', description, required: true }) as const;

const deciding = (name: string, description: string, action: CommandSpec['action']): CommandSpec => ({
  name,
  arguments: '<ids...>',
  description,
  options: [reason('for the journal'), byOption],
  action,
});

export const outbox: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      description: 'what is not settled, oldest first',
      options: [
        { flags: '--system <name>', description: 'to this external system only' },
        allOption('also what is settled'),
        limitOption(10_000, 100),
      ],
      action: async () => (await import('./outbox.actions.ts')).listOutbox,
    },
    {
      name: 'show',
      reads: true,
      arguments: '<id>',
      description: 'one change: what would be sent, why, and what became of it',
      action: async () => (await import('./outbox.actions.ts')).showEntry,
    },
    deciding('retry', 'send refused changes again', async () => (await import('./outbox.actions.ts')).retry),
    deciding(
      'drop',
      'give changes up that were refused or have not gone out',
      async () => (await import('./outbox.actions.ts')).drop,
    ),
    {
      name: 'pause',
      arguments: '<system>',
      description: 'send nothing to a system until it is resumed; reading continues',
      options: [reason('shown in the status'), byOption],
      action: async () => (await import('./outbox.actions.ts')).pauseOutbox,
    },
    {
      name: 'resume',
      arguments: '<system>',
      description: 'send to a system again',
      action: async () => (await import('./outbox.actions.ts')).resumeOutbox,
    },
  ],
};
