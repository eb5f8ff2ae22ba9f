import type { CommandSpec, FirstLevel } from '../kit/command.ts';
import { decisionOptions, limitOption, wholeNumber } from '../kit/flags.ts';

const show: CommandSpec = {
  name: 'show',
  reads: true,
  arguments: '<id>',
  description:
    'one operation: its steps, each change with the reason, what could not be done (the first letters of the id will do)',
  options: [
    {
      flags: '--changes',
      description: 'only what it changed, each with record, field, before, after and why, whole',
      default: false,
    },
    {
      flags: '--record <id>',
      description: 'only the changes of this record: our id, or the remote’s',
    },
    { flags: '--entity <entity>', description: 'only the changes of this kind of record' },
    limitOption(100_000, 50, 'how many changes'),
    {
      flags: '--after <n>',
      description: 'the changes after this one: the number that the page before ended with',
      parse: wholeNumber(0, 2 ** 53 - 1),
      default: 0,
    },
  ],
  action: async () => (await import('./ops.actions.ts')).showOperation,
};

export const ops: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      description: 'the latest operations, newest first',
      options: [limitOption(1000, 20)],
      action: async () => (await import('./ops.actions.ts')).listOps,
    },
    show,
    {
      name: 'cancel',
      arguments: '<id>',
      description:
        'end what a process does now, wherever it runs; a sync continues with the next one that asks for the same',
      action: async () => (await import('./ops.actions.ts')).cancel,
    },
    {
      name: 'undo',
      arguments: '<id>',
      description:
        'take back what an operation changed, as a new operation; the next sync carries it to the remote',
      options: [
        {
          flags: '--plan',
          description: 'show what would be taken back, and do nothing',
          default: false,
        },
        ...decisionOptions,
      ],
      action: async () => (await import('./ops.actions.ts')).undo,
    },
  ],
};
