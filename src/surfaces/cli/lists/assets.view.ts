/** Assets as a table, and one of them in full. */
import { shownText } from '../../../platform/errors/index.ts';
import { type JsonObject, scalarText } from '../../../platform/values/index.ts';
import type { AssetMore, AssetRow } from '../../../record/asset-lists/index.ts';
import { fittedTable } from '../kit/fitted-table.ts';
import { dayText, minuteText } from '../kit/instants.ts';

const none = '–';

/** @param width of the terminal; undefined: whole values. */
export function assetTable(rows: readonly AssetRow[], width: number | undefined): string {
  return fittedTable(
    ['ASSET', 'NAME', 'ADDRESS', 'SYSTEM', 'STATE', 'LAST SEEN', 'CRIT', 'HIGH', 'MED', 'LOW', 'RISK'],
    rows.map((row) => [
      width === undefined ? row.assetUuid : row.assetUuid.slice(0, 8),
      row.name ?? '(no name)',
      row.ips[0] ?? none,
      row.systemIds.join(', ') || none,
      row.state,
      dayText(row.lastSeen),
      ...[row.openCritical, row.openHigh, row.openMedium, row.openLow].map(String),
      row.risk === null ? none : row.risk.toFixed(0),
    ]),
    width,
  );
}

/** The workflows that set tags of the asset. */
const taggedBy = ({ workflowTags }: AssetMore): string =>
  workflowTags
    .map(
      ({ category, value, workflow, taggedAt }) =>
        `workflow ${workflow} (${category}:${value}, ${taggedAt.slice(0, 10)})`,
    )
    .join(', ');

export function assetDetailLines(asset: AssetRow & AssetMore, context: JsonObject): string[] {
  const said = Object.entries(context).flatMap(([field, value]) =>
    value === null || (Array.isArray(value) && value.length === 0)
      ? []
      : [`${field} ${Array.isArray(value) ? value.map(scalarText).join(', ') : scalarText(value)}`],
  );
  const facts: readonly (readonly [string, string | null])[] = [
    ['Addresses', asset.ips.join(', ')],
    ['Names', asset.fqdns.join(', ')],
    ['System', asset.systemIds.join(', ') || 'none'],
    [
      'Component',
      asset.component
        ? `${asset.component.id} ${asset.component.name} (${asset.component.systemId})`
        : (asset.componentId ?? 'none'),
    ],
    ['OS', asset.operatingSystem],
    [
      'State',
      asset.unreportedSince
        ? `${asset.state}, reported by no source since ${minuteText(asset.unreportedSince)} UTC`
        : asset.state,
    ],
    [
      'Seen',
      `${dayText(asset.firstSeen)} to ${minuteText(asset.lastSeen)} UTC, by ${asset.sources.join(', ') || 'no source'}`,
    ],
    [
      'Credentials',
      asset.lastCredentialedScan
        ? `last scan with credentials ${minuteText(asset.lastCredentialedScan)} UTC`
        : null,
    ],
    [
      'ACR',
      asset.acr === null
        ? null
        : `${asset.acr}${asset.acrOverride === null ? '' : ` (set here; rated ${asset.acrRated ?? none})`}`,
    ],
    ['Tags', asset.tags.join(', ')],
    ['Tagged by', taggedBy(asset)],
    ['Business', said.join('; ')],
    ['Was also', asset.absorbed.join(', ')],
    [
      'Open',
      `${asset.openCritical} critical, ${asset.openHigh} high, ${asset.openMedium} medium, ${asset.openLow} low, ${asset.openInfo} info; ${asset.accepted} accepted`,
    ],
    ['Compliance', asset.complianceFailed > 0 ? `${asset.complianceFailed} checks failed` : null],
  ];
  return [
    shownText(`${asset.name ?? '(no name)'}  ${asset.assetUuid}`),
    ...facts.flatMap(([name, value]) => (value ? [`${name.padEnd(12)} ${shownText(value)}`] : [])),
    '',
    `Next: tieline findings list --filter asset=${asset.assetUuid}   Why it is this machine: tieline assets explain ${asset.assetUuid.slice(0, 8)}`,
  ];
}
