import type { FirstLevel, OptionSpec } from '../kit/command.ts';
import { leavingOptions, limitOption, several } from '../kit/flags.ts';

const boundary: OptionSpec = {
  flags: '--boundary <system>',
  description: 'id of the authorization boundary',
};
const parameters: readonly OptionSpec[] = [
  boundary,
  {
    flags: '--from <day>',
    description: 'first day of the period, YYYY-MM-DD (default: 30 days before its last)',
  },
  { flags: '--to <day>', description: 'last day of the period, YYYY-MM-DD (default: today)' },
  {
    flags: '--set <name=value>',
    description: 'another parameter of the template; may be given more than once',
    parse: several,
  },
];

export const reports: FirstLevel = {
  commands: [
    {
      name: 'list',
      reads: true,
      isDefault: true,
      description: 'reports that were made, the newest first',
      options: [
        boundary,
        { flags: '--template <name>', description: 'only of this template or schedule' },
        limitOption(1000, 50),
        { flags: '--after <id>', description: 'those that follow this report' },
      ],
      action: async () => (await import('./reports.actions.ts')).list,
    },
    {
      name: 'templates',
      reads: true,
      description: 'what can be made, what each takes, and the schedules',
      action: async () => (await import('./reports.actions.ts')).templates,
    },
    {
      name: 'make',
      arguments: '<template>',
      description: 'make a report of the record as it is now, or of the rows of an earlier one',
      options: [
        ...parameters,
        { flags: '--out <path>', description: 'write the file there as well: a file, or a folder' },
        { flags: '--snapshot <id>', description: 'of exactly the rows of an earlier report of this kind' },
        { flags: '--fill <workbook>', description: 'a workbook of your own that is to be filled' },
        ...leavingOptions,
      ],
      examples: [
        'reports make fedramp-poam --boundary SYS-7 --out .',
        'reports make fedramp-poam --boundary SYS-7 --set items=late',
      ],
      action: async () => (await import('./reports.actions.ts')).make,
    },
    {
      name: 'show',
      reads: true,
      arguments: '<id>',
      description: 'one report: what it is of, hash, snapshot, and what could not be said',
      action: async () => (await import('./reports.actions.ts')).show,
    },
    {
      name: 'save',
      arguments: '<id> <path>',
      description: 'write the file of a report; one that differs from its hash is not written',
      options: leavingOptions,
      examples: [
        'reports save 1f0c… . --recipient OIG --purpose "yearly audit" --authority "5 U.S.C. 552a(b)(1)"',
      ],
      action: async () => (await import('./reports.actions.ts')).save,
    },
    {
      name: 'read',
      arguments: '<id>',
      description: 'say that you have read a report of a schedule: it leaves your inbox',
      action: async () => (await import('./reports.actions.ts')).read,
    },
    {
      name: 'verify',
      reads: true,
      arguments: '<file-or-hash>',
      description: 'whether a file, or a SHA-256, is a report that was made here',
      action: async () => (await import('./reports.actions.ts')).verify,
    },
    {
      name: 'schedule',
      arguments: '<name> <template>',
      description: 'have a report made by a worker, with the rights of who sets it up',
      options: [
        {
          flags: '--cron <cron>',
          description: 'five fields, UTC: minute hour day month weekday',
          required: true,
        },
        ...parameters,
        {
          flags: '--to-account <name>',
          description: 'who is to read it; may be given more than once',
          parse: several,
        },
        {
          flags: '--to-outside <address;recipient;purpose;authority>',
          description:
            'somebody without an account, who is sent the file, in a domain of TIELINE_REPORT_DOMAINS; may be given more than once',
          parse: several,
        },
      ],
      examples: [
        'reports schedule monthly-poam fedramp-poam --boundary SYS-7 --cron "0 6 1 * *"',
        'reports schedule oig-poam fedramp-poam --boundary SYS-7 --cron "0 6 1 * *" --to-outside "audit@oig.example;OIG;yearly audit;5 U.S.C. 552a(b)(1)"',
      ],
      action: async () => (await import('./reports.actions.ts')).schedule,
    },
    {
      name: 'unschedule',
      arguments: '<name>',
      description: 'end a schedule; its reports stay',
      action: async () => (await import('./reports.actions.ts')).unschedule,
    },
  ],
};
