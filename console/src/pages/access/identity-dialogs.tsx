/** What comes of an identity that no account has, and of one that an account has. */
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import {
  dismissIdentity,
  linkIdentity,
  type OutsideIdentity,
  type UnknownIdentity,
  unlinkIdentity,
} from '../../api/access/accounts.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { tell } from '../../kit/notice.tsx';
import { useRefresh } from './user-dialogs.tsx';
import { whoOf } from './words.ts';

interface About {
  readonly of: UnknownIdentity;
  readonly onClose: () => void;
}

export const LinkIdentityDialog = ({ of, onClose }: About) => {
  const refresh = useRefresh();
  const [account, setAccount] = useState(of.presented.name ?? '');
  return (
    <ActionDialog
      title={`Let ${whoOf(of)} in`}
      verb="Tie it to the account"
      incomplete={account.trim() === ''}
      onClose={onClose}
      onRun={async () => {
        await linkIdentity(of.id, account.trim());
        await refresh();
        tell(`${whoOf(of)} signs in as ${account.trim()} from now on.`);
        onClose();
      }}
    >
      <p>
        Whoever proves to be <span className="mono">{of.subject}</span> at {of.issuer} then is that account,
        with all that it may. Names can be alike: be sure that it is the same person.
      </p>
      <TextInput
        mt="sm"
        label="Account"
        description="One that is there; add it first if there is none"
        required
        data-autofocus
        value={account}
        onChange={(event) => setAccount(event.currentTarget.value)}
      />
    </ActionDialog>
  );
};

export const DismissIdentityDialog = ({ of, onClose }: About) => {
  const refresh = useRefresh();
  return (
    <ActionDialog
      title={`Dismiss ${whoOf(of)}`}
      verb="Dismiss"
      onClose={onClose}
      onRun={async () => {
        await dismissIdentity(of.id);
        await refresh();
        tell(`${whoOf(of)} waits no more.`);
        onClose();
      }}
    >
      <p>They stay without an account. If they try again, they are listed here again.</p>
    </ActionDialog>
  );
};

export const UnlinkIdentityDialog = ({
  account,
  of,
  onClose,
}: {
  readonly account: string;
  readonly of: OutsideIdentity;
  readonly onClose: () => void;
}) => {
  const refresh = useRefresh();
  return (
    <ActionDialog
      title="Take this way of signing in away"
      verb="Take it away"
      onClose={onClose}
      onRun={async () => {
        await unlinkIdentity(account, of.id);
        await refresh();
        tell(`${of.subject} does not sign in as ${account} any more.`);
        onClose();
      }}
    >
      <p>
        <span className="mono">{of.subject}</span> at {of.issuer} signs in as {account} no more. Sessions that
        began by it end, and what its groups gave goes.
      </p>
    </ActionDialog>
  );
};
