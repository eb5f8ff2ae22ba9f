import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { ListPage } from '../../kit/list/list-page.tsx';
import { AccessTabs } from './access-tabs.tsx';
import { GiveGrantDialog } from './grant-dialogs.tsx';
import { grantList } from './grant-list.tsx';
import { MakeTokenDialog } from './token-dialogs.tsx';
import { tokenList } from './token-list.tsx';
import { AddUserDialog } from './user-dialogs.tsx';
import { userList } from './user-list.tsx';
import { words } from './words.ts';

const Tools = ({
  verb,
  dialog,
}: {
  readonly verb: string;
  readonly dialog: (close: () => void) => ReactNode;
}) => {
  const [open, setOpen] = useState(false);
  return (
    <>
      <AccessTabs />
      <Button onClick={() => setOpen(true)}>{verb}</Button>
      {open ? dialog(() => setOpen(false)) : null}
    </>
  );
};

export const UsersPage = () => (
  <ListPage
    spec={userList}
    title={words.users}
    tools={<Tools verb="Add a user" dialog={(close) => <AddUserDialog onClose={close} />} />}
  />
);

export const GrantsPage = () => (
  <ListPage
    spec={grantList}
    title={words.grants}
    tools={
      <Tools
        verb="Give a grant"
        dialog={(close) => <GiveGrantDialog account={undefined} onClose={close} />}
      />
    }
  />
);

export const TokensPage = () => (
  <ListPage
    spec={tokenList}
    title={words.tokens}
    tools={
      <Tools
        verb="Make a token"
        dialog={(close) => <MakeTokenDialog account={undefined} onClose={close} />}
      />
    }
  />
);
