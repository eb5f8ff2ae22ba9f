import type { CommandSpec, FirstLevel } from '../kit/command.ts';
import { limitOption, oneOf } from '../kit/flags.ts';
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
      reads: true,
      description: 'all accounts, with their state and last sign-in',
      options: [limitOption(100_000, 1000)],
      action: async () => (await import('./users.actions.ts')).listUsers,
    },
    {
      name: 'show',
      reads: true,
      arguments: '<name>',
      description: 'an account with its grants and open sessions',
      action: async () => (await import('./users.actions.ts')).showUser,
    },
    {
      name: 'rules',
      reads: true,
      description: 'how people sign in here, by which settings, and who lacks a second factor',
      action: async () => (await import('./users.actions.ts')).showSignInRules,
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
    changing(
      'reset-factors',
      'take the second factors of a person away who lost them; the person is told, and sets up others',
      async () => (await import('./users.actions.ts')).resetSecondFactors,
    ),
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
    {
      name: 'identities',
      reads: true,
      description: 'who proved an identity (OIDC, card) that no account has, and waits to be let in',
      options: [limitOption(100_000, 1000)],
      action: async () => (await import('./identities.actions.ts')).list,
    },
    {
      name: 'link-identity',
      arguments: '<name> [identity]',
      description:
        'tie an identity to an account: one that waits, by its id or how it begins, or one that has not come yet',
      options: [
        { flags: '--way <way>', description: 'oidc or cac', parse: oneOf('way', ['oidc', 'cac']) },
        { flags: '--issuer <issuer>', description: 'of OIDC the issuer, of a card its authority' },
        { flags: '--subject <subject>', description: 'who it is there (sub); never an e-mail address' },
      ],
      examples: [
        'users link-identity jdoe 4f0c12ab',
        'users link-identity jdoe --way oidc --issuer https://login.agency.example --subject 8d1f',
      ],
      action: async () => (await import('./identities.actions.ts')).link,
    },
    {
      name: 'dismiss-identity',
      arguments: '<identity>',
      description: 'let an identity wait no more; if it comes again, it waits again',
      action: async () => (await import('./identities.actions.ts')).dismiss,
    },
    {
      name: 'unlink-identity',
      arguments: '<name> <identity>',
      description: 'take an outside identity from an account (`users show` has its number); its sessions end',
      action: async () => (await import('./identities.actions.ts')).unlink,
    },
  ],
};
