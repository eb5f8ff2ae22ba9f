import { taskSubjects } from '../../../canonical/vocabulary/index.ts';
import type { FirstLevel } from '../kit/command.ts';
import { byOption } from '../kit/flags.ts';
import { listOptions } from '../lists/list-options.ts';

const note = { flags: '--note <text>', description: 'kept with the task' };

export const tasks: FirstLevel = {
  commands: [
    {
      name: 'list',
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
