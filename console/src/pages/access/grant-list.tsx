import type { GrantRow } from '../../api/access/accounts.ts';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { Nothing } from '../../kit/marks/severity.tsx';
import { Ends, When } from '../../kit/marks/when.tsx';
import { useNow } from '../../kit/now.ts';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { givenWords, grantState, placeWords, sourceWords, words } from './words.ts';

const State = ({ of }: { readonly of: GrantRow }) => {
  const { text, tone } = grantState(of, new Date(useNow()));
  return (
    <span className={tone} title={of.revokedReason ?? undefined}>
      {text}
    </span>
  );
};

const columns: ListSpec<GrantRow>['columns'] = [
  {
    id: 'account',
    title: 'Account',
    width: 150,
    sort: 'account',
    cell: (row) => (
      <RecordLink kind="user" id={row.principal} inRow>
        {row.principal}
      </RecordLink>
    ),
    text: (row) => row.principal,
    filter: (row) => ['account', row.principal],
  },
  {
    id: 'gives',
    title: 'Gives',
    width: 180,
    cell: (row) => <span className={row.role === null ? 'mono' : ''}>{givenWords(row)}</span>,
    text: givenWords,
    filter: (row) => (row.role === null ? ['permission', row.permission ?? ''] : ['role', row.role]),
  },
  {
    id: 'where',
    title: 'Where',
    width: 190,
    cell: (row) => <span title={placeWords(row)}>{placeWords(row)}</span>,
    text: placeWords,
  },
  {
    id: 'state',
    title: 'State',
    width: 90,
    cell: (row) => <State of={row} />,
    text: (row) => (row.revokedAt === null ? '' : 'revoked'),
  },
  {
    id: 'until',
    title: 'Until',
    width: 110,
    sort: 'until',
    cell: (row) => <Ends on={row.until} />,
    text: (row) => row.until ?? '',
  },
  {
    id: 'granted',
    title: 'Given',
    width: 100,
    sort: 'granted',
    cell: (row) => <When at={row.grantedAt} />,
    text: (row) => row.grantedAt,
  },
  {
    id: 'by',
    title: 'By',
    width: 120,
    cell: (row) => <span title={sourceWords[row.source]}>{row.grantedBy}</span>,
    text: (row) => row.grantedBy,
    filter: (row) => ['source', row.source],
  },
  {
    id: 'reason',
    title: 'Reason',
    width: 180,
    cell: (row) => (row.reason === null ? <Nothing /> : <span title={row.reason}>{row.reason}</span>),
    text: (row) => row.reason ?? '',
  },
];

export const grantList: ListSpec<GrantRow> = {
  noun: 'grants',
  columns,
  views: [
    { title: 'In force', filters: {} },
    { title: 'Administrators', filters: { role: 'admin' } },
    { title: 'Ending within 30 days', filters: { until: '..30d' } },
    { title: 'Ended or revoked', filters: { state: 'ended,revoked' } },
  ],
  words: { many: 'grants', nothingYet: words.noGrants },
  keyOf: (row) => row.id,
  hrefOf: (row) => recordPath('user', row.principal),
  opensPage: true,
  nameOf: (row) => `${givenWords(row)} of ${row.principal}`,
};
