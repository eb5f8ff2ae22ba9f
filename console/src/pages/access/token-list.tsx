import type { TokenRow } from '../../api/access/accounts.ts';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { Nothing } from '../../kit/marks/severity.tsx';
import { Ends, When } from '../../kit/marks/when.tsx';
import { useNow } from '../../kit/now.ts';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { placeWords, tokenState, words } from './words.ts';

export const TokenState = ({ of }: { readonly of: TokenRow }) => {
  const { text, tone } = tokenState(of, new Date(useNow()));
  return (
    <span className={tone} title={of.revokedReason ?? undefined}>
      {text}
    </span>
  );
};

/** A few by name, more by their number with all of them on hover. */
export const Limits = ({ of }: { readonly of: Pick<TokenRow, 'permissions'> }) => (
  <span title={of.permissions.join(', ')}>
    {of.permissions.length > 2 ? `${of.permissions.length} permissions` : of.permissions.join(', ')}
  </span>
);

/** Addresses, and the certificate that it is bound to. */
const fromWords = ({ addresses, certificateSha256 }: TokenRow): string =>
  [
    ...addresses,
    ...(certificateSha256 === null ? [] : [`certificate ${certificateSha256.slice(0, 8)}…`]),
  ].join(', ');

const columns: ListSpec<TokenRow>['columns'] = [
  {
    id: 'name',
    title: 'For',
    width: 170,
    cell: (row) => <span title={`tl_${row.id}_…`}>{row.name}</span>,
    text: (row) => row.name,
  },
  {
    id: 'account',
    title: 'Account',
    width: 140,
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
    id: 'state',
    title: 'State',
    width: 96,
    cell: (row) => <TokenState of={row} />,
    text: (row) => (row.revokedAt === null ? '' : 'revoked'),
  },
  {
    id: 'may',
    title: 'May at most',
    width: 150,
    cell: (row) => <Limits of={row} />,
    text: (row) => row.permissions.join(', '),
  },
  {
    id: 'where',
    title: 'Where',
    width: 130,
    cell: (row) => <span title={placeWords(row)}>{placeWords(row)}</span>,
    text: placeWords,
  },
  {
    id: 'from',
    title: 'Only from',
    width: 120,
    cell: (row) =>
      fromWords(row) === '' ? (
        <Nothing word="anywhere" />
      ) : (
        <span title={row.certificateSha256 ?? undefined}>{fromWords(row)}</span>
      ),
    text: fromWords,
  },
  {
    id: 'used',
    title: 'Last used',
    width: 100,
    sort: 'used',
    cell: (row) => <When at={row.lastUsedAt} />,
    text: (row) => row.lastUsedAt ?? '',
  },
  {
    id: 'ends',
    title: 'Ends',
    width: 100,
    sort: 'ends',
    cell: (row) => <Ends on={row.expiresAt} />,
    text: (row) => row.expiresAt,
  },
  {
    id: 'created',
    title: 'Made',
    width: 100,
    sort: 'created',
    cell: (row) => (
      <span title={`by ${row.createdBy}`}>
        <When at={row.createdAt} />
      </span>
    ),
    text: (row) => row.createdAt,
  },
];

export const tokenList: ListSpec<TokenRow> = {
  noun: 'tokens',
  columns,
  views: [
    { title: 'In force', filters: {} },
    { title: 'Ending within 14 days', filters: { ends: '..14d' } },
    { title: 'Never used', filters: { used: 'none' } },
    { title: 'Expired or revoked', filters: { state: 'expired,revoked' } },
  ],
  words: { many: 'tokens', nothingYet: words.noTokens },
  keyOf: (row) => row.id,
  hrefOf: (row) => recordPath('user', row.principal),
  opensPage: true,
  nameOf: (row) => `${row.name} of ${row.principal}`,
};
