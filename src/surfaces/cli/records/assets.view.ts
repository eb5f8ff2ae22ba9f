/** Lists of assets. */
import type {
  IdentityDecisionRow,
  ProbableDuplicate,
  UnmatchedAsset,
  UnreportedAsset,
} from '../../../review/assets/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { dayText, minuteText } from '../kit/instants.ts';
import { shortValue } from '../kit/short-value.ts';

/** Machines that may be a known asset. @param width of the terminal. */
export function reviewLines(rows: readonly IdentityDecisionRow[], width: number | undefined): string[] {
  return [
    fittedTable(
      ['ID', 'SOURCE', 'REPORTS', 'ASSET', 'MAY BE', 'SCORE', 'WHY'],
      rows.map((row) => [
        String(row.id),
        row.system,
        shortValue(row.externalId),
        row.assetUuid.slice(0, 8),
        row.candidates[0]?.assetUuid.slice(0, 8) ?? '',
        String(row.candidates[0]?.score ?? ''),
        row.reason,
      ]),
      width,
    ),
    '',
    'The same machine: tieline assets merge ASSET MAY-BE. Another one: tieline assets keep ID. More: tieline assets explain ASSET',
  ];
}

/** @param rows all that there are. @param limit how many are shown. */
export function duplicateLines(
  rows: readonly ProbableDuplicate[],
  limit: number,
  width: number | undefined,
): string[] {
  if (rows.length === 0) return ['No scanner has two assets that are probably one machine.'];
  const cells = (asset: ProbableDuplicate['assets'][number]): string[] => [
    `${asset.assetUuid.slice(0, 8)} ${asset.hostname ?? '(no name)'}`,
    asset.systemId ?? '–',
    minuteText(asset.lastSeen),
  ];
  return [
    fittedTable(
      ['SOURCE', 'OLDER', 'SYSTEM', 'LAST SEEN', 'NEWER', 'SYSTEM', 'LAST SEEN'],
      rows.slice(0, limit).map((row) => [row.system, ...cells(row.assets[0]), ...cells(row.assets[1])]),
      width,
    ),
    ...(rows.length > limit ? [`… and ${rows.length - limit} more: --limit ${rows.length}`] : []),
    '',
    'The scanner keeps them apart, so they stay two assets in Tieline. Merge or delete one of the two at the scanner; Tieline follows.',
  ];
}

export function unreportedLines(
  rows: readonly UnreportedAsset[],
  isCut: boolean,
  width: number | undefined,
): string[] {
  if (rows.length === 0) return ['Every asset is reported by a source.'];
  return [
    fittedTable(
      ['ASSET', 'NAME', 'SYSTEM', 'SINCE (UTC)', 'HOW', 'BY', 'CRITICAL', 'HIGH', 'OPEN'],
      rows.map((row) => [
        row.assetUuid.slice(0, 8),
        row.hostname ?? '(no name)',
        row.systemId ?? '–',
        minuteText(row.unreportedSince),
        row.ended,
        row.sources.join(', '),
        String(row.openCritical),
        String(row.openHigh),
        String(row.openFindings),
      ]),
      width,
    ),
    ...(isCut ? ['… and more: --limit'] : []),
    '',
    'Nothing was closed: findings are as they were last seen. If the machine lives on as another asset: tieline assets explain NAME, tieline assets merge ASSET INTO.',
  ];
}

export function unmatchedLines(rows: readonly UnmatchedAsset[], width: number | undefined): string[] {
  if (rows.length === 0) return ['Every asset belongs to a system, or waits in: tieline matches list'];
  return [
    fittedTable(
      ['ASSET', 'NAME', 'ADDRESS', 'LAST SEEN', 'BY', 'CRITICAL', 'HIGH', 'OPEN'],
      rows.map((row) => [
        row.assetUuid.slice(0, 8),
        row.hostname ?? '(no name)',
        row.address ?? '–',
        dayText(row.lastSeen),
        row.sources.join(', '),
        String(row.openCritical),
        String(row.openHigh),
        String(row.openFindings),
      ]),
      width,
    ),
    '',
    'No component of any system shares an identifier with them, so their findings answer no POA&M. Enter the machine in the GRC system, or link it: tieline links make SYSTEM asset_component ASSET COMPONENT',
  ];
}
