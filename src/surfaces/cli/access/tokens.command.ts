import type { FirstLevel } from '../kit/command.ts';
import { allOption, limitOption, wholeNumber } from '../kit/flags.ts';
import { listed, placeOptions, reasonOption } from './access-options.ts';

export const tokens: FirstLevel = {
  commands: [
    {
      name: 'make',
      arguments: '<name>',
      description: 'make a token of an account; it is shown once, and never may more than the account may',
      options: [
        { flags: '--name <text>', description: 'what it is for', required: true },
        {
          flags: '--permission <names>',
          description: 'at most these, as poam:read,finding:read (default: all of the account)',
          parse: listed,
        },
        ...placeOptions,
        {
          flags: '--from <blocks>',
          description: 'only from these addresses, as 10.0.0.0/8,192.0.2.7 (default: from everywhere)',
          parse: listed,
        },
        {
          flags: '--certificate <file>',
          description:
            'only together with this certificate (PEM file, or its SHA-256 fingerprint; default: none is needed)',
        },
        { flags: '--days <n>', description: 'how long it is valid', parse: wholeNumber(1, 365), default: 90 },
      ],
      examples: ['tokens make robot --name "nightly report" --permission poam:read --from 10.0.0.0/8'],
      action: async () => (await import('./tokens.actions.ts')).make,
    },
    {
      name: 'list',
      reads: true,
      arguments: '[name]',
      description: 'tokens in force, of one account or of all, newest first',
      options: [allOption('also those that were revoked or have expired'), limitOption(100_000, 1000)],
      action: async () => (await import('./tokens.actions.ts')).list,
    },
    {
      name: 'revoke',
      arguments: '<token>',
      description: 'revoke a token, by its id; it is refused at once',
      options: [reasonOption],
      action: async () => (await import('./tokens.actions.ts')).revoke,
    },
  ],
};
