/** What a migration would find, what it did, what a backfill filled and what a removal takes away, in words. */
import type {
  DatabaseCheck,
  DatabaseMigration,
  removeFromDatabase,
} from '../../../operate/database/index.ts';
import type { backfill } from '../../../operate/backfill/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { counted } from '../kit/table.ts';
import { bytesText } from './bytes.ts';

const statusWords: Readonly<Record<DatabaseCheck['tables'][number]['status'], string>> = {
  fits: 'fits',
  extended: 'will be extended',
  differs: 'differs',
  taken: 'name taken',
  new: 'will be made',
};

/** A table with a blank line after it; nothing where it has no rows. */
const tableOf = (
  header: readonly string[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): string[] => (rows.length === 0 ? [] : [`${fittedTable(header, rows, width)}\n`]);

/** @param width of the terminal. */
export function checkLines(check: DatabaseCheck, width: number | undefined): string[] {
  const lives = check.adopted ? 'another application lives here' : 'no tables of another application';
  return [
    `Database ${check.database} on PostgreSQL ${check.server}, encoding ${check.encoding}, as ${check.role}; ${lives}.\n`,
    ...foundLines(check, width),
    ...workLines(check),
    ...linkFaultLines(check, width),
    ...check.holders.map(
      (holder) =>
        `Session ${holder.pid} (${holder.application || 'no name'}, ${holder.state}) has held these tables for ${holder.seconds} s; a migration waits until it ends.`,
    ),
    ...verdictLines(check),
  ];
}

function foundLines(check: DatabaseCheck, width: number | undefined): string[] {
  const there = check.tables
    .filter((each) => each.status !== 'new')
    .map((each) => [
      `${each.schema}.${each.table}`,
      statusWords[each.status],
      `~${each.rows.toLocaleString('en-US')}`,
      bytesText(each.bytes),
      each.adds.join(', ') || '–',
    ]);
  const made = check.tables.filter((each) => each.status === 'new').map((each) => each.table);
  const notes = check.tables.flatMap((each) =>
    each.notes.map((note) => [each.table, note.what, note.meaning]),
  );
  const traps = check.traps.map((trap) => [
    trap.table,
    trap.rows.toLocaleString('en-US'),
    trap.what,
    trap.meaning,
  ]);
  return [
    ...tableOf(['TABLE', 'STATUS', 'ROWS', 'SIZE', 'ADDED COLUMNS'], there, width),
    ...(made.length > 0 ? [`Will be made in schema ${check.schema}: ${made.join(', ')}\n`] : []),
    ...tableOf(['TABLE', 'WHAT IS DIFFERENT', 'WHAT IT MEANS'], notes, width),
    ...tableOf(['TABLE', 'ROWS', 'WHAT IS IN THE ROWS', 'WHAT IT MEANS'], traps, width),
    ...(check.notCounted.length > 0 ? [`Not counted: ${check.notCounted.join('; ')}\n`] : []),
  ];
}

const isApplied = (check: DatabaseCheck): boolean =>
  check.pending.length === 0 && check.unfinishedIndexes.length === 0;

function workLines(check: DatabaseCheck): string[] {
  if (isApplied(check)) return ['Every migration is applied.'];
  if (check.lockedStatements === 0) return [];
  const indexes = check.indexesToBuild.length + check.unfinishedIndexes.length;
  return [
    `Under locks: ${counted(check.lockedStatements, 'statement')}, about ${check.estimatedLockMs} ms, once; then ${counted(indexes, 'index', 'indexes')} built beside the work.`,
  ];
}

function linkFaultLines({ linkFaults }: DatabaseCheck, width: number | undefined): string[] {
  if (linkFaults.length === 0) return [];
  const rows = linkFaults.map((fault) => [fault.kind, `${fault.entity} ${fault.entityId}`, fault.detail]);
  return [
    `\n${fittedTable(['LINKS', 'RECORD IN TIELINE', 'WHICH'], rows, width)}`,
    'Nothing was changed. See tieline links list and tieline conflicts list; a link that is wrong: tieline links break.\n',
  ];
}

function verdictLines(check: DatabaseCheck): string[] {
  if (check.problems.length > 0) {
    const problems = check.problems.map(
      ({ id, what, remedy, acceptable }) =>
        `  ${id}\n    ${what}\n    ${remedy}${acceptable ? `\n    or: tieline db migrate --accept ${id}` : ''}`,
    );
    return [`\nThis database cannot be migrated as it is:\n${problems.join('\n')}`];
  }
  return isApplied(check)
    ? []
    : ['\nIt can be migrated. Next: tieline db migrate --dry-run, then tieline db migrate'];
}

/** @param width of the terminal. */
export function migrationLines(result: DatabaseMigration, width: number | undefined): string[] {
  const rows = result.verified.map((each) => [
    each.table,
    each.rowsBefore.toLocaleString('en-US'),
    each.rowsAfter.toLocaleString('en-US'),
    each.checksumBefore,
    each.checksumAfter,
    each.verdict,
  ]);
  return [
    ...tableOf(['TABLE', 'ROWS BEFORE', 'AFTER', 'CHECKSUM BEFORE', 'AFTER', ''], rows, width),
    ...(result.verified.some((each) => each.verdict !== 'equal')
      ? [
          'Where it says "written by others", the application wrote meanwhile; the migration itself wrote no row of any of these tables.\n',
        ]
      : []),
    ...appliedLines(result),
  ];
}

function appliedLines({ applied, indexes, lockedMs, lockAttempts, adopted }: DatabaseMigration): string[] {
  if (applied.length === 0 && indexes.length === 0) return ['Nothing to do: every migration is applied.'];
  const again =
    lockAttempts > 1 ? `, after ${counted(lockAttempts - 1, 'attempt')} that yielded to others` : '';
  return [
    `Applied ${counted(applied.length, 'migration')}, built ${counted(indexes.length, 'index', 'indexes')}; locks were held or waited for ${lockedMs} ms${again}.`,
    adopted ? '\nNext: tieline db backfill' : '\nNext: tieline connections add …',
  ];
}

/** @param width of the terminal. */
export function backfillLines(
  outcome: Awaited<ReturnType<typeof backfill>>,
  width: number | undefined,
): string[] {
  const n = (value: number): string => value.toLocaleString('en-US');
  const values = outcome.tables.flatMap((each) => {
    const columns = Object.entries(each.values).map(([column, count]) => `${column} ${n(count)}`);
    return columns.length > 0 ? [`  ${each.table}: ${columns.join(', ')}`] : [];
  });
  const unreadable = outcome.tables.some((each) => each.refused > 0);
  return [
    fittedTable(
      ['TABLE', 'ROWS SEEN', 'FILLED', 'NOT READABLE', 'LEFT'],
      outcome.tables.map((each) => [
        each.table,
        n(each.seen),
        n(each.filled),
        n(each.refused),
        n(each.missed.length),
      ]),
      width,
    ),
    ...values,
    ...(outcome.triggersSilent
      ? []
      : [
          "\nThe application's own triggers fired for each row that was filled: this role may not switch them off.",
        ]),
    unreadable
      ? `\nWhat could not be read is in ingestion_errors, with the reason: tieline ops show ${outcome.operationId.slice(0, 8)}`
      : '\nNext: tieline connections add …, then tieline sync run',
  ];
}

export function removalLines({
  removed,
  plan,
  database,
}: Awaited<ReturnType<typeof removeFromDatabase>>): string[] {
  return [
    ...(removed ? [] : plan.statements.map((statement) => `${statement};`)),
    ...plan.dependents.map((dependent) => `-- in the way: ${dependent}`),
    removed
      ? `Tieline is out of ${database}. Rows that it added to the application's tables are left there.`
      : `\n-- Nothing was removed. With everything in these tables and columns: tieline db remove --confirm ${database}`,
  ];
}
