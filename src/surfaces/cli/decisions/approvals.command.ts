import type { CommandSpec, FirstLevel } from '../kit/command.ts';
import { allOption, decisionOptions, limitOption, several } from '../kit/flags.ts';

const deciding = (name: string, description: string, action: CommandSpec['action']): CommandSpec => ({
  name,
  arguments: '<id>',
  description,
  options: [
    {
      flags: '--record <id>',
      description: 'only the changes of this record; may be given more than once',
      parse: several,
    },
    ...decisionOptions,
  ],
  action,
});

export const approvals: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      description: 'what waits, one line a change',
      options: [allOption('also what was decided'), limitOption(10_000, 20, 'how many approvals')],
      action: async () => (await import('./approvals.actions.ts')).listApprovals,
    },
    {
      name: 'show',
      reads: true,
      arguments: '<id>',
      description: 'what would be sent, or what is asked for, field by field, in full',
      action: async () => (await import('./approvals.actions.ts')).showApproval,
    },
    deciding(
      'approve',
      'let the changes of an approval go out (a worker or the next sync sends them), or agree to a request',
      async () => (await import('./approvals.actions.ts')).approve,
    ),
    deciding(
      'reject',
      'drop the changes of an approval (they are not planned again until their values are others), or reject a request',
      async () => (await import('./approvals.actions.ts')).reject,
    ),
    {
      name: 'delegate',
      arguments: '<id>',
      description: 'let another person answer a question of a workflow in your place, this once',
      options: [
        { flags: '--to <name>', description: 'the account of a person who may decide requests there' },
        ...decisionOptions,
      ],
      examples: ['approvals delegate 4f0c --to m.silva --reason "away until Monday"'],
      action: async () => (await import('./approvals.actions.ts')).delegate,
    },
  ],
};
