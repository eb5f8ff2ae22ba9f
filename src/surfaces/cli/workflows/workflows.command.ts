import { workflowModes } from '../../../canonical/workflow/index.ts';
import type { FirstLevel } from '../kit/command.ts';
import { byOption, several, wholeNumber } from '../kit/flags.ts';
import { listOptions } from '../lists/list-options.ts';

const reason = { flags: '--reason <text>', description: 'kept in the journal' };
const note = { flags: '--note <text>', description: 'kept with the version' };
const version = (description: string) => ({
  flags: '--version <n>',
  description,
  parse: wholeNumber(1, 1_000_000),
});

export const workflows: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      isDefault: true,
      description: 'workflows, how they stand, and their runs that wait for somebody',
      action: async () => (await import('./workflows.actions.ts')).list,
    },
    {
      name: 'show',
      reads: true,
      arguments: '<name>',
      description: 'one workflow as it was written, with its versions',
      options: [version('this version (default: the one that runs, else the latest)')],
      action: async () => (await import('./workflows.actions.ts')).show,
    },
    {
      name: 'check',
      reads: true,
      arguments: '<file>',
      description:
        'what keeps a workflow in a YAML file from being saved, by line; exit code 2 where something does',
      examples: ['workflows check kev-arrives.yaml'],
      action: async () => (await import('./workflows.actions.ts')).check,
    },
    {
      name: 'save',
      arguments: '<file>',
      description: 'save a version of a workflow from a YAML file; it runs once another person approved it',
      options: [note, byOption],
      examples: ['workflows save kev-arrives.yaml --note "tells the ISSO too"'],
      action: async () => (await import('./workflows.actions.ts')).save,
    },
    {
      name: 'approve',
      arguments: '<name>',
      description: 'approve the version that waits, which another person saved: it runs from now on',
      options: [version('only if it is this version that waits'), note, byOption],
      action: async () => (await import('./workflows.actions.ts')).approve,
    },
    {
      name: 'reject',
      arguments: '<name>',
      description: 'reject the version that waits; what runs stays',
      options: [version('only if it is this version that waits'), note, byOption],
      action: async () => (await import('./workflows.actions.ts')).reject,
    },
    {
      name: 'mode',
      arguments: '<name> <mode>',
      description: `switch a workflow: ${workflowModes.join(', ')}; off, nothing of it starts or continues`,
      options: [reason, byOption],
      examples: ['workflows mode kev-arrives simulate', 'workflows mode kev-arrives live'],
      action: async () => (await import('./workflows.actions.ts')).switchMode,
    },
    {
      name: 'own',
      arguments: '<name>',
      description: 'take a workflow over: it runs by the rights of its owner',
      options: [byOption],
      action: async () => (await import('./workflows.actions.ts')).own,
    },
    {
      name: 'resume',
      arguments: '<name>',
      description: 'let a workflow continue that stopped by itself, with its runs from where they halted',
      options: [reason, byOption],
      action: async () => (await import('./workflows.actions.ts')).resume,
    },
    {
      name: 'replay',
      reads: true,
      arguments: '<workflow>',
      description:
        'what a workflow would have done in the last days: by its name, or a YAML file; nothing is written',
      options: [
        { flags: '--days <n>', description: 'so many days back (default: 90)', parse: wholeNumber(1, 400) },
        version('this version of a saved workflow (default: the one that runs, else the latest)'),
      ],
      examples: [
        'workflows replay kev-arrives',
        'workflows replay kev-arrives --version 2',
        'workflows replay mine.yaml --days 30',
      ],
      action: async () => (await import('./aids.actions.ts')).replay,
    },
    {
      name: 'shipped',
      reads: true,
      arguments: '[workflow]',
      description: 'the workflows that came with Tieline; one of them as YAML, to be saved as your own',
      examples: ['workflows shipped', 'workflows shipped kev-arrives > kev-arrives.yaml'],
      action: async () => (await import('./aids.actions.ts')).shipped,
    },
    {
      name: 'actions',
      reads: true,
      description: 'what a step of a workflow may do, and which permission it needs',
      action: async () => (await import('./aids.actions.ts')).actions,
    },
    {
      name: 'fields',
      reads: true,
      arguments: '<record>',
      description:
        'what a condition about such a record may read: finding, weakness, poam, deviation, asset, system, scan, feed',
      examples: ['workflows fields poam'],
      action: async () => (await import('./aids.actions.ts')).fields,
    },
    {
      name: 'run',
      arguments: '<name>',
      description: 'start runs for records by hand, where the condition is true of them',
      options: [
        {
          flags: '--record <id>',
          description: 'for this record; may be given more than once',
          parse: several,
        },
        byOption,
      ],
      examples: ['workflows run close-by-evidence --record POAM-2026-0001'],
      action: async () => (await import('./workflows.actions.ts')).run,
    },
    {
      name: 'runs',
      reads: true,
      description: 'runs of workflows, the latest first',
      options: listOptions,
      examples: [
        'workflows runs --filter "state=failed,held,halted"',
        'workflows runs --filter "workflow=kev-arrives started=-7d.."',
      ],
      action: async () => (await import('./workflows.actions.ts')).showRuns,
    },
    {
      name: 'trace',
      reads: true,
      arguments: '<run>',
      description: 'what each step of a run did, and why; by its id or the first characters of it',
      action: async () => (await import('./workflows.actions.ts')).trace,
    },
    {
      name: 'cancel',
      arguments: '<run>',
      description: 'end a run that is not over, or that failed; what it did stays done',
      options: [byOption],
      action: async () => (await import('./workflows.actions.ts')).cancel,
    },
    {
      name: 'retry',
      arguments: '<run>',
      description: 'let a run that failed try its step again',
      options: [byOption],
      action: async () => (await import('./workflows.actions.ts')).retry,
    },
    {
      name: 'release',
      arguments: '<name>',
      description: 'let runs go that are held because the limit of their workflow was reached',
      options: [byOption],
      action: async () => (await import('./workflows.actions.ts')).release,
    },
    {
      name: 'remove',
      arguments: '<name>',
      description: 'remove a workflow: its open runs are cancelled, and what they did stays to be read',
      options: [reason, byOption],
      action: async () => (await import('./workflows.actions.ts')).remove,
    },
  ],
};
