/** Adding a user, a new link, and the moves of an account's state. */
import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import {
  addUser,
  endSessions,
  makeUserLink,
  type Move,
  moveUser,
  type NewUser,
  type OneTimeLink,
} from '../../api/access/accounts.ts';
import { tell } from '../../kit/notice.tsx';
import { recordPath } from '../../kit/record-link.tsx';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import styles from './access.module.css';
import { SecretShown } from './dialog-parts.tsx';

/** Queries that show anything of accounts. */
const accountKeys = [
  ['users'],
  ['identities'],
  ['sign-in-rules'],
  ['grants'],
  ['list', 'users'],
  ['list', 'grants'],
  ['list', 'tokens'],
];

/** Everything about accounts is asked for again. */
export function useRefresh(): () => Promise<void> {
  const queryClient = useQueryClient();
  return async () => {
    for (const queryKey of accountKeys) await queryClient.invalidateQueries({ queryKey });
  };
}

const minutesLeft = ({ expiresAt }: OneTimeLink): number =>
  Math.round((new Date(expiresAt).getTime() - Date.now()) / 60_000);

const LinkShown = ({ of, onClose }: { readonly of: OneTimeLink; readonly onClose: () => void }) => (
  <SecretShown
    title={`One-time link for ${of.account}`}
    told={`Whoever opens it sets the password of ${of.account} and is signed in: once, within ${minutesLeft(of)} minutes. Earlier links of this account are void.`}
    secret={`${location.origin}${of.path}`}
    what="the link"
    onClose={onClose}
  />
);

type Typed = Required<NewUser>;

const UserFields = ({
  user,
  onChange,
}: {
  readonly user: Typed;
  readonly onChange: (user: Typed) => void;
}) => {
  const text = (field: 'name' | 'displayName' | 'email') => ({
    value: user[field],
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      onChange({ ...user, [field]: event.currentTarget.value }),
  });
  const kind = (of: Typed['kind']) => ({
    type: 'radio',
    name: 'kind',
    checked: user.kind === of,
    onChange: () => onChange({ ...user, kind: of }),
  });
  return (
    <div className={styles['fields']}>
      <fieldset>
        <legend>Who</legend>
        <label className={styles['option']}>
          <input {...kind('person')} />A person, who gets a one-time link to set a password
        </label>
        <label className={styles['option']}>
          <input {...kind('service')} />A program, which signs in by tokens
        </label>
      </fieldset>
      <TextInput
        label="Name to sign in with"
        description="From 2 to 100 letters, digits and . _ - @"
        required
        maxLength={100}
        data-autofocus
        {...text('name')}
      />
      <TextInput label="Full name" maxLength={200} {...text('displayName')} />
      <TextInput label="Mail address" type="email" maxLength={200} {...text('email')} />
      <p className="quiet">It may do nothing until you give it a role.</p>
    </div>
  );
};

/** What was left empty is not sent. */
const userOf = ({ kind, name, displayName, email }: Typed): NewUser => ({
  kind,
  name: name.trim(),
  ...(displayName.trim() === '' ? {} : { displayName: displayName.trim() }),
  ...(email.trim() === '' ? {} : { email: email.trim() }),
});

export const AddUserDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const router = useRouter();
  const refresh = useRefresh();
  const [user, setUser] = useState<Typed>({ kind: 'person', name: '', displayName: '', email: '' });
  const [link, setLink] = useState<OneTimeLink>();
  const open = (): void => {
    onClose();
    void router.navigate({ to: recordPath('user', user.name.trim()), search: {} });
  };
  if (link) return <LinkShown of={link} onClose={open} />;
  return (
    <ActionDialog
      title="Add a user"
      verb="Add"
      incomplete={user.name.trim().length < 2}
      onClose={onClose}
      onRun={async () => {
        const added = await addUser(userOf(user));
        await refresh();
        if (added.link) setLink(added.link);
        else open();
      }}
    >
      <UserFields user={user} onChange={setUser} />
    </ActionDialog>
  );
};

export const LinkDialog = ({
  account,
  onClose,
}: {
  readonly account: string;
  readonly onClose: () => void;
}) => {
  const [link, setLink] = useState<OneTimeLink>();
  if (link) return <LinkShown of={link} onClose={onClose} />;
  return (
    <ActionDialog
      title={`New link for ${account}`}
      verb="Make the link"
      onClose={onClose}
      onRun={async () => setLink(await makeUserLink(account))}
    >
      <p>
        {account} sets a new password by it. The present one stays good until then; afterwards all sessions of
        the account end.
      </p>
    </ActionDialog>
  );
};

const moves: Readonly<
  Record<
    Move,
    {
      readonly verb: string;
      /** Before the name in the title, where it is not the verb. */
      readonly title?: string;
      readonly means: string;
      readonly done: string;
    }
  >
> = {
  lock: {
    verb: 'Lock',
    means: 'Its sessions end, and sign-ins and tokens are refused until somebody unlocks it.',
    done: 'is locked.',
  },
  unlock: {
    verb: 'Unlock',
    means: 'It can sign in again. Refused sign-ins so far are forgotten.',
    done: 'is unlocked.',
  },
  disable: {
    verb: 'Disable',
    means:
      'For who has left: its sessions end, and sign-ins and tokens are refused for good. Its name stays in the record.',
    done: 'is disabled.',
  },
  enable: {
    verb: 'Enable',
    means: 'It can sign in again, with the grants that it has.',
    done: 'is enabled.',
  },
  'reset-factors': {
    verb: 'Reset second factors',
    title: 'Reset the second factors of',
    means:
      'For who lost them: all of them and the recovery codes are void, and sessions end. Make sure that it is the person who asks. They are told at the next sign-in, and set up new ones where the rules ask for it.',
    done: 'has no second factor any more.',
  },
};

export const MoveDialog = ({
  account,
  move,
  onClose,
}: {
  readonly account: string;
  readonly move: Move;
  readonly onClose: () => void;
}) => {
  const refresh = useRefresh();
  const { verb, title = verb, means, done } = moves[move];
  return (
    <ActionDialog
      title={`${title} ${account}`}
      verb={verb}
      reason={move === 'unlock' || move === 'enable' ? 'optional' : 'required'}
      onClose={onClose}
      onRun={async (reason) => {
        await moveUser(account, move, reason);
        await refresh();
        tell(`${account} ${done}`);
        onClose();
      }}
    >
      <p>{means}</p>
    </ActionDialog>
  );
};

export const EndSessionsDialog = ({
  account,
  sessionId,
  onClose,
}: {
  readonly account: string;
  /** Undefined: all. */
  readonly sessionId: string | undefined;
  readonly onClose: () => void;
}) => {
  const refresh = useRefresh();
  const title = sessionId === undefined ? `End all sessions of ${account}` : 'End this session';
  return (
    <ActionDialog
      title={title}
      verb="End"
      onClose={onClose}
      onRun={async () => {
        const { ended } = await endSessions(account, sessionId);
        await refresh();
        tell(`${account}: ${ended} ${ended === 1 ? 'session' : 'sessions'} ended.`);
        onClose();
      }}
    >
      <p>Whoever uses it is signed out at once, and can sign in again.</p>
    </ActionDialog>
  );
};
