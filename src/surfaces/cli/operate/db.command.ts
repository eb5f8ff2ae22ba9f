import type { CommandSpec, FirstLevel, NounSpec, OptionSpec } from '../kit/command.ts';
import { allOption, several, wholeNumber } from '../kit/flags.ts';
import { lockPatienceMs } from './lock-patience.ts';

const check: CommandSpec = {
  name: 'check',
  reads: true,
  description: 'what a migration would find and do; reads only',
  options: [
    { flags: '--schema <name>', description: "schema for Tieline's own tables" },
    { flags: '--quick', description: 'leave out what reads whole tables', default: false },
    {
      flags: '--count-limit <seconds>',
      description: 'how long one count may take',
      parse: wholeNumber(1, 86_400),
      default: 300,
    },
  ],
  action: async () => (await import('./db.actions.ts')).check,
};

const migrate: CommandSpec = {
  name: 'migrate',
  description: "add Tieline's columns, tables and indexes; nothing that is there is changed",
  options: [
    { flags: '--dry-run', description: 'print the exact SQL and do nothing', default: false },
    {
      flags: '--schema <name>',
      description: "schema for Tieline's own tables (default: where the application's are)",
    },
    {
      flags: '--accept <id>',
      description: 'continue although `db check` reports this; may be given more than once',
      parse: several,
      default: [],
    },
    {
      flags: '--no-verify',
      description: 'do not compare row counts and checksums before and after',
    },
    {
      flags: '--patience <seconds>',
      description: 'how long to keep trying for the locks',
      parse: wholeNumber(1, 86_400),
      default: lockPatienceMs / 1000,
    },
  ],
  action: async () => (await import('./db.actions.ts')).migrate,
};

const backfill: CommandSpec = {
  name: 'backfill',
  description: "fill Tieline's columns from what is stored already; never over a value that is there",
  options: [
    {
      flags: '--batch <n>',
      description: 'the most rows a transaction',
      parse: wholeNumber(1, 100_000),
      default: 2000,
    },
    {
      flags: '--share <percent>',
      description: 'share of the time to work, the rest is pause',
      parse: wholeNumber(1, 100),
      default: 50,
    },
    {
      flags: '--again',
      description: 'from the beginning, also what was looked at before',
      default: false,
    },
  ],
  action: async () => (await import('./backfill.actions.ts')).backfillDatabase,
};

const dryRun: OptionSpec = {
  flags: '--dry-run',
  description: 'only say what would be done',
  default: false,
};

const retention: NounSpec = {
  name: 'retention',
  description: 'how long the tables that grow with time keep their rows',
  commands: [
    {
      name: 'show',
      reads: true,
      description: 'what each table keeps, its months, and which are due to be dropped',
      action: async () => (await import('./db-status.actions.ts')).showRetention,
    },
    {
      name: 'run',
      description: 'make the months ahead and drop those past what their tables keep',
      options: [dryRun],
      action: async () => (await import('./db-status.actions.ts')).runDueRetention,
    },
    {
      name: 'set',
      arguments: '<table> <months>',
      description: 'keep so many whole months besides the current one, or "forever"',
      action: async () => (await import('./db-status.actions.ts')).setRetention,
    },
  ],
};

export const db: FirstLevel = {
  commands: [
    check,
    migrate,
    {
      name: 'checksum',
      description: 'row counts and checksums of the tables that were there before, over their own columns',
      action: async () => (await import('./db.actions.ts')).checksum,
    },
    backfill,
    {
      name: 'grants',
      description: 'the least privileges that the service needs, as SQL',
      options: [
        { flags: '--role <name>', description: 'the role that Tieline runs as', required: true },
        {
          flags: '--reader <name>',
          description: 'the role that metrics queries run as: reads only, with a time limit',
        },
      ],
      action: async () => (await import('./db.actions.ts')).grants,
    },
    {
      name: 'status',
      reads: true,
      description: 'server, size, migrations, tables, partitions and indexes of the database',
      options: [allOption('every table and index, not only the largest')],
      action: async () => (await import('./db-status.actions.ts')).showStatus,
    },
    retention,
    {
      name: 'remove',
      description:
        'remove what Tieline brought, and nothing else; without --confirm it only says what that is',
      options: [{ flags: '--confirm <database>', description: "the database's name" }],
      action: async () => (await import('./db.actions.ts')).remove,
    },
  ],
};
