import type { FirstLevel } from '../kit/command.ts';
import { leavingOptions } from '../kit/flags.ts';

const formats = ['cklb', 'ckl'];

export const stig: FirstLevel = {
  commands: [
    {
      name: 'import',
      arguments: '<paths...>',
      description:
        'results of STIG checklists: CKL, CKLB, XCCDF (SCC among them); a rule that nobody reviewed changes nothing',
      options: [
        {
          flags: '--system <name>',
          description:
            'the source that the files are filed under (default: scan files); made if it is not there',
        },
        {
          flags: '--new-source',
          description: 'make the source also if its name is nearly that of another one',
          default: false,
        },
      ],
      examples: ['stig import web01.ckl', 'stig import /srv/checklists'],
      action: async () => (await import('./stig.actions.ts')).importChecklists,
    },
    {
      name: 'list',
      reads: true,
      arguments: '<asset>',
      description: 'the STIGs of an asset: how many rules, how many open',
      action: async () => (await import('./stig.actions.ts')).listChecklists,
    },
    {
      name: 'export',
      reads: true,
      exports: true,
      arguments: '<asset>',
      description: 'the results of a STIG on an asset as a checklist for STIG Viewer',
      options: [
        { flags: '--stig <id>', description: 'which STIG (default: the only one)' },
        { flags: '--format <format>', description: formats.join(', '), choices: formats, default: 'cklb' },
        { flags: '--out <file>', description: 'to this file (default: to the terminal)' },
        ...leavingOptions,
      ],
      examples: ['stig export web01 --stig RHEL_9_STIG --out web01.cklb'],
      action: async () => (await import('./stig.actions.ts')).exportOne,
    },
  ],
};
