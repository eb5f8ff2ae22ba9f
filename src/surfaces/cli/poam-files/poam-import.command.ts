import type { CommandSpec, NounSpec } from '../kit/command.ts';
import { decisionOptions, limitOption } from '../kit/flags.ts';

const states = ['planned', 'imported', 'unchanged', 'discarded', 'refused'];
const action = async () => import('./poam-import.actions.ts');

export const poamImport: CommandSpec = {
  name: 'import',
  arguments: '<file>',
  description:
    'POA&Ms out of a file (FedRAMP or eMASS workbook, OSCAL): shows what it would change; with --yes it is imported',
  options: [
    {
      flags: '--boundary <name>',
      description: 'the authorization boundary that they are of (default: what the file or its source says)',
    },
    {
      flags: '--new-boundary <name>',
      description: 'make a boundary of this name, where no GRC system has it',
    },
    {
      flags: '--source <name>',
      description:
        'the source that the file is filed under (default: by layout and boundary); made if it is not there',
    },
    {
      flags: '--accept-missing',
      description: 'believe that many POA&Ms are gone from the file',
      default: false,
    },
    { flags: '--yes', description: 'import it at once', default: false },
  ],
  examples: [
    'poams import FedRAMP-POAM-2026-11.xlsx --boundary SYS-001',
    'poams import emass-export.xlsx --yes',
  ],
  action: async () => (await action()).importPoams,
};

export const poamImports: NounSpec = {
  name: 'imports',
  description: 'files of POA&Ms that were brought: what each would change, what was held and where',
  commands: [
    {
      name: 'list',
      reads: true,
      description: 'the latest first',
      options: [
        { flags: '--state <state>', description: states.join(', '), choices: states },
        limitOption(200, 50, 'how many'),
      ],
      action: async () => (await action()).listImports,
    },
    {
      name: 'show',
      reads: true,
      arguments: '<id>',
      description: 'one of them: changes, held rows by sheet and cell',
      action: async () => (await action()).showImport,
    },
    {
      name: 'approve',
      arguments: '<id>',
      description: 'import what was shown, if it is still just that',
      options: [...decisionOptions],
      action: async () => (await action()).approveImport,
    },
    {
      name: 'discard',
      arguments: '<id>',
      description: 'end it; nothing of the file is imported',
      options: [...decisionOptions],
      action: async () => (await action()).discardImport,
    },
  ],
};
