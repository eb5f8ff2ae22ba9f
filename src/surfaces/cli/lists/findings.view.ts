/** Findings as a table, one by one or in groups. */
import { shownText } from '../../../platform/errors/index.ts';
import type { FindingGroup } from '../../../canonical/lists/index.ts';
import type { FindingGroupRow, FindingRow } from '../../../record/finding-lists/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { dayText } from '../kit/instants.ts';

const none = '–';
const stateWords: Readonly<Record<FindingRow['state'], string>> = {
  open: 'open',
  reopened: 'came back',
  fixed: 'fixed',
  missing: 'no longer shown',
  gone: 'machine gone',
};
/** Long names are cut on a terminal only: each can be seen whole by `findings show`, in a pipe and in an export. */
const cutTo = (text: string, most: number, width: number | undefined): string =>
  width === undefined || text.length <= most ? text : `${text.slice(0, most - 1)}…`;

export const stateText = (row: Pick<FindingRow, 'state' | 'isAccepted'>): string =>
  `${stateWords[row.state]}${row.isAccepted ? ', accepted' : ''}`;

/** @param width of the terminal; undefined: whole values. */
export function findingTable(rows: readonly FindingRow[], width: number | undefined): string {
  const port = (row: FindingRow): string => (row.port ? ` :${row.port}` : '');
  return fittedTable(
    ['KEY', 'SEVERITY', 'PLUGIN', 'NAME', 'ASSET', 'SYSTEM', 'STATE', 'FOUND', 'DUE', 'POA&M'],
    rows.map((row) => [
      width === undefined ? row.key : row.key.slice(0, 8),
      row.severity,
      row.pluginId,
      cutTo(shownText(row.name), 60, width),
      `${cutTo(shownText(row.assetName ?? row.ip ?? row.assetUuid), 40, width)}${port(row)}`,
      row.systemIds.join(', ') || none,
      stateText(row),
      dayText(row.firstFound),
      row.dueOn ?? none,
      row.poamId === null ? none : row.poamState === 'overdue' ? `${row.poamId} (overdue)` : row.poamId,
    ]),
    width,
  );
}

export function groupTable(
  rows: readonly FindingGroupRow[],
  by: FindingGroup,
  width: number | undefined,
): string {
  const hasTitle = by !== 'cve';
  return fittedTable(
    [
      by.toUpperCase(),
      ...(hasTitle ? ['NAME'] : []),
      'CRIT',
      'HIGH',
      'MED',
      'LOW',
      'INFO',
      'ASSETS',
      'SYSTEMS',
      'RISK',
      'FIRST FOUND',
      'POA&M',
    ],
    rows.map((row) => [
      row.key === null ? '(none)' : width === undefined || by === 'plugin' ? row.key : row.key.slice(0, 16),
      ...(hasTitle ? [cutTo(shownText(row.title ?? none), 60, width)] : []),
      ...[row.critical, row.high, row.medium, row.low, row.info, row.assets, row.systems].map(String),
      row.risk === null ? none : row.risk.toFixed(0),
      dayText(row.firstFound),
      row.poamState,
    ]),
    width,
  );
}
