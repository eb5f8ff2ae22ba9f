/** How long tables keep their rows, their months, and what is due. */
import type { NotDone, Partition, RetentionRun, TableRetention } from '../../../operate/database/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { dayText } from '../kit/instants.ts';
import { counted } from '../kit/table.ts';
import { bytesText } from './bytes.ts';

/** `12,345`, `1.2M`. */
export const numberText = (n: number | null): string =>
  n === null ? '–' : Math.round(n).toLocaleString('en-US', { notation: n < 1e6 ? 'standard' : 'compact' });
/** `7 years`, `3 months`, `forever`. */
function keepText(months: number | null): string {
  if (months === null) return 'forever';
  return months >= 24 && months % 12 === 0 ? counted(months / 12, 'year') : counted(months, 'month');
}
export const keepSentence = (months: number | null): string =>
  months === null ? 'forever' : `for ${counted(months, 'whole month')} besides the current one`;

const dueOf = (tables: readonly TableRetention[]): Partition[] =>
  tables.flatMap((each) => each.partitions.filter((partition) => partition.isDue));

export function retentionTable(tables: readonly TableRetention[], width: number | undefined): string {
  return fittedTable(
    ['TABLE', 'KEEPS', 'SINCE', 'MONTHS', 'SIZE', 'DUE', 'MISSING', 'OVERDUE'],
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
  if (partition.isDue) return partition.isAttached ? 'due' : 'taken out, due';
  if (!partition.isAttached) return 'taken out, not due: kept';
  if (partition.isDefault) return 'other months';
  return partition.isMonth ? '' : 'not ours: kept';
}

export function partitionTable(tables: readonly TableRetention[], width: number | undefined): string {
  return fittedTable(
    ['PARTITION', 'FROM (UTC)', 'TO (UTC)', 'ROWS ~', 'SIZE', ''],
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

/** What workers and servers delete by themselves. */
export const keptTable = (
  kept: readonly { readonly rows: string; readonly days: number }[],
  width: number | undefined,
): string =>
  fittedTable(
    ['ROWS', 'KEPT'],
    kept.map(({ rows, days }) => [rows, counted(days, 'day')]),
    width,
  );

export function nextStep(tables: readonly TableRetention[]): string {
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

export function runText({ plan, outcome }: RetentionRun, width: number | undefined): string {
  if (outcome === null) return dryRunText(plan.tables, width);
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

/** What `run` would do. */
function dryRunText(tables: readonly TableRetention[], width: number | undefined): string {
  const lines = [
    ...dueOf(tables).map((each) => ['drop', each.name, numberText(each.rows), bytesText(each.bytes)]),
    ...tables
      .filter((each) => each.overdueRows > 0)
      .map((each) => ['delete from', `${each.table}'s default partition`, numberText(each.overdueRows), '–']),
    ...tables.flatMap((each) => each.missing).map((name) => ['make', name, '–', '–']),
  ];
  if (lines.length === 0) return 'Nothing is due.';
  return `${fittedTable(['WOULD', 'WHAT', 'ROWS', 'SIZE'], lines, width)}\n\nNothing was done. Do it with \`tieline db retention run\`.`;
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
