import type { DeviationRow } from '../../api/decisions/deviations.ts';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { Nothing, SeverityWord } from '../../kit/marks/severity.tsx';
import { Ends, When } from '../../kit/marks/when.tsx';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { kindTitles, stateWords, words } from './words.ts';

const columns: ListSpec<DeviationRow>['columns'] = [
  {
    id: 'deviation',
    title: 'Deviation',
    width: 170,
    cell: (row) => (
      <RecordLink kind="deviation" id={row.id} inRow>
        {kindTitles[row.kind]} {row.id}
      </RecordLink>
    ),
    text: (row) => `${kindTitles[row.kind]} ${row.id}`,
    filter: (row) => ['kind', row.kind],
  },
  {
    id: 'poam',
    title: 'POA&M',
    width: 210,
    cell: (row) => (
      <span title={row.weakness ?? undefined}>
        <RecordLink kind="poam" id={row.poamId} inRow>
          {row.poamId}
        </RecordLink>{' '}
        <span className="quiet">{row.weakness}</span>
      </span>
    ),
    text: (row) => row.poamId,
    filter: (row) => ['poam', row.poamId],
  },
  {
    id: 'system',
    title: 'System',
    width: 140,
    cell: (row) =>
      row.boundary === null ? (
        <Nothing word="no system" />
      ) : (
        <span title={row.boundary}>{row.boundaryName ?? row.boundary}</span>
      ),
    text: (row) => row.boundary ?? '',
    filter: (row) => ['system', row.boundary ?? 'none'],
  },
  {
    id: 'severity',
    title: 'Severity',
    width: 90,
    cell: (row) => <SeverityWord of={row.severity} />,
    text: (row) => row.severity ?? '',
  },
  {
    id: 'on',
    title: 'On',
    width: 90,
    cell: (row) => (
      <span>
        {row.assetCount} {row.assetCount === 1 ? 'asset' : 'assets'}
        {row.isWholePoam ? <span className="quiet">, all</span> : ''}
      </span>
    ),
    text: (row) => String(row.assetCount),
  },
  {
    id: 'state',
    title: 'State',
    width: 80,
    cell: (row) => <span>{stateWords(row.state)}</span>,
    text: (row) => row.state,
    filter: (row) => ['state', row.state],
  },
  {
    id: 'ends',
    title: 'Last day',
    width: 120,
    sort: 'ends',
    cell: (row) => (row.expiresOn === null ? <Nothing word="no end" /> : <Ends on={row.expiresOn} withDay />),
    text: (row) => row.expiresOn ?? '',
  },
  {
    id: 'asked',
    title: 'Asked',
    width: 160,
    sort: 'asked',
    cell: (row) => (
      <span>
        <When at={row.requestedAt} /> <span className="quiet">by {row.requestedBy}</span>
      </span>
    ),
    text: (row) => row.requestedAt,
    filter: (row) => ['by', row.requestedBy],
  },
  {
    id: 'rationale',
    title: 'Why',
    width: 260,
    cell: (row) => <span title={row.rationale}>{row.rationale}</span>,
    text: (row) => row.rationale,
  },
  {
    id: 'files',
    title: 'Evidence',
    width: 84,
    align: 'end',
    extra: true,
    cell: (row) => <span>{row.files}</span>,
    text: (row) => String(row.files),
  },
  {
    id: 'decided',
    title: 'Decided',
    width: 180,
    extra: true,
    cell: (row) =>
      row.decidedAt === null ? (
        <Nothing word="not yet" />
      ) : (
        <span>
          <When at={row.decidedAt} /> <span className="quiet">by {row.decidedBy}</span>
        </span>
      ),
    text: (row) => row.decidedAt ?? '',
  },
];

export const deviationList: ListSpec<DeviationRow> = {
  noun: 'deviations',
  columns,
  views: [
    { title: 'Waiting and holding', filters: {} },
    { title: 'To look at', filters: { waits: 'yes' } },
    { title: 'Waiting to be decided', filters: { state: 'requested' } },
    { title: 'Made at a scanner', filters: { state: 'found' } },
    { title: 'End within 30 days', filters: { state: 'approved', ends: '..30d' }, sort: 'ends' },
    { title: 'Over', filters: { state: 'rejected,withdrawn,expired,lapsed' } },
  ],
  viewStrip: true,
  words: { many: words.many, nothingYet: words.nothingYet },
  keyOf: (row) => String(row.id),
  hrefOf: (row) => recordPath('deviation', row.id),
  opensPage: true,
  nameOf: (row) => `deviation ${row.id}`,
};
