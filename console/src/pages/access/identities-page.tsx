/** What an identity provider brings: people whom no account knows, and what its groups give. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  checkIdentityProvider,
  type GroupGrant,
  groupGrantsQuery,
  identitiesQuery,
  type UnknownIdentity,
} from '../../api/access/accounts.ts';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { RowsTable } from '../../kit/detail/rows-table.tsx';
import { At, Ends, When } from '../../kit/marks/when.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { AccessTabs } from './access-tabs.tsx';
import { CardCheck, CheckSection } from './sign-in-check.tsx';
import { GiveGroupGrantDialog, RevokeGroupGrantDialog } from './grant-dialogs.tsx';
import { DismissIdentityDialog, LinkIdentityDialog } from './identity-dialogs.tsx';
import { givenWords, placeWords, whoOf, words } from './words.ts';

type Asked =
  | { readonly do: 'give' }
  | { readonly do: 'revoke'; readonly grant: GroupGrant }
  | { readonly do: 'link' | 'dismiss'; readonly identity: UnknownIdentity };
type Ask = (asked: Asked) => void;

const waits = {
  unknown: 'no account has this identity',
  name_taken: 'an account has the name, and is not tied to it',
};

const Waiting = ({ rows, ask }: { readonly rows: readonly UnknownIdentity[]; readonly ask: Ask }) => (
  <Section title="Waiting to be let in">
    {rows.length === 0 ? (
      <p className="quiet">Nobody waits. Who proves an identity that no account has is listed here.</p>
    ) : (
      <RowsTable label="Waiting to be let in" heads={['Who', 'By', 'Why', 'Groups', 'Last tried', 'From']}>
        {rows.map((row) => (
          <tr key={row.id}>
            <td>
              <div className="strong">{whoOf(row)}</div>
              <div className="quiet mono">{row.subject}</div>
            </td>
            <td>{row.issuer}</td>
            <td>{waits[row.why]}</td>
            <td>
              {row.groups.slice(0, 5).join(', ')}
              {row.groups.length > 5 ? ` and ${row.groups.length - 5} more` : ''}
            </td>
            <td>
              <At at={row.lastAt} />
              {row.attempts > 1 ? <div className="quiet">{row.attempts} times in all</div> : null}
            </td>
            <td>{row.lastAddress ?? ''}</td>
            <td style={{ whiteSpace: 'nowrap' }}>
              <Button
                variant="default"
                size="compact-sm"
                aria-label={`Let ${whoOf(row)} in`}
                onClick={() => ask({ do: 'link', identity: row })}
              >
                Let in…
              </Button>{' '}
              <Button
                variant="subtle"
                size="compact-sm"
                aria-label={`Dismiss ${whoOf(row)}`}
                onClick={() => ask({ do: 'dismiss', identity: row })}
              >
                Dismiss…
              </Button>
            </td>
          </tr>
        ))}
      </RowsTable>
    )}
  </Section>
);

const Groups = ({ rows, ask }: { readonly rows: readonly GroupGrant[]; readonly ask: Ask }) => (
  <Section title="What groups give">
    {rows.length === 0 ? (
      <p className="quiet">
        No group gives anything. Members of a group get what it is given here, for as long as they are in it.
      </p>
    ) : (
      <RowsTable
        label="What groups give"
        heads={['Group', 'Gives', 'Where', 'Until', 'Accounts', 'Given', 'By', 'Reason']}
      >
        {rows.map((row) => (
          <tr key={row.id}>
            <td>
              <div className="strong">{row.group}</div>
              <div className="quiet">{row.issuer}</div>
            </td>
            <td>{givenWords(row)}</td>
            <td>{placeWords(row)}</td>
            <td>
              <Ends on={row.until} withDay />
            </td>
            <td>{row.members.toLocaleString('en')}</td>
            <td>
              <When at={row.grantedAt} />
            </td>
            <td>{row.grantedBy}</td>
            <td>{row.reason ?? ''}</td>
            <td>
              <Button
                variant="default"
                size="compact-sm"
                aria-label={`Take ${givenWords(row)} from ${row.group}`}
                onClick={() => ask({ do: 'revoke', grant: row })}
              >
                Take back…
              </Button>
            </td>
          </tr>
        ))}
      </RowsTable>
    )}
    <Button mt="sm" variant="default" onClick={() => ask({ do: 'give' })}>
      Give a group a grant…
    </Button>
  </Section>
);

const Dialogs = ({ asked, onClose }: { readonly asked: Asked | undefined; readonly onClose: () => void }) => {
  switch (asked?.do) {
    case undefined:
      return null;
    case 'give':
      return <GiveGroupGrantDialog onClose={onClose} />;
    case 'revoke':
      return <RevokeGroupGrantDialog of={asked.grant} onClose={onClose} />;
    case 'link':
      return <LinkIdentityDialog of={asked.identity} onClose={onClose} />;
    case 'dismiss':
      return <DismissIdentityDialog of={asked.identity} onClose={onClose} />;
  }
};

export const IdentitiesPage = () => {
  const [asked, setAsked] = useState<Asked>();
  return (
    <div className={detail['page']}>
      <div className={detail['head']}>
        <PageTitle title={words.identities} />
        <div className={detail['actions']}>
          <AccessTabs />
        </div>
      </div>
      <Loaded query={useQuery(identitiesQuery)}>
        {({ items }) => <Waiting rows={items} ask={setAsked} />}
      </Loaded>
      <Loaded query={useQuery(groupGrantsQuery)}>
        {({ items }) => <Groups rows={items} ask={setAsked} />}
      </Loaded>
      {/* As `tieline serve check-oidc` and `check-cac`. */}
      <CheckSection
        title="Connection to the provider"
        told="The check asks the provider as a sign-in would, and says what is wrong and what to do."
        check={checkIdentityProvider}
      />
      <CardCheck />
      <Dialogs asked={asked} onClose={() => setAsked(undefined)} />
    </div>
  );
};
