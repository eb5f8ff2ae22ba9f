import type { CommandSpec, FirstLevel } from '../kit/command.ts';
import { wholeNumber } from '../kit/flags.ts';
import { several } from '../kit/flags.ts';

const set: CommandSpec = {
  name: 'set',
  arguments: '<system> <name>',
  description: 'make a schedule, or change it',
  options: [
    {
      flags: '--cron <expression>',
      description: 'minute hour day month weekday, in UTC',
      required: true,
    },
    {
      flags: '--entity <entity>',
      description: 'only this entity; may be given more than once',
      parse: several,
    },
    {
      flags: '--full',
      description: 'read everything, which also tells what is missing',
      default: false,
    },
    {
      flags: '--jitter-seconds <n>',
      description: 'up to so many seconds are added at random',
      parse: wholeNumber(0, 86_400),
      default: 60,
    },
    { flags: '--disable', description: 'keep it, but do not run it', default: false },
  ],
  examples: ['schedules set xacta often --cron "*/15 * * * *"'],
  action: async () => (await import('./schedules.actions.ts')).set,
};

export const schedules: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      description: 'the schedules, with their next time and how the last one went',
      action: async () => (await import('./schedules.actions.ts')).listSchedules,
    },
    set,
    {
      name: 'remove',
      arguments: '<system> <name>',
      description: 'remove a schedule',
      action: async () => (await import('./schedules.actions.ts')).remove,
    },
  ],
};
