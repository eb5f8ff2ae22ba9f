import type { CommandSpec, FirstLevel, OptionSpec } from '../kit/command.ts';
import { several } from '../kit/flags.ts';

const save: OptionSpec = {
  flags: '--yes',
  description: 'save; without it only the effect is shown, and nothing is written',
  default: false,
};
const ofEntity: OptionSpec = { flags: '--entity <entity>', description: 'of this entity only' };

const set: CommandSpec = {
  name: 'set',
  arguments: '<system> <entity> <external> <internal>',
  description: 'add a mapping, or change it',
  options: [
    save,
    {
      flags: '--direction <direction>',
      description: 'which way',
      choices: ['inbound', 'outbound', 'bidirectional'],
      default: 'inbound',
    },
    {
      flags: '--transform <json>',
      description:
        'a step of the translation, such as {"kind":"trim"}; in order, may be given more than once',
      parse: several,
    },
    { flags: '--required', description: 'a record without it is not imported', default: false },
  ],
  action: async () => (await import('./mappings.actions.ts')).setMapping,
};

const test: CommandSpec = {
  name: 'test',
  reads: true,
  arguments: '<system> <entity>',
  description: 'translate one record in and out again, field by field, and save nothing',
  options: [
    { flags: '--sample <file>', description: 'a record of the remote as JSON' },
    { flags: '--record <id>', description: 'a record that the remote has, by its id' },
    {
      flags: '--parent <id>',
      description: 'the record that it belongs to, where the remote asks for it',
    },
    {
      flags: '--with <file>',
      description: 'with the mappings of this YAML file instead of the installed ones',
    },
  ],
  action: async () => (await import('./mappings.actions.ts')).testMappings,
};

export const mappings: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      arguments: '<system>',
      description: 'the mappings of a system; * marks what differs from the default',
      options: [ofEntity],
      action: async () => (await import('./mappings.actions.ts')).listMappings,
    },
    set,
    {
      name: 'remove',
      arguments: '<system> <entity> <external> <internal>',
      description: 'remove a mapping',
      options: [save],
      action: async () => (await import('./mappings.actions.ts')).removeMapping,
    },
    {
      name: 'reset',
      arguments: '<system>',
      description: 'back to the mappings that come with the connector',
      options: [save, ofEntity],
      action: async () => (await import('./mappings.actions.ts')).resetMappings,
    },
    {
      name: 'import',
      arguments: '<system> <file>',
      description:
        'make the mappings exactly those of a YAML file; nothing is changed if one of them is wrong',
      options: [save],
      action: async () => (await import('./mappings.actions.ts')).importMappings,
    },
    {
      name: 'export',
      reads: true,
      arguments: '<system>',
      description: 'the mappings as YAML',
      options: [{ flags: '--out <file>', description: 'to this file' }],
      action: async () => (await import('./mappings.actions.ts')).exportMappings,
    },
    test,
  ],
};
