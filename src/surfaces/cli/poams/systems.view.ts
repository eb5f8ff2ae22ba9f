/** Authorization boundaries as people read them at a terminal. */
import { severities } from '../../../canonical/vocabulary/index.ts';
import type { BoundaryRow } from '../../../record/boundaries/index.ts';
import type { BoundaryDetail } from '../../../review/boundaries/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { dayText, minuteText } from '../kit/instants.ts';
import type { CsvColumn } from '../lists/write-csv.ts';
import { fieldLines } from './poams.view.ts';

const none = '–';
const noSync = {
  excluded: 'off: taken out of sync',
  not_linked: 'off: in no GRC system',
  connection_paused: 'off: connection paused',
} as const;
const syncText = ({ sync }: BoundaryRow): string => (sync.why === null ? 'on' : noSync[sync.why]);

const idsText = ({ externalIds }: BoundaryRow): string =>
  Object.entries(externalIds)
    .map(([connection, id]) => `${connection} ${id}`)
    .join(', ');

export const systemColumns: readonly CsvColumn<BoundaryRow>[] = [
  { head: 'system', cell: (row) => row.systemId },
  { head: 'remote id', cell: (row) => row.remoteId },
  { head: 'name', cell: (row) => row.name },
  { head: 'ids elsewhere', cell: (row) => idsText(row) },
  { head: 'scanner tag', cell: (row) => row.scannerTag },
  { head: 'impact', cell: (row) => row.impact.overall },
  { head: 'status', cell: (row) => row.status },
  { head: 'isso', cell: (row) => row.isso },
  { head: 'authorizing official', cell: (row) => row.authorizingOfficial },
  { head: 'components linked', cell: (row) => row.components.linked },
  { head: 'components', cell: (row) => row.components.all },
  { head: 'assets', cell: (row) => row.assets },
  { head: 'open critical', cell: (row) => row.open.critical },
  { head: 'open high', cell: (row) => row.open.high },
  { head: 'open medium', cell: (row) => row.open.medium },
  { head: 'poams open', cell: (row) => row.poams.open },
  { head: 'poams overdue', cell: (row) => row.poams.overdue },
  { head: 'oldest severe', cell: (row) => row.severeSince },
  { head: 'authorization ends', cell: (row) => row.authorizationEnds },
  { head: 'last scan', cell: (row) => row.lastScan },
  { head: 'last sync', cell: (row) => row.lastSync },
  { head: 'sync', cell: syncText },
];

export function systemLines(rows: readonly BoundaryRow[], width: number | undefined): string[] {
  if (rows.length === 0) return ['No systems.'];
  return [
    fittedTable(
      [
        'SYSTEM',
        'NAME',
        'IMPACT',
        'STATUS',
        'ISSO',
        'ASSETS',
        'CRIT',
        'HIGH',
        'POA&MS',
        'OVERDUE',
        'ENDS',
        'SYNC',
      ],
      rows.map((row) => [
        row.systemId,
        row.name,
        row.impact.overall ?? none,
        row.status ?? none,
        row.isso ?? none,
        String(row.assets),
        String(row.open.critical),
        String(row.open.high),
        String(row.poams.open),
        String(row.poams.overdue),
        row.authorizationEnds ?? none,
        syncText(row),
      ]),
      width,
    ),
  ];
}

export function systemDetailLines(detail: BoundaryDetail, width: number | undefined): string[] {
  const { system } = detail;
  const numbers = (pairs: readonly (readonly [unknown, number])[]): string =>
    pairs.map(([word, n]) => `${String(word).replaceAll('_', ' ')} ${n}`).join(', ') || none;
  return [
    `${system.systemId}  ${system.name}`,
    `${system.status ?? none}, impact ${system.impact.overall ?? none}, authorization ends ${system.authorizationEnds ?? none}, sync ${syncText(system)}`,
    `Ids elsewhere: ${idsText(system) || none}; tag at the scanner: ${system.scannerTag ?? none}`,
    `Open findings: critical ${system.open.critical}, high ${system.open.high}, medium ${system.open.medium}; severe since ${dayText(system.severeSince)}; last scan ${minuteText(system.lastScan)}`,
    `Open POA&Ms: ${numbers(detail.board.map(({ bucket, count }) => [bucket, count]))}`,
    `Agreement: ${numbers(detail.agreement.map(({ value, count }) => [value, count]))}`,
    `Components: ${numbers(Object.entries(detail.components))}`,
    ...detail.topWeaknesses.map(
      (each) =>
        `  ${severities[each.severity] ?? ''} ${each.pluginId} ${each.name ?? ''}: on ${each.assets} assets`,
    ),
    '',
    ...fieldLines(detail.fields, width),
  ];
}
