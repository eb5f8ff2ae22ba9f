import type { Command } from 'commander';
import { shownText } from '../../errors/shown-text.ts';
import {
  checkDatabase,
  checksumDatabase,
  listGrants,
  migrateDatabase,
  removeFromDatabase,
  showMigration,
  type DatabaseCheck,
  type DatabaseMigration,
} from '../../app/database/adoption.ts';
import { backfill } from '../../app/database/backfill.ts';
import { fittedTable, widthOf } from '../kit/fitted-table.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { wholeNumber } from '../kit/flags.ts';
import { counted } from '../kit/table.ts';

const collect = (value: string, before: readonly string[]): string[] => [...before, value];
const lockPatienceMs = 300_000;

/** `1.2 GB`, `340 KB`. */
function bytes(n: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  const at = n < 1 ? 0 : Math.min(Math.floor(Math.log(n) / Math.log(1024)), units.length - 1);
  return `${(n / 1024 ** at).toFixed(at === 0 ? 0 : 1)} ${units[at] ?? ''}`;
}

export function addDbCommands(program: Command, context: CommandContext): Command {
  const db = program
    .command('db')
    .description('the database: check it, move into it, see how it is, take Tieline out again');

  db.command('check')
    .description('what a migration would find and do; reads only')
    .option('--schema <name>', "schema for Tieline's own tables")
    .option('--quick', 'leave out what reads whole tables', false)
    .option('--count-limit <seconds>', 'how long one count may take', wholeNumber(1, 86_400), 300)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<
        GlobalFlags & { schema?: string; quick: boolean; countLimit: number }
      >();
      const check = await context.host.withDatabase(flags, (access) =>
        checkDatabase(access, {
          ...(flags.schema === undefined ? {} : { schema: flags.schema }),
          countRows: !flags.quick,
          countLimitMs: flags.countLimit * 1000,
        }),
      );
      if (flags.json) context.printJson(check);
      else printCheck(context, check);
      if (!check.canMigrate) context.result.exitCode = 1;
    });

  db.command('migrate')
    .description("add Tieline's columns, tables and indexes; nothing that is there is changed")
    .option('--dry-run', 'print the exact SQL and do nothing', false)
    .option('--schema <name>', "schema for Tieline's own tables (default: where the application's are)")
    .option(
      '--accept <id>',
      'continue although `db check` reports this; may be given more than once',
      collect,
      [],
    )
    .option('--no-verify', 'do not compare row counts and checksums before and after')
    .option(
      '--patience <seconds>',
      'how long to keep trying for the locks',
      wholeNumber(1, 86_400),
      lockPatienceMs / 1000,
    )
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<
        GlobalFlags & {
          dryRun: boolean;
          schema?: string;
          accept: string[];
          verify: boolean;
          patience: number;
        }
      >();
      if (flags.dryRun) {
        const sql = await context.host.withDatabase(flags, (access) => showMigration(access, flags.schema));
        if (flags.json) context.printJson({ sql });
        else context.printWhole(sql);
        return;
      }
      const result = await context.host.withDatabase(flags, (access) =>
        migrateDatabase(access, {
          ...(flags.schema === undefined ? {} : { schema: flags.schema }),
          accept: flags.accept,
          verify: flags.verify,
          lockTimeoutMs: flags.patience * 1000,
          log: (line) => void context.host.terminal.err.write(`${shownText(line)}\n`),
        }),
      );
      if (flags.json) context.printJson(result);
      else printMigration(context, result);
    });

  db.command('checksum')
    .description('row counts and checksums of the tables that were there before, over their own columns')
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const sums = await context.host.withDatabase(flags, (access) => checksumDatabase(access));
      if (flags.json) context.printJson(sums);
      else
        context.print(
          fittedTable(
            ['TABLE', 'ROWS', 'CHECKSUM'],
            sums.map((sum) => [`${sum.schema}.${sum.table}`, sum.rows.toLocaleString('en-US'), sum.checksum]),
            widthOf(context.host.terminal),
          ),
        );
    });

  db.command('backfill')
    .description("fill Tieline's columns from what is stored already; never over a value that is there")
    .option('--batch <n>', 'the most rows a transaction', wholeNumber(1, 100_000), 2000)
    .option('--share <percent>', 'share of the time to work, the rest is pause', wholeNumber(1, 100), 50)
    .option('--again', 'from the beginning, also what was looked at before', false)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { batch: number; share: number; again: boolean }>();
      let shown = 0;
      const outcome = await context.host.withApp(flags, (app) =>
        backfill(app, {
          ...flags,
          signal: context.host.signal,
          report: ({ table: name, seen, about, filled }) => {
            if (performance.now() - shown < 2000) return;
            shown = performance.now();
            context.host.terminal.err.write(
              `${name}: ${seen.toLocaleString('en-US')} of about ${about.toLocaleString('en-US')} rows seen, ${filled.toLocaleString('en-US')} filled\n`,
            );
          },
        }),
      );
      if (outcome.tables.some((each) => each.refused > 0)) context.result.exitCode = 3;
      if (flags.json) {
        context.printJson(outcome);
        return;
      }
      context.print(
        fittedTable(
          ['TABLE', 'ROWS SEEN', 'FILLED', 'NOT READABLE', 'LEFT'],
          outcome.tables.map((each) => [
            each.table,
            each.seen.toLocaleString('en-US'),
            each.filled.toLocaleString('en-US'),
            each.refused.toLocaleString('en-US'),
            each.missed.length.toLocaleString('en-US'),
          ]),
          widthOf(context.host.terminal),
        ),
      );
      for (const each of outcome.tables)
        if (Object.keys(each.values).length > 0)
          context.print(
            `  ${each.table}: ${Object.entries(each.values)
              .map(([column, n]) => `${column} ${n.toLocaleString('en-US')}`)
              .join(', ')}`,
          );
      if (!outcome.triggersSilent)
        context.print(
          "\nThe application's own triggers fired for each row that was filled: this role may not switch them off.",
        );
      context.print(
        context.result.exitCode === 3
          ? `\nWhat could not be read is in ingestion_errors, with the reason: tieline ops show ${outcome.operationId.slice(0, 8)}`
          : '\nNext: tieline connections add …, then tieline sync run',
      );
    });

  db.command('grants')
    .description('the least privileges that the service needs, as SQL')
    .requiredOption('--role <name>', 'the role that Tieline runs as')
    .option('--reader <name>', 'the role that metrics queries run as: reads only, with a time limit')
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { role: string; reader?: string }>();
      const lines = await context.host.withDatabase(flags, (access) =>
        listGrants(access, {
          service: flags.role,
          ...(flags.reader === undefined ? {} : { reader: flags.reader }),
        }),
      );
      if (flags.json) context.printJson({ statements: lines });
      else for (const line of lines) context.printWhole(line);
    });

  db.command('remove')
    .description(
      'take out what Tieline brought, and nothing else; without --confirm it only says what that is',
    )
    .option('--confirm <database>', "the database's name")
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { confirm?: string }>();
      const { removed, plan, database } = await context.host.withDatabase(flags, (access) =>
        removeFromDatabase(access, {
          ...(flags.confirm === undefined ? {} : { confirm: flags.confirm }),
          patienceMs: lockPatienceMs,
        }),
      );
      if (flags.json) {
        context.printJson({ removed, database, statements: plan.statements, dependents: plan.dependents });
        return;
      }
      if (!removed) for (const statement of plan.statements) context.print(`${statement};`);
      for (const dependent of plan.dependents) context.print(`-- in the way: ${dependent}`);
      context.print(
        removed
          ? `Tieline is out of ${database}. Rows that it added to the application's tables are left there.`
          : `\n-- Nothing was removed. With everything in these tables and columns: tieline db remove --confirm ${database}`,
      );
    });
  return db;
}

const statusWords: Readonly<Record<DatabaseCheck['tables'][number]['status'], string>> = {
  fits: 'fits',
  extended: 'will be extended',
  differs: 'differs',
  taken: 'name taken',
  new: 'will be made',
};

function printCheck(context: CommandContext, check: DatabaseCheck): void {
  const print = (line: string): void => context.print(line);
  print(
    `Database ${check.database} on PostgreSQL ${check.server}, encoding ${check.encoding}, as ${check.role}; ${check.adopted ? 'another application lives here' : 'no tables of another application'}.\n`,
  );
  const there = check.tables.filter((each) => each.status !== 'new');
  if (there.length > 0)
    print(
      `${fittedTable(
        ['TABLE', 'STATUS', 'ROWS', 'SIZE', 'ADDED COLUMNS'],
        there.map((each) => [
          `${each.schema}.${each.table}`,
          statusWords[each.status],
          `~${each.rows.toLocaleString('en-US')}`,
          bytes(each.bytes),
          each.adds.join(', ') || '–',
        ]),
        widthOf(context.host.terminal),
      )}\n`,
    );
  const made = check.tables.filter((each) => each.status === 'new');
  if (made.length > 0)
    print(`Will be made in schema ${check.schema}: ${made.map((each) => each.table).join(', ')}\n`);
  const notes = check.tables.flatMap((each) =>
    each.notes.map((note) => [each.table, note.what, note.meaning]),
  );
  if (notes.length > 0)
    print(
      `${fittedTable(['TABLE', 'WHAT IS DIFFERENT', 'WHAT IT MEANS'], notes, widthOf(context.host.terminal))}\n`,
    );
  if (check.traps.length > 0)
    print(
      `${fittedTable(
        ['TABLE', 'ROWS', 'WHAT IS IN THE ROWS', 'WHAT IT MEANS'],
        check.traps.map((trap) => [trap.table, trap.rows.toLocaleString('en-US'), trap.what, trap.meaning]),
        widthOf(context.host.terminal),
      )}\n`,
    );
  if (check.notCounted.length > 0) print(`Not counted: ${check.notCounted.join('; ')}\n`);
  if (check.pending.length === 0 && check.unfinishedIndexes.length === 0)
    print('Every migration is applied.');
  else if (check.lockedStatements > 0)
    print(
      `Under locks: ${counted(check.lockedStatements, 'statement')}, about ${check.estimatedLockMs} ms, once; then ${counted(check.indexesToBuild.length + check.unfinishedIndexes.length, 'index', 'indexes')} built beside the work.`,
    );
  if (check.linkFaults.length > 0) {
    const rows = check.linkFaults.map((fault) => [
      fault.kind,
      `${fault.entity} ${fault.entityId}`,
      fault.detail,
    ]);
    print(`\n${fittedTable(['LINKS', 'RECORD HERE', 'WHICH'], rows, widthOf(context.host.terminal))}`);
    print(
      'Nothing was changed. See tieline links list and tieline conflicts list; a link that is wrong: tieline links break.\n',
    );
  }
  for (const holder of check.holders)
    print(
      `Session ${holder.pid} (${holder.application || 'no name'}, ${holder.state}) has held these tables for ${holder.seconds} s; a migration waits until it ends.`,
    );
  if (check.problems.length > 0) {
    print(
      `\nThis database cannot be migrated as it is:\n${check.problems
        .map(
          (problem) =>
            `  ${problem.id}\n    ${problem.what}\n    ${problem.remedy}${problem.acceptable ? `\n    or: tieline db migrate --accept ${problem.id}` : ''}`,
        )
        .join('\n')}`,
    );
    return;
  }
  if (check.pending.length > 0 || check.unfinishedIndexes.length > 0)
    print('\nIt can be migrated. Next: tieline db migrate --dry-run, then tieline db migrate');
}

function printMigration(context: CommandContext, result: DatabaseMigration): void {
  const print = (line: string): void => context.print(line);
  if (result.verified.length > 0)
    print(
      `${fittedTable(
        ['TABLE', 'ROWS BEFORE', 'AFTER', 'CHECKSUM BEFORE', 'AFTER', ''],
        result.verified.map((each) => [
          each.table,
          each.rowsBefore.toLocaleString('en-US'),
          each.rowsAfter.toLocaleString('en-US'),
          each.checksumBefore,
          each.checksumAfter,
          each.verdict,
        ]),
        widthOf(context.host.terminal),
      )}\n`,
    );
  if (result.verified.some((each) => each.verdict !== 'equal'))
    print(
      'Where it says "written by others", the application wrote meanwhile; the migration itself wrote no row of any of these tables.\n',
    );
  if (result.applied.length === 0 && result.indexes.length === 0) {
    print('Nothing to do: every migration is applied.');
    return;
  }
  print(
    `Applied ${counted(result.applied.length, 'migration')}, built ${counted(result.indexes.length, 'index', 'indexes')}; locks were held or waited for ${result.lockedMs} ms${result.lockAttempts > 1 ? `, after ${counted(result.lockAttempts - 1, 'attempt')} that gave way` : ''}.`,
  );
  print(result.adopted ? '\nNext: tieline db backfill' : '\nNext: tieline connections add …');
}
