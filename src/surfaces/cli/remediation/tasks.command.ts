import { taskSubjects } from '../../../canonical/vocabulary/index.ts';
import type { FirstLevel } from '../kit/command.ts';
import { byOption } from '../kit/flags.ts';
import { listOptions } from '../lists/list-options.ts';

const note = { flags: '--note <text>', description: 'kept with the task' };

export const tasks: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      isDefault: true,
      description: 'tasks, those due first; without a filter, those that are open',
      options: listOptions,
      examples: ['tasks list --filter "waits=me"', 'tasks list --filter "state=done by=jdoe"'],
      action: async () => (await import('./tasks.actions.ts')).showTasks,
    },
    {
      name: 'add',
      arguments: '<what>',
      description: 'give somebody a task about a record',
      options: [
        ...taskSubjects.map((kind) => ({
          flags: `--${kind} <id>`,
          description: `it is about this ${kind === 'poam' ? 'POA&M' : kind}`,
        })),
        { flags: '--to <name>', description: 'a person or a team (default: whoever sees it)' },
        { flags: '--due <day>', description: 'YYYY-MM-DD' },
        note,
        byOption,
      ],
      examples: ['tasks add "ask the vendor for a date" --poam POAM-2026-0001 --to jdoe --due 2026-12-15'],
      action: async () => (await import('./tasks.actions.ts')).addOne,
    },
    {
      name: 'change',
      arguments: '<task>',
      description: 'give a task to another, or change its day or words; by its number',
      options: [
        { flags: '--what <text>', description: 'what is to be done' },
        { flags: '--to <name>', description: 'a person or a team; "nobody": whoever sees it' },
        { flags: '--due <day>', description: 'YYYY-MM-DD; "none": no day' },
        note,
        byOption,
      ],
      examples: ['tasks change 12 --to "Web team" --due 2026-12-20'],
      action: async () => (await import('./tasks.actions.ts')).changeOne,
    },
    {
      name: 'done',
      arguments: '<task>',
      description: 'a task is done; by its number',
      options: [note, byOption],
      action: async () => (await import('./tasks.actions.ts')).finish,
    },
    {
      name: 'reopen',
      arguments: '<task>',
      description: 'a task that was done is open again; by its number',
      options: [note, byOption],
      action: async () => (await import('./tasks.actions.ts')).reopen,
    },
  ],
};
