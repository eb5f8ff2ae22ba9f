import type { CommandSpec, FirstLevel, OptionSpec } from '../kit/command.ts';
import { allOption, decisionOptions, limitOption } from '../kit/flags.ts';
import { conflictChoices, conflictTypes } from '../../../canonical/vocabulary/index.ts';

const filters: readonly OptionSpec[] = [
  { flags: '--system <name>', description: 'of this external system only' },
  {
    flags: '--boundary <system>',
    description: 'of this system of the GRC record only: its id or name',
  },
  { flags: '--entity <entity>', description: 'of this kind of record only' },
  { flags: '--field <field>', description: 'about this field only' },
  { flags: '--type <type>', description: conflictTypes.join(', ') },
];

const list: CommandSpec = {
  name: 'list',
  reads: true,
  description: 'open conflicts, oldest first',
  options: [...filters, allOption('also those that are settled'), limitOption(10_000, 100)],
  action: async () => (await import('./conflicts.actions.ts')).listConflicts,
};

const resolve: CommandSpec = {
  name: 'resolve',
  arguments: '[ids...]',
  description:
    'settle conflicts: by id, or all that fit the filter; `conflicts show` names the choices of each',
  options: [
    ...filters,
    {
      flags: '--keep <choice>',
      description: 'what stands; which of these a conflict has, `conflicts show` says',
      choices: conflictChoices.filter((choice) => choice !== 'value'),
    },
    { flags: '--value <value>', description: 'a third value for both sides (JSON, or plain text)' },
    ...decisionOptions,
  ],
  action: async () => (await import('./conflicts.actions.ts')).resolve,
};

export const conflicts: FirstLevel = {
  commands: [
    list,
    {
      name: 'show',
      reads: true,
      arguments: '<id>',
      description: 'one conflict: what happened, both values and the base in full, and what can be chosen',
      action: async () => (await import('./conflicts.actions.ts')).showConflict,
    },
    resolve,
  ],
};
