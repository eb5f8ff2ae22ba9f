/** The database as it is: server, tables, months, indexes, advice. */
import type { DatabaseReport, TableStatus } from '../../../operate/database/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { minuteText } from '../kit/instants.ts';
import { bytesText } from './bytes.ts';
import { numberText, partitionTable, retentionTable } from './retention.view.ts';

/** Tables and indexes that are shown unasked: the largest; and unused indexes only from this size on. */
const shownAtMost = 25;
const worthAWord = 1024 ** 2;

/** @param all every table and index. @param width of the terminal. */
export function statusText(report: DatabaseReport, all: boolean, width: number | undefined): string {
  return [
    serverTable(report, width),
    tablesText(report, all, width),
    `Months:\n${retentionTable(report.retention, width)}`,
    ...(all ? [`Partitions:\n${partitionTable(report.retention, width)}`] : []),
    ...indexesText(report, all, width),
    report.advice.length > 0
      ? `To do:\n${report.advice.map((line) => `  ${line}`).join('\n')}`
      : 'Nothing to do.',
  ].join('\n\n');
}

function serverTable(report: DatabaseReport, width: number | undefined): string {
  const { connections, migrations } = report;
  const last = migrations.at(-1);
  return fittedTable(
    ['Database', report.database],
    [
      ['Server', `PostgreSQL ${report.serverVersion}`],
      ['Size', bytesText(report.bytes)],
      ['Encoding', report.encoding],
      ['Time zone', report.timeZone],
      ['Connections', `${connections.used} of ${connections.max} (${connections.here} to this database)`],
      [
        'Migrations',
        last ? `${migrations.length}, the last ${last.name} (${minuteText(last.appliedAt)} UTC)` : 'none',
      ],
      [
        'Statistics',
        report.statisticsSince ? `since ${minuteText(report.statisticsSince)} UTC` : 'since the beginning',
      ],
    ],
    width,
  );
}

const more = (shown: number, of: number): string =>
  shown < of ? `\n… and ${of - shown} more: --all shows them.` : '';

function tablesText(report: DatabaseReport, all: boolean, width: number | undefined): string {
  const tables = all ? report.tables : report.tables.slice(0, shownAtMost);
  // On a terminal, what no narrow column can hold is left to --json and to a pipe.
  const isNarrow = width !== undefined && width < 120;
  const header = isNarrow
    ? ['TABLE', 'ROWS', 'HEAP', 'INDEXES', 'DEAD', 'BLOAT', 'VACUUMED']
    : ['TABLE', 'ROWS', 'HEAP', 'INDEXES', 'TOAST', 'DEAD', 'BLOAT', 'VACUUMED (UTC)', 'ANALYZED (UTC)'];
  const table = fittedTable(header, tables.map(isNarrow ? narrowRow : tableRow), width);
  return `Tables, largest first (rows and dead rows are estimates):\n${table}${more(tables.length, report.tables.length)}`;
}

function indexesText(report: DatabaseReport, all: boolean, width: number | undefined): string[] {
  const indexes = report.indexes.filter(
    (index) => all || index.isInvalid || (index.isNeverUsed && index.bytes >= worthAWord),
  );
  if (indexes.length === 0) return [];
  const shown = all ? indexes : indexes.slice(0, shownAtMost);
  const title = all ? 'Indexes' : 'Indexes without use (from 1 MB) or invalid';
  const rows = shown.map((index) => [
    index.name,
    index.table,
    bytesText(index.bytes),
    numberText(index.scans),
    index.isInvalid ? 'INVALID' : index.isNeverUsed ? 'never used' : '',
  ]);
  return [
    `${title}:\n${fittedTable(['INDEX', 'TABLE', 'SIZE', 'SCANS', ''], rows, width)}${more(shown.length, indexes.length)}`,
  ];
}

const nameOf = (each: TableStatus): string =>
  each.schema === 'public' ? each.name : `${each.schema}.${each.name}`;
const deadText = (each: TableStatus): string =>
  each.deadShare === null ? '–' : `${Math.round(each.deadShare * 100)} %`;

const tableRow = (each: TableStatus): string[] => [
  nameOf(each),
  numberText(each.rows),
  bytesText(each.heapBytes),
  bytesText(each.indexBytes),
  bytesText(each.toastBytes),
  deadText(each),
  bytesText(each.bloatBytes),
  minuteText(each.lastVacuum),
  minuteText(each.lastAnalyze),
];

const narrowRow = (each: TableStatus): string[] => [
  nameOf(each),
  numberText(each.rows),
  bytesText(each.heapBytes),
  bytesText(each.indexBytes),
  deadText(each),
  bytesText(each.bloatBytes),
  minuteText(each.lastVacuum).slice(0, 10),
];
