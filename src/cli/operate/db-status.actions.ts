import type { Command } from 'commander';
import {
  changeRetention,
  fetchRetention,
  runRetention,
  type NotDone,
  type Partition,
  type RetentionRun,
  type TableRetention,
} from '../../app/database/retention.ts';
import { fetchDatabaseReport, type DatabaseReport, type TableStatus } from '../../app/database/status.ts';
import type { CommandContext, GlobalFlags } from '../kit/command-context.ts';
import { wholeNumber } from '../kit/flags.ts';
import { fittedTable, widthOf } from '../kit/fitted-table.ts';
import { counted, table } from '../kit/table.ts';

const units = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `512 B`, `1.2 MB`, `340 GB`, in steps of 1024. */
function bytesText(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), units.length - 1);
  const value = bytes / 1024 ** step;
  return `${value.toFixed(step === 0 || value >= 10 ? 0 : 1)} ${units[step]}`;
}

const dayText = (at: Date | null): string => at?.toISOString().slice(0, 10) ?? '–';
const timeText = (at: Date | null): string => at?.toISOString().slice(0, 16).replace('T', ' ') ?? '–';
const numberText = (n: number | null): string =>
  n === null ? '–' : Math.round(n).toLocaleString('en-US', { notation: n < 1e6 ? 'standard' : 'compact' });
const keepText = (months: number | null): string => (months === null ? 'for ever' : counted(months, 'month'));
/** Tables and indexes that are shown unasked: the largest; and unused indexes only from this size on. */
const shownAtMost = 25;
const worthAWord = 1024 ** 2;

export function addDbStatusCommands(db: Command, context: CommandContext): void {
  db.command('status')
    .description('server, size, migrations, tables, partitions and indexes of the database')
    .option('--all', 'every table and index, not only the largest', false)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { all: boolean }>();
      const report = await context.host.withApp(flags, fetchDatabaseReport);
      if (flags.json) context.printJson(report);
      else context.print(statusText(report, flags.all, widthOf(context.host.terminal)));
    });
  addRetentionCommands(db, context);
}

function addRetentionCommands(db: Command, context: CommandContext): void {
  const retention = db
    .command('retention')
    .description('how long the tables that grow with time keep their rows');

  retention
    .command('show')
    .description('what each table keeps, its months, and which are due to be dropped')
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const { tables } = await context.host.withApp(flags, fetchRetention);
      if (flags.json) context.printJson({ tables });
      else
        context.print(
          [
            retentionTable(tables, widthOf(context.host.terminal)),
            partitionTable(tables, widthOf(context.host.terminal)),
            nextStep(tables),
          ].join('\n\n'),
        );
    });

  retention
    .command('run')
    .description('make the months ahead and drop those past what their tables keep')
    .option('--dry-run', 'only say what would be done', false)
    .action(async (_options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags & { dryRun: boolean }>();
      const { signal, terminal } = context.host;
      const report = (what: string, tried: number): void => {
        if (tried === 3 || tried % 10 === 0)
          terminal.err.write(`  ${what}: somebody uses the table; trying again (${tried} times so far)\n`);
      };
      const run = await context.host.withApp(flags, (app) =>
        runRetention(app, { dryRun: flags.dryRun }, { signal, report }),
      );
      if (flags.json) context.printJson(run.outcome ?? { dryRun: true, tables: run.plan.tables });
      else context.print(runText(run));
      if (run.outcome && run.outcome.notDone.length > 0) context.result.exitCode = 1;
    });

  retention
    .command('set <table> <months>')
    .description('keep so many whole months besides the current one, or "forever"')
    .action(async (name: string, months: string, _options, command: Command) => {
      const flags = command.optsWithGlobals<GlobalFlags>();
      const keepMonths = months === 'forever' ? null : wholeNumber(1, 1200)(months);
      const changed = await context.host.withApp(flags, (app) => changeRetention(app, name, keepMonths));
      if (flags.json) context.printJson(changed ?? { table: name, keepMonths });
      else
        context.print(
          [`${name} keeps its rows ${keepSentence(keepMonths)}.`, changed ? nextStep([changed]) : '']
            .join('\n')
            .trimEnd(),
        );
    });
}

const keepSentence = (months: number | null): string =>
  months === null ? 'for ever' : `for ${counted(months, 'whole month')} besides the current one`;

const dueOf = (tables: readonly TableRetention[]): Partition[] =>
  tables.flatMap((each) => each.partitions.filter((partition) => partition.isDue));

function retentionTable(tables: readonly TableRetention[], width: number | undefined): string {
  return fittedTable(
    ['TABLE', 'KEEPS', 'ROWS GO BEFORE', 'MONTHS', 'SIZE', 'DUE', 'MISSING AHEAD', 'IN DEFAULT, DUE'],
    tables.map((each) => [
      each.table,
      keepText(each.keepMonths),
      dayText(each.limit),
      String(each.partitions.filter((partition) => partition.isMonth).length),
      bytesText(each.partitions.reduce((sum, partition) => sum + partition.bytes, 0)),
      String(dueOf([each]).length),
      String(each.missing.length),
      numberText(each.overdueRows),
    ]),
    width,
  );
}

function stateOf(partition: Partition): string {
  if (partition.isDue) return partition.isAttached ? 'due to be dropped' : 'taken out, due to be dropped';
  if (!partition.isAttached) return 'taken out of the table, not due: left alone';
  if (partition.isDefault) return 'rows whose month has no partition';
  return partition.isMonth ? '' : "not one of Tieline's months: never dropped";
}

function partitionTable(tables: readonly TableRetention[], width: number | undefined): string {
  return fittedTable(
    ['PARTITION', 'FROM (UTC)', 'TO (UTC)', 'ROWS, ABOUT', 'SIZE', ''],
    tables.flatMap((each) =>
      each.partitions.map((partition) => [
        partition.name,
        dayText(partition.from),
        dayText(partition.to),
        numberText(partition.rows),
        bytesText(partition.bytes),
        stateOf(partition),
      ]),
    ),
    width,
  );
}

function nextStep(tables: readonly TableRetention[]): string {
  const due = dueOf(tables);
  const bytes = due.reduce((sum, partition) => sum + partition.bytes, 0);
  const overdue = tables.reduce((sum, each) => sum + each.overdueRows, 0);
  const missing = tables.reduce((sum, each) => sum + each.missing.length, 0);
  const work = [
    due.length > 0 ? `drop ${counted(due.length, 'month')} (${bytesText(bytes)})` : '',
    overdue > 0 ? `delete ${counted(overdue, 'row')} from default partitions` : '',
    missing > 0 ? `make ${counted(missing, 'partition')}` : '',
  ].filter(Boolean);
  return work.length === 0
    ? 'Nothing is due.'
    : `\`tieline db retention run\` will ${work.join(', ')}; see it first with --dry-run.`;
}

function runText({ plan, outcome }: RetentionRun): string {
  if (outcome === null) {
    const lines = [
      ...dueOf(plan.tables).map((each) => ['drop', each.name, numberText(each.rows), bytesText(each.bytes)]),
      ...plan.tables
        .filter((each) => each.overdueRows > 0)
        .map((each) => [
          'delete from',
          `${each.table}'s default partition`,
          numberText(each.overdueRows),
          '–',
        ]),
      ...plan.tables.flatMap((each) => each.missing).map((name) => ['make', name, '–', '–']),
    ];
    if (lines.length === 0) return 'Nothing is due.';
    return `${table(['WOULD', 'WHAT', 'ROWS', 'SIZE'], lines)}\n\nNothing was done. Do it with \`tieline db retention run\`.`;
  }
  const { made, dropped, deleted, notDone } = outcome;
  const lines = [
    ...made.map((name) => `Made     ${name}`),
    ...dropped.map((each) => `Dropped  ${each.name}  ${bytesText(each.bytes)}`),
    ...deleted.map((each) => `Deleted  ${counted(each.rows, 'row')} from ${each.table}'s default partition`),
    ...notDone.flatMap(notDoneLines),
  ];
  if (lines.length === 0) return 'Nothing was due.';
  return notDone.length === 0
    ? lines.join('\n')
    : `${lines.join('\n')}\n\nEnd what is in the way, or wait for it, and run \`tieline db retention run\` again: it continues where it was.`;
}

const attempted = { make: 'made', detach: 'taken out of its table', drop: 'dropped' } as const;

function notDoneLines({ step, name, reason, holders }: NotDone): string[] {
  return [
    `Not done ${name}  could not be ${attempted[step]}: ${reason}`,
    ...holders.map(
      (each) =>
        `           in the way: session ${each.pid} (${each.application || 'no name'}, ${each.state}), in a transaction for ${counted(each.seconds, 'second')}`,
    ),
  ];
}

function statusText(report: DatabaseReport, all: boolean, width: number | undefined): string {
  const { connections, migrations } = report;
  const last = migrations.at(-1);
  const tables = all ? report.tables : report.tables.slice(0, shownAtMost);
  const indexes = report.indexes.filter(
    (index) => all || index.isInvalid || (index.isNeverUsed && index.bytes >= worthAWord),
  );
  const shownIndexes = all ? indexes : indexes.slice(0, shownAtMost);
  const more = (shown: number, of: number): string =>
    shown < of ? `\n… and ${of - shown} more: --all shows them.` : '';
  return [
    fittedTable(
      ['Database', report.database],
      [
        ['Server', `PostgreSQL ${report.serverVersion}`],
        ['Size', bytesText(report.bytes)],
        ['Encoding', report.encoding],
        ['Time zone', report.timeZone],
        ['Connections', `${connections.used} of ${connections.max} (${connections.here} to this database)`],
        [
          'Migrations',
          last ? `${migrations.length}, the last ${last.name} (${timeText(last.appliedAt)} UTC)` : 'none',
        ],
        [
          'Statistics',
          report.statisticsSince ? `since ${timeText(report.statisticsSince)} UTC` : 'since the beginning',
        ],
      ],
      width,
    ),
    `Tables, largest first (rows and dead rows are estimates):\n${fittedTable(
      ['TABLE', 'ROWS', 'HEAP', 'INDEXES', 'TOAST', 'DEAD', 'BLOAT', 'VACUUMED (UTC)', 'ANALYZED (UTC)'],
      tables.map(tableRow),
      width,
    )}${more(tables.length, report.tables.length)}`,
    `Months:\n${retentionTable(report.retention, width)}`,
    all ? `Partitions:\n${partitionTable(report.retention, width)}` : '',
    shownIndexes.length > 0
      ? `${all ? 'Indexes' : 'Indexes without use (from 1 MB) or invalid'}:\n${fittedTable(
          ['INDEX', 'TABLE', 'SIZE', 'SCANS', ''],
          shownIndexes.map((index) => [
            index.name,
            index.table,
            bytesText(index.bytes),
            numberText(index.scans),
            index.isInvalid ? 'INVALID' : index.isNeverUsed ? 'never used' : '',
          ]),
          width,
        )}${more(shownIndexes.length, indexes.length)}`
      : '',
    report.advice.length > 0
      ? `To do:\n${report.advice.map((line) => `  ${line}`).join('\n')}`
      : 'Nothing to do.',
  ]
    .filter(Boolean)
    .join('\n\n');
}

const tableRow = (each: TableStatus): string[] => [
  each.schema === 'public' ? each.name : `${each.schema}.${each.name}`,
  numberText(each.rows),
  bytesText(each.heapBytes),
  bytesText(each.indexBytes),
  bytesText(each.toastBytes),
  each.deadShare === null ? '–' : `${Math.round(each.deadShare * 100)} %`,
  bytesText(each.bloatBytes),
  timeText(each.lastVacuum),
  timeText(each.lastAnalyze),
];
