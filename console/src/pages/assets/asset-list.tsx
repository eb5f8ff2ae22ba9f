import type { AssetRow } from '../../api/assets.ts';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { Nothing, SeverityCounts } from '../../kit/marks/severity.tsx';
import { When } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { stateWords, words } from './words.ts';

export const assetTitle = (row: AssetRow): string => row.name ?? row.fqdns[0] ?? row.ips[0] ?? row.assetUuid;
export const countsOf = (row: AssetRow) => ({
  Critical: row.openCritical,
  High: row.openHigh,
  Medium: row.openMedium,
  Low: row.openLow,
  Info: row.openInfo,
});

const columns: ListSpec<AssetRow>['columns'] = [
  {
    id: 'name',
    title: 'Name',
    width: 190,
    sort: 'name',
    cell: (row) => (
      <RecordLink kind="asset" id={row.assetUuid} inRow title={row.fqdns.join(', ')}>
        {assetTitle(row)}
      </RecordLink>
    ),
    text: assetTitle,
  },
  {
    id: 'ip',
    title: 'Address',
    width: 116,
    cell: (row) => (
      <span className="mono" title={row.ips.join(', ')}>
        {row.ips[0]}
        {row.ips.length > 1 ? ` +${row.ips.length - 1}` : ''}
      </span>
    ),
    text: (row) => row.ips.join(', '),
    filter: (row) => (row.ips[0] === undefined ? undefined : ['ip', row.ips[0]]),
  },
  {
    id: 'open',
    title: 'Open',
    meaning: 'Open findings: critical, high, medium',
    width: 132,
    sort: 'critical',
    cell: (row) => <SeverityCounts counts={countsOf(row)} />,
    text: (row) => `${row.openCritical} ${row.openHigh} ${row.openMedium}`,
  },
  {
    id: 'system',
    title: 'System',
    width: 108,
    cell: (row) =>
      row.systemIds.length === 0 ? <Nothing word="no system" /> : <span>{row.systemIds.join(', ')}</span>,
    text: (row) => row.systemIds.join(', '),
    filter: (row) => ['system', row.systemIds[0] ?? 'none'],
  },
  {
    id: 'component',
    title: 'Component',
    meaning: 'What the GRC system calls this machine',
    width: 92,
    cell: (row) => (row.componentId === null ? <Nothing /> : <span>{row.componentId}</span>),
    text: (row) => row.componentId ?? '',
    filter: (row) => ['component', row.componentId ?? 'none'],
  },
  {
    id: 'os',
    title: 'Operating system',
    width: 190,
    cell: (row) => <span>{row.operatingSystem}</span>,
    text: (row) => row.operatingSystem ?? '',
  },
  {
    id: 'seen',
    title: 'Last seen',
    width: 108,
    sort: 'seen',
    cell: (row) => <When at={row.lastSeen} />,
    text: (row) => row.lastSeen ?? '',
  },
  {
    id: 'state',
    title: 'State',
    width: 116,
    cell: (row) => (
      <span className={row.state === 'reported' ? '' : 'attention'}>{stateWords[row.state]}</span>
    ),
    text: (row) => stateWords[row.state],
    filter: (row) => ['state', row.state],
  },
  {
    id: 'criticality',
    title: 'Criticality',
    meaning: 'How much the mission depends on it',
    width: 108,
    cell: (row) => (row.criticality === null ? <Nothing /> : <span>{row.criticality}</span>),
    text: (row) => row.criticality ?? '',
    filter: (row) => ['criticality', row.criticality ?? 'none'],
  },
  {
    id: 'risk',
    title: 'Risk',
    meaning: 'Risk score, 0 to 100: severity, exploitability, exposure and criticality of the worst on it',
    width: 56,
    align: 'end',
    sort: 'risk',
    cell: (row) => <span>{row.risk === null ? '' : row.risk.toFixed(0)}</span>,
    text: (row) => String(row.risk ?? ''),
  },
  {
    id: 'acr',
    title: 'ACR',
    meaning: 'Tenable’s asset criticality rating, 1 to 10',
    width: 52,
    align: 'end',
    sort: 'acr',
    cell: (row) => <span>{row.acr}</span>,
    text: (row) => String(row.acr ?? ''),
  },
  {
    id: 'environment',
    title: 'Environment',
    width: 100,
    extra: true,
    cell: (row) => <span>{row.environment}</span>,
    text: (row) => row.environment ?? '',
    filter: (row) => ['environment', row.environment ?? 'none'],
  },
  {
    id: 'first',
    title: 'First seen',
    width: 90,
    sort: 'first',
    extra: true,
    cell: (row) => <When at={row.firstSeen} />,
    text: (row) => row.firstSeen ?? '',
  },
  {
    id: 'tags',
    title: 'Tags',
    width: 180,
    extra: true,
    cell: (row) => <span title={row.tags.join('\n')}>{row.tags.join(', ')}</span>,
    text: (row) => row.tags.join(', '),
  },
  {
    id: 'source',
    title: 'Sources',
    width: 130,
    extra: true,
    cell: (row) => <span>{row.sources.join(', ')}</span>,
    text: (row) => row.sources.join(', '),
  },
];

export const assetList: ListSpec<AssetRow> = {
  noun: 'assets',
  columns,
  views: [
    { title: 'With open criticals', filters: { critical: '1..' } },
    { title: 'In no system', filters: { system: 'none' } },
    { title: 'Without component', filters: { component: 'none', system: 'any' } },
    { title: 'Not seen for 30 days', filters: { seen: '..30d' } },
    { title: 'No longer reported', filters: { state: 'unreported,terminated,deleted' } },
    { title: 'New this week', filters: { first: '7d..' } },
  ],
  words: { many: words.many, nothingYet: words.nothingYet },
  keyOf: (row) => row.assetUuid,
  hrefOf: (row) => recordPath('asset', row.assetUuid),
  opensPage: true,
  nameOf: assetTitle,
};
