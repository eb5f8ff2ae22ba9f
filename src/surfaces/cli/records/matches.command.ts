import type { CommandSpec, FirstLevel } from '../kit/command.ts';
import { allOption, decisionOptions, limitOption } from '../kit/flags.ts';

const accepting = (name: string, description: string, action: CommandSpec['action']): CommandSpec => ({
  name,
  arguments: '<match> [choice]',
  description,
  options: [
    { flags: '--replace', description: 'other assets that have the component leave it', default: false },
    ...decisionOptions,
  ],
  action,
});

export const matches: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      description: 'the matches that wait for a person, oldest first',
      options: [
        { flags: '--system <name>', description: 'about this external system only' },
        { flags: '--asset <asset>', description: 'about this asset only: by uuid, name or address' },
        allOption('also those that are settled'),
        limitOption(100_000, 100),
      ],
      action: async () => (await import('./matches.actions.ts')).listMatches,
    },
    {
      name: 'show',
      reads: true,
      arguments: '<match>',
      description: 'a match with its candidates, scores and evidence; by its number or its asset',
      action: async () => (await import('./matches.actions.ts')).showMatch,
    },
    {
      name: 'explain',
      reads: true,
      arguments: '<asset>',
      description:
        'which systems an asset is in, in which role, and each decision with its evidence; by any name, address or uuid',
      action: async () => (await import('../boundaries/rules.actions.ts')).explainMatch,
    },
    accepting(
      'accept',
      'say that it is this candidate; who competed for it is not',
      async () => (await import('./matches.actions.ts')).accept,
    ),
    {
      name: 'reject',
      arguments: '<match> [choice]',
      description:
        'say that it is not this candidate, or none that is proposed; a present match stays unless you name it',
      options: decisionOptions,
      action: async () => (await import('./matches.actions.ts')).reject,
    },
    accepting(
      'always',
      'accept, and keep it as a standing decision: whatever has the same uuid, MAC address or FQDN is this component, also under a new id',
      async () => (await import('./matches.actions.ts')).always,
    ),
    {
      name: 'standing',
      reads: true,
      description: 'the standing decisions in force',
      action: async () => (await import('./matches.actions.ts')).listStanding,
    },
    {
      name: 'forget',
      arguments: '<standing>',
      description: 'end a standing decision; its matches are decided again',
      options: decisionOptions,
      action: async () => (await import('./matches.actions.ts')).forget,
    },
  ],
};
