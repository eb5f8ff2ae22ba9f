import type { UserRow } from '../../api/access/accounts.ts';
import type { ListSpec } from '../../kit/list/list-spec.ts';
import { Nothing } from '../../kit/marks/severity.tsx';
import { When } from '../../kit/marks/when.tsx';
import { useNow } from '../../kit/now.ts';
import { recordPath, RecordLink } from '../../kit/record-link.tsx';
import { roleWords } from '../../shell/words.ts';
import { kindWords, stateOf, words } from './words.ts';

export const UserState = ({
  of,
}: {
  readonly of: Pick<UserRow, 'status' | 'lockedUntil' | 'statusReason'>;
}) => {
  const { text, tone } = stateOf(of, new Date(useNow()));
  return (
    <span className={tone} title={of.statusReason ?? undefined}>
      {text}
    </span>
  );
};

const rolesOf = (row: UserRow): string => row.roles.map((role) => roleWords[role] ?? role).join(', ');

const columns: ListSpec<UserRow>['columns'] = [
  {
    id: 'name',
    title: 'Name',
    width: 160,
    sort: 'name',
    cell: (row) => (
      <RecordLink kind="user" id={row.name} inRow>
        {row.name}
      </RecordLink>
    ),
    text: (row) => row.name,
  },
  {
    id: 'who',
    title: 'Who',
    width: 190,
    cell: (row) =>
      row.displayName === null && row.email === null ? (
        <Nothing />
      ) : (
        <span title={row.email ?? undefined}>{row.displayName ?? row.email}</span>
      ),
    text: (row) => row.displayName ?? row.email ?? '',
  },
  {
    id: 'kind',
    title: 'Kind',
    width: 84,
    cell: (row) => <span>{kindWords[row.kind]}</span>,
    text: (row) => kindWords[row.kind],
    filter: (row) => ['kind', row.kind],
  },
  {
    id: 'status',
    title: 'State',
    width: 120,
    cell: (row) => <UserState of={row} />,
    text: (row) => row.status,
    filter: (row) => ['status', row.status],
  },
  {
    id: 'roles',
    title: 'Roles',
    meaning: 'Of grants in force, wherever they hold',
    width: 240,
    cell: (row) => (row.roles.length === 0 ? <Nothing word="none" /> : <span>{rolesOf(row)}</span>),
    text: rolesOf,
    filter: (row) => (row.roles[0] === undefined ? undefined : ['role', row.roles[0]]),
  },
  {
    id: 'signin',
    title: 'Last sign-in',
    width: 110,
    sort: 'signin',
    cell: (row) => <When at={row.lastSignInAt} />,
    text: (row) => row.lastSignInAt ?? '',
  },
  {
    id: 'sessions',
    title: 'Sessions',
    width: 80,
    align: 'end',
    cell: (row) =>
      row.sessions === 0 ? (
        <Nothing word="none" />
      ) : (
        <RecordLink kind="user" id={row.name} inRow>
          {row.sessions}
        </RecordLink>
      ),
    text: (row) => String(row.sessions),
  },
  {
    id: 'from',
    title: 'From',
    width: 130,
    extra: true,
    cell: (row) => (row.lastSignInAddress === null ? <Nothing /> : <span>{row.lastSignInAddress}</span>),
    text: (row) => row.lastSignInAddress ?? '',
  },
  {
    id: 'added',
    title: 'Added',
    width: 110,
    sort: 'added',
    extra: true,
    cell: (row) => <When at={row.createdAt} />,
    text: (row) => row.createdAt,
  },
];

export const userList: ListSpec<UserRow> = {
  noun: 'users',
  columns,
  views: [
    { title: 'All', filters: {} },
    { title: 'Locked', filters: { status: 'locked' } },
    { title: 'Administrators', filters: { role: 'admin' } },
    { title: 'Programs', filters: { kind: 'service' } },
    { title: 'Not signed in for 90 days', filters: { kind: 'person', signin: '..90d' } },
    { title: 'Never signed in', filters: { kind: 'person', signin: 'none' } },
  ],
  words: { many: 'users', nothingYet: words.nothingYet },
  keyOf: (row) => row.id,
  hrefOf: (row) => recordPath('user', row.name),
  opensPage: true,
  nameOf: (row) => row.name,
};
