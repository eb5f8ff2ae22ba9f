/** Imports and watched folders as people read them at a terminal. */
import type { WatchedFolder } from '../../../modules/scan-files/index.ts';
import type { ImportRow } from '../../../operate/imports/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { minuteText } from '../kit/instants.ts';
import type { CsvColumn } from '../lists/write-csv.ts';

export const importColumns: readonly CsvColumn<ImportRow>[] = [
  { head: 'file', cell: (row) => row.file },
  { head: 'source', cell: (row) => row.source },
  { head: 'state', cell: (row) => row.state },
  { head: 'brought', cell: (row) => row.requestedAt },
  { head: 'by', cell: (row) => row.by },
  { head: 'way', cell: (row) => row.way },
  { head: 'ended', cell: (row) => row.endedAt },
  { head: 'hosts', cell: (row) => row.hosts },
  { head: 'items', cell: (row) => row.items },
  { head: 'new findings', cell: (row) => row.newFindings },
  { head: 'fixed', cell: (row) => row.fixed },
  { head: 'came back', cell: (row) => row.cameBack },
  { head: 'held', cell: (row) => row.held },
  { head: 'bytes', cell: (row) => row.bytes },
  { head: 'sha256', cell: (row) => row.sha256 },
  { head: 'problem', cell: (row) => row.problem },
  { head: 'operation', cell: (row) => row.operationId },
];

export function importLines(rows: readonly ImportRow[], width: number | undefined): string[] {
  if (rows.length === 0) return ['No scan files. Bring one: tieline import FILE'];
  return [
    fittedTable(
      ['FILE', 'SOURCE', 'BROUGHT (UTC)', 'BY', 'STATE', 'HOSTS', 'NEW', 'FIXED', 'HELD', ''],
      rows.map((row) => [
        row.file,
        row.source,
        minuteText(row.requestedAt),
        row.by,
        row.state,
        String(row.hosts),
        String(row.newFindings),
        String(row.fixed),
        String(row.held),
        row.problem ?? '',
      ]),
      width,
    ),
  ];
}

const stateWords: Readonly<Record<WatchedFolder['state'], string>> = {
  watched: 'watched',
  importing: 'importing',
  unreadable: 'cannot be read',
  'not looking': 'not looked at: it does not answer',
  gone: 'not watched any more',
  ended: 'ended',
};

export function folderLines(folders: readonly WatchedFolder[], width: number | undefined): string[] {
  if (folders.length === 0) return ['No folder is watched. To watch one: tieline import FOLDER --watch'];
  return [
    fittedTable(
      ['FOLDER', 'ON', 'SOURCE', 'STATE', 'LAST LOOK (UTC)', 'FILES', ''],
      folders.map((each) => [
        each.folder,
        each.host,
        each.source,
        stateWords[each.state],
        minuteText(each.lookedAt),
        String(each.files),
        each.problem ?? each.importing ?? '',
      ]),
      width,
    ),
  ];
}
