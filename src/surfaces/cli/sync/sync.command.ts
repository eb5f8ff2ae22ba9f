import type { CommandSpec, FirstLevel } from '../kit/command.ts';
import { limitOption } from '../kit/flags.ts';
import { scopeOptions } from './scope-options.ts';

const run: CommandSpec = {
  name: 'run',
  description: 'read what changed, draw conclusions, send what is due; continues an interrupted run',
  options: [
    ...scopeOptions,
    {
      flags: '--accept-missing',
      description: 'believe a full read that shows far fewer records than are linked (see TOO_MANY_MISSING)',
    },
  ],
  action: async () => (await import('./sync.actions.ts')).runSync,
};

const plan: CommandSpec = {
  name: 'plan',
  reads: true,
  description: 'show what a sync would do now, on both sides, and write nothing',
  options: [
    ...scopeOptions,
    { flags: '--out <file>', description: 'also write the plan to this file, for `tieline sync apply`' },
    {
      flags: '--keep',
      description: 'also keep it for 30 days, to be reviewed by others and applied: `tieline plans`',
      default: false,
    },
    limitOption(1_000_000, 20, 'how many lines to show of each group'),
  ],
  action: async () => (await import('../plans/plan.actions.ts')).plan,
};

export const sync: FirstLevel = {
  commands: [
    run,
    {
      name: 'status',
      reads: true,
      description: 'what was read when, what waits to be sent, what needs a person',
      action: async () => (await import('./sync.actions.ts')).showStatus,
    },
    plan,
    {
      name: 'apply',
      arguments: '<file>',
      description: 'do exactly what a plan shows, or nothing if anything moved since it was made',
      action: async () => (await import('../plans/plan.actions.ts')).apply,
    },
  ],
};
