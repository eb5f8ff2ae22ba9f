import type { CommandSpec, FirstLevel } from '../kit/command.ts';
import { limitOption } from '../kit/flags.ts';
import { reasonOption } from './access-options.ts';

const changing = (name: string, description: string, action: CommandSpec['action']): CommandSpec => ({
  name,
  arguments: '<name>',
  description,
  options: [reasonOption],
  action,
});

export const users: FirstLevel = {
  commands: [
    {
      name: 'add',
      arguments: '<name>',
      description: 'add a person, who sets a password by a one-time link (15 minutes), or a program',
      options: [
        { flags: '--service', description: 'a program: it signs in by tokens only', default: false },
        { flags: '--admin', description: 'with the role of an administrator', default: false },
        {
          flags: '--password',
          description: 'ask for a first password here, in place of a link',
          default: false,
        },
        { flags: '--display-name <text>', description: 'as it is shown' },
        { flags: '--email <address>', description: 'where messages go' },
        {
          flags: '--user <username>',
          description: 'the user of the host application who is the same person',
        },
      ],
      examples: ['users add jdoe --admin'],
      action: async () => (await import('./users.actions.ts')).addUser,
    },
    {
      name: 'list',
      description: 'all accounts, with their state and last sign-in',
      options: [limitOption(100_000, 1000)],
      action: async () => (await import('./users.actions.ts')).listUsers,
    },
    {
      name: 'show',
      arguments: '<name>',
      description: 'an account with its grants and open sessions',
      action: async () => (await import('./users.actions.ts')).showUser,
    },
    changing(
      'lock',
      'refuse its sign-ins and tokens until it is released; its sessions end',
      async () => (await import('./users.actions.ts')).lock,
    ),
    changing(
      'unlock',
      'release an account, also one that wrong passwords have locked',
      async () => (await import('./users.actions.ts')).unlock,
    ),
    changing('disable', 'as lock, for good', async () => (await import('./users.actions.ts')).disable),
    changing('enable', 'undo disable', async () => (await import('./users.actions.ts')).enable),
    {
      name: 'set-password',
      arguments: '<name>',
      description: 'ask for a new password here; the person must choose another at the next sign-in',
      action: async () => (await import('./users.actions.ts')).setUserPassword,
    },
    {
      name: 'link',
      arguments: '<name>',
      description: 'make a one-time link by which the person sets a password, valid for 15 minutes',
      action: async () => (await import('./users.actions.ts')).link,
    },
  ],
};
