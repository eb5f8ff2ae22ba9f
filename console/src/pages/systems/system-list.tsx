import { countsOf, type SystemRow } from '../../api/systems.ts';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { Nothing, SeverityCounts } from '../../kit/marks/severity.tsx';
import { Age, Ends, When } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { syncWords, words } from './words.ts';

const letter = (word: string | null): string => word?.charAt(0) ?? '–';
const impactText = ({ impact }: SystemRow): string =>
  [impact.confidentiality, impact.integrity, impact.availability].map(letter).join(' / ');

const columns: ListSpec<SystemRow>['columns'] = [
  {
    id: 'name',
    title: 'Name',
    width: 190,
    sort: 'name',
    cell: (row) => (
      <RecordLink kind="system" id={row.systemId} inRow>
        {row.name}
      </RecordLink>
    ),
    text: (row) => row.name,
  },
  {
    id: 'id',
    title: 'Id',
    width: 84,
    cell: (row) => <span>{row.systemId}</span>,
    text: (row) => row.systemId,
  },
  {
    id: 'status',
    title: 'Status',
    width: 96,
    cell: (row) => (row.status === null ? <Nothing /> : <span>{row.status}</span>),
    text: (row) => row.status ?? '',
    filter: (row) => ['status', row.status ?? 'none'],
  },
  {
    id: 'impact',
    title: 'Impact',
    meaning: 'Confidentiality / integrity / availability: High, Moderate, Low',
    width: 84,
    cell: (row) => (
      <span
        title={`Confidentiality ${row.impact.confidentiality ?? 'not set'}, integrity ${row.impact.integrity ?? 'not set'}, availability ${row.impact.availability ?? 'not set'}`}
      >
        {impactText(row)}
      </span>
    ),
    text: impactText,
  },
  {
    id: 'open',
    title: 'Open',
    meaning: 'Open findings: critical, high, medium',
    width: 132,
    sort: 'critical',
    cell: (row) => <SeverityCounts counts={countsOf(row)} />,
    text: (row) => `${row.open.critical} ${row.open.high} ${row.open.medium}`,
  },
  {
    id: 'poams',
    title: 'POA&Ms',
    width: 124,
    sort: 'overdue',
    cell: (row) => (
      <span>
        {row.poams.open} open
        {row.poams.overdue > 0 ? <span className="bad strong"> · {row.poams.overdue} late</span> : null}
      </span>
    ),
    text: (row) => `${row.poams.open} open, ${row.poams.overdue} overdue`,
  },
  {
    id: 'oldest',
    title: 'Oldest critical',
    meaning: 'How long the oldest open critical finding has been there',
    width: 100,
    align: 'end',
    cell: (row) => <Age since={row.severeSince} />,
    text: (row) => row.severeSince ?? '',
  },
  {
    id: 'ends',
    title: 'Authorization ends',
    width: 148,
    sort: 'ends',
    cell: (row) => <Ends on={row.authorizationEnds} />,
    text: (row) => row.authorizationEnds ?? '',
  },
  {
    id: 'components',
    title: 'Components',
    meaning: 'Components that are matched to an asset, of all',
    width: 100,
    align: 'end',
    cell: (row) => (
      <span>
        {row.components.linked}/{row.components.all}
      </span>
    ),
    text: (row) => `${row.components.linked}/${row.components.all}`,
  },
  {
    id: 'assets',
    title: 'Assets',
    width: 64,
    align: 'end',
    cell: (row) => <span>{row.assets}</span>,
    text: (row) => String(row.assets),
  },
  {
    id: 'isso',
    title: 'ISSO',
    width: 104,
    cell: (row) => (row.isso === null ? <Nothing word="nobody" /> : <span>{row.isso}</span>),
    text: (row) => row.isso ?? '',
    filter: (row) => ['isso', row.isso ?? 'none'],
  },
  {
    id: 'sync',
    title: 'Sync',
    meaning: 'Whether its records are kept in agreement',
    width: 96,
    cell: (row) => (
      <span
        title={row.sync.why === null ? undefined : syncWords[row.sync.why]}
        className={row.sync.isOn ? '' : 'attention'}
      >
        {row.sync.isOn ? <When at={row.lastSync} /> : 'off'}
      </span>
    ),
    text: (row) => (row.sync.isOn ? (row.lastSync ?? '') : 'off'),
    filter: (row) => ['sync', row.sync.isOn ? 'yes' : 'no'],
  },
  {
    id: 'ao',
    title: 'Authorizing official',
    width: 130,
    extra: true,
    cell: (row) => <span>{row.authorizingOfficial}</span>,
    text: (row) => row.authorizingOfficial ?? '',
    filter: (row) => ['ao', row.authorizingOfficial ?? 'none'],
  },
  {
    id: 'scan',
    title: 'Last scan',
    width: 90,
    extra: true,
    cell: (row) => <When at={row.lastScan} />,
    text: (row) => row.lastScan ?? '',
  },
];

export const systemList: ListSpec<SystemRow> = {
  noun: 'systems',
  columns,
  views: [
    { title: 'With overdue POA&Ms', filters: { overdue: '1..' }, sort: '-overdue' },
    { title: 'Authorization ends in 90 days', filters: { ends: '..90d' }, sort: 'ends' },
    { title: 'Sync is off', filters: { sync: 'no' } },
  ],
  words: { many: words.many, nothingYet: words.nothingYet },
  keyOf: (row) => row.systemId,
  hrefOf: (row) => recordPath('system', row.systemId),
  opensPage: true,
  nameOf: (row) => row.name,
};
