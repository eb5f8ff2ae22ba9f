import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import {
  type GrantRow,
  type Move,
  type OutsideIdentity,
  type TokenRow,
  type UserDetail,
  userQuery,
} from '../../api/access/accounts.ts';
import { ActButton } from '../../kit/act/act-button.tsx';
import detailStyles from '../../kit/detail/detail.module.css';
import { DetailHead } from '../../kit/detail/detail-head.tsx';
import { Facts, Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { RowsTable } from '../../kit/detail/rows-table.tsx';
import { At, Ends, When } from '../../kit/marks/when.tsx';
import { useNow } from '../../kit/now.ts';
import { useSession } from '../../shell/use-session.ts';
import { GiveGrantDialog, RevokeGrantDialog } from './grant-dialogs.tsx';
import { UnlinkIdentityDialog } from './identity-dialogs.tsx';
import { MakeTokenDialog, RevokeTokenDialog } from './token-dialogs.tsx';
import { Limits, TokenState } from './token-list.tsx';
import { EndSessionsDialog, LinkDialog, MoveDialog } from './user-dialogs.tsx';
import { UserState } from './user-list.tsx';
import { givenWords, kindWords, placeWords, sourceWords, stateOf, words } from './words.ts';

type Asked =
  | { readonly do: Move | 'link' | 'grant' | 'token' }
  | { readonly do: 'sessions'; readonly sessionId: string | undefined }
  | { readonly do: 'revoke grant'; readonly grant: GrantRow }
  | { readonly do: 'unlink'; readonly identity: OutsideIdentity }
  | { readonly do: 'revoke token'; readonly token: TokenRow };
type Ask = (asked: Asked) => void;

const Dialogs = ({
  account,
  asked,
  onClose,
}: {
  readonly account: string;
  readonly asked: Asked | undefined;
  readonly onClose: () => void;
}) => {
  switch (asked?.do) {
    case undefined:
      return null;
    case 'link':
      return <LinkDialog account={account} onClose={onClose} />;
    case 'grant':
      return <GiveGrantDialog account={account} onClose={onClose} />;
    case 'token':
      return <MakeTokenDialog account={account} onClose={onClose} />;
    case 'sessions':
      return <EndSessionsDialog account={account} sessionId={asked.sessionId} onClose={onClose} />;
    case 'revoke grant':
      return <RevokeGrantDialog of={asked.grant} onClose={onClose} />;
    case 'unlink':
      return <UnlinkIdentityDialog account={account} of={asked.identity} onClose={onClose} />;
    case 'revoke token':
      return <RevokeTokenDialog of={asked.token} onClose={onClose} />;
    case 'lock':
    case 'unlock':
    case 'disable':
    case 'enable':
    case 'reset-factors':
      return <MoveDialog account={account} move={asked.do} onClose={onClose} />;
  }
};

/** A table of a part, with its buttons in the last column; where it has no rows, the words for that. */
const Table = <Row,>({
  label,
  rows,
  heads,
  none,
  keyOf,
  cells,
  button,
}: {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly heads: readonly string[];
  readonly none: string;
  readonly keyOf: (row: Row) => string;
  readonly cells: (row: Row) => readonly ReactNode[];
  readonly button: (row: Row) => ReactNode;
}) =>
  rows.length === 0 ? (
    <p className="quiet">{none}</p>
  ) : (
    <RowsTable label={label} heads={heads}>
      {rows.map((row) => (
        <tr key={keyOf(row)}>
          {cells(row).map((cell, index) => (
            <td key={heads[index]}>{cell}</td>
          ))}
          <td style={{ textAlign: 'right', whiteSpace: 'nowrap' }}>{button(row)}</td>
        </tr>
      ))}
    </RowsTable>
  );

const Small = ({
  label,
  children,
  onPress,
}: {
  readonly label: string;
  readonly children: ReactNode;
  readonly onPress: () => void;
}) => (
  <Button variant="default" size="compact-xs" aria-label={label} onClick={onPress}>
    {children}
  </Button>
);

const Grants = ({ of, ask }: { readonly of: UserDetail; readonly ask: Ask }) => (
  <Section title="Grants">
    <Table
      label="Grants"
      rows={of.grants}
      heads={['Gives', 'Where', 'Until', 'Given', 'By', 'Reason']}
      none="No grant: this account may do nothing."
      keyOf={({ id }) => id}
      cells={(grant) => [
        givenWords(grant),
        placeWords(grant),
        <Ends key="until" on={grant.until} withDay />,
        <When key="given" at={grant.grantedAt} />,
        <span key="by" title={sourceWords[grant.source]}>
          {grant.grantedBy}
        </span>,
        grant.reason ?? '',
      ]}
      button={(grant) =>
        grant.groupGrantId === null ? (
          <Small label={`Take ${givenWords(grant)} back`} onPress={() => ask({ do: 'revoke grant', grant })}>
            Take back…
          </Small>
        ) : (
          <Link to="/identities" search={{}}>
            by a group
          </Link>
        )
      }
    />
    <Button mt="sm" variant="default" onClick={() => ask({ do: 'grant' })}>
      Give a grant…
    </Button>
  </Section>
);

const ways = { local: 'password', oidc: 'OIDC', cac: 'CAC/PIV', demo: 'demo' } as const;

const Outside = ({ of, ask }: { readonly of: UserDetail; readonly ask: Ask }) => {
  const outside = of.identities.filter(({ way }) => way !== 'local');
  if (outside.length === 0) return null;
  return (
    <Section title="Signs in from outside">
      <Table
        label="Signs in from outside"
        rows={outside}
        heads={['By', 'Issuer', 'Who it is there', 'Last used', 'Tied by']}
        none=""
        keyOf={({ id }) => id}
        cells={(identity) => [
          ways[identity.way],
          identity.issuer,
          <span key="who">
            {identity.presented?.displayName ?? identity.presented?.name ?? ''}{' '}
            <span className="quiet mono">{identity.subject}</span>
          </span>,
          <When key="used" at={identity.lastUsedAt} />,
          identity.createdBy ?? 'the first sign-in',
        ]}
        button={(identity) => (
          <Small label={`Take ${identity.subject} away`} onPress={() => ask({ do: 'unlink', identity })}>
            Take away…
          </Small>
        )}
      />
      {of.groups.length === 0 ? null : (
        <p style={{ marginTop: 8 }}>
          Groups there, until <At at={of.groups[0]?.until ?? null} /> and again from the next sign-in:{' '}
          {of.groups.map(({ name }) => name).join(', ')}
        </p>
      )}
    </Section>
  );
};

const Sessions = ({ of, ask }: { readonly of: UserDetail; readonly ask: Ask }) => (
  <Section title="Open sessions">
    <Table
      label="Open sessions"
      rows={of.sessions}
      heads={['Since', 'Last active', 'From', 'By', 'Browser']}
      none="No open session."
      keyOf={({ id }) => id}
      cells={(session) => [
        <At key="since" at={session.createdAt} />,
        <When key="active" at={session.lastActivityAt} />,
        session.address ?? '',
        ways[session.way],
        <span key="agent" className="quiet">
          {session.agent ?? ''}
        </span>,
      ]}
      button={(session) => (
        <Small
          label={`End the session from ${session.address ?? 'somewhere'}`}
          onPress={() => ask({ do: 'sessions', sessionId: session.id })}
        >
          End…
        </Small>
      )}
    />
    {of.sessions.length > 1 ? (
      <Button mt="sm" variant="default" onClick={() => ask({ do: 'sessions', sessionId: undefined })}>
        End all…
      </Button>
    ) : null}
  </Section>
);

const Tokens = ({ of, ask }: { readonly of: UserDetail; readonly ask: Ask }) => {
  const hasRights = of.grants.length > 0;
  return (
    <Section title="Tokens in force">
      <Table
        label="Tokens in force"
        rows={of.tokens}
        heads={['For', 'State', 'May at most', 'Where', 'Last used', 'Ends']}
        none="No token."
        keyOf={({ id }) => id}
        cells={(token) => [
          token.name,
          <TokenState key="state" of={token} />,
          <Limits key="may" of={token} />,
          placeWords(token),
          <When key="used" at={token.lastUsedAt} />,
          <Ends key="ends" on={token.expiresAt} withDay />,
        ]}
        button={(token) => (
          <Small label={`Revoke ${token.name}`} onPress={() => ask({ do: 'revoke token', token })}>
            Revoke…
          </Small>
        )}
      />
      <ActButton
        mt="sm"
        variant="default"
        why={hasRights ? undefined : 'Give it a grant first: a token never may more than its account.'}
        onPress={() => ask({ do: 'token' })}
      >
        Make a token…
      </ActButton>
    </Section>
  );
};

const Actions = ({ of, ask }: { readonly of: UserDetail; readonly ask: Ask }) => {
  const { person } = useSession();
  const { text } = stateOf(of, new Date(useNow()));
  const own = person.name === of.name ? 'This is your own account: ask another administrator.' : undefined;
  const moves: readonly (readonly [Move, string])[] =
    text === 'Disabled'
      ? [['enable', 'Enable…']]
      : text === 'Active'
        ? [
            ['lock', 'Lock…'],
            ['disable', 'Disable…'],
          ]
        : [
            ['unlock', 'Unlock…'],
            ['disable', 'Disable…'],
          ];
  return (
    <>
      {of.kind === 'person' && text !== 'Disabled' ? (
        <Button variant="default" onClick={() => ask({ do: 'link' })}>
          New link…
        </Button>
      ) : null}
      {of.secondFactor.factors.length === 0 ? null : (
        <ActButton variant="default" why={own} onPress={() => ask({ do: 'reset-factors' })}>
          Reset second factors…
        </ActButton>
      )}
      {moves.map(([move, verb]) => (
        <ActButton
          key={move}
          variant={move === 'unlock' || move === 'enable' ? 'filled' : 'default'}
          why={own}
          onPress={() => ask({ do: move })}
        >
          {verb}
        </ActButton>
      ))}
    </>
  );
};

const factorWords = ({ secondFactor: { factors, recoveryCodes } }: UserDetail): string =>
  factors.length === 0
    ? 'none'
    : `${factors.map(({ name }) => name).join(', ')}; ${recoveryCodes?.left ?? 0} recovery codes left`;

const Account = ({ of }: { readonly of: UserDetail }) => (
  <Section title="Account">
    <Facts
      of={[
        ['Full name', of.displayName],
        ['Mail address', of.email],
        ['Added', <At key="added" at={of.createdAt} />],
        ['Added by', of.createdBy],
        ['Last sign-in', <At key="signin" at={of.lastSignInAt} />],
        ['Signed in from', of.lastSignInAddress],
        [
          'Signs in by',
          of.kind === 'service' ? 'tokens' : of.identities.map(({ way }) => ways[way]).join(', '),
        ],
        ...(of.kind === 'person' ? [['Second factors', factorWords(of)] as const] : []),
        ...(of.mustChangePassword ? [['Password', 'must be changed at the next sign-in'] as const] : []),
        ...(of.statusReason === null ? [] : [['Reason of its state', of.statusReason] as const]),
        ...(of.status === 'locked' && of.lockedUntil !== null
          ? [['Locked until', <At key="until" at={of.lockedUntil} />] as const]
          : []),
      ]}
    />
  </Section>
);

export const UserPage = () => {
  const { account = '' } = useParams({ strict: false });
  const [asked, setAsked] = useState<Asked>();
  return (
    <Loaded query={useQuery(userQuery(account))} whole>
      {(user) => (
        <div className={detailStyles['page']}>
          <DetailHead
            parent={{ to: '/users', title: words.users }}
            title={user.displayName ?? user.name}
            marks={
              <>
                <span className="mono">{user.name}</span>
                <span>{kindWords[user.kind]}</span>
                <UserState of={user} />
              </>
            }
            actions={<Actions of={user} ask={setAsked} />}
          />
          <Account of={user} />
          <Outside of={user} ask={setAsked} />
          <Grants of={user} ask={setAsked} />
          {user.kind === 'person' ? <Sessions of={user} ask={setAsked} /> : null}
          <Tokens of={user} ask={setAsked} />
          <Dialogs account={user.name} asked={asked} onClose={() => setAsked(undefined)} />
        </div>
      )}
    </Loaded>
  );
};
