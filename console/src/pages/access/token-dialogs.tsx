/** Making a token, which is shown once, and revoking one. */
import { NumberInput, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Permission, Scope } from '../../../../src/canonical/access/index.ts';
import {
  grantChoicesQuery,
  makeToken,
  revokeToken,
  type TokenMade,
  type TokenRow,
} from '../../api/accounts.ts';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { tell } from '../../kit/notice.tsx';
import { ActionDialog } from '../../shell/action-dialog.tsx';
import styles from './access.module.css';
import { isEmptyPlace, PlacePicker, SecretShown } from './dialog-parts.tsx';
import { useRefresh } from './user-dialogs.tsx';

const usualDays = 90;

const Permissions = ({
  value,
  onChange,
}: {
  readonly value: readonly Permission[] | undefined;
  readonly onChange: (permissions: readonly Permission[] | undefined) => void;
}) => {
  const choices = useQuery(grantChoicesQuery);
  return (
    <fieldset>
      <legend>What it may at most</legend>
      <label className={styles['option']}>
        <input
          type="radio"
          name="permissions"
          checked={value === undefined}
          onChange={() => onChange(undefined)}
        />
        All that the account may when it is used
      </label>
      <label className={styles['option']}>
        <input type="radio" name="permissions" checked={value !== undefined} onChange={() => onChange([])} />
        Only some of it
      </label>
      {value === undefined ? null : (
        <Loaded query={choices}>
          {({ permissions }) => (
            <div className={styles['options']} role="group" aria-label="Permissions" tabIndex={0}>
              {permissions.map(({ permission, title }) => (
                <label key={permission} className={styles['option']}>
                  <input
                    type="checkbox"
                    checked={value.includes(permission)}
                    onChange={(event) =>
                      onChange(
                        event.currentTarget.checked
                          ? [...value, permission]
                          : value.filter((each) => each !== permission),
                      )
                    }
                  />
                  <span>
                    <span className="mono">{permission}</span> <span className="quiet">{title}</span>
                  </span>
                </label>
              ))}
            </div>
          )}
        </Loaded>
      )}
    </fieldset>
  );
};

export const MakeTokenDialog = ({
  account: given,
  onClose,
}: {
  readonly account: string | undefined;
  readonly onClose: () => void;
}) => {
  const refresh = useRefresh();
  const [account, setAccount] = useState(given ?? '');
  const [name, setName] = useState('');
  const [permissions, setPermissions] = useState<readonly Permission[]>();
  const [scope, setScope] = useState<Scope>({ kind: 'everywhere' });
  const [addresses, setAddresses] = useState('');
  const [days, setDays] = useState<number | string>(usualDays);
  const [made, setMade] = useState<TokenMade>();
  if (made)
    return (
      <SecretShown
        title={`Token of ${made.row.principal}`}
        told={`“${made.row.name}” is valid until ${made.row.expiresAt.slice(0, 10)}. A program sends it as “Authorization: Bearer …”.`}
        secret={made.token}
        what="the token"
        onClose={onClose}
      />
    );
  const lacks =
    account.trim() === '' ||
    name.trim() === '' ||
    permissions?.length === 0 ||
    isEmptyPlace(scope) ||
    days === '';
  return (
    <ActionDialog
      title={given === undefined ? 'Make a token' : `Make a token of ${given}`}
      verb="Make"
      size="lg"
      incomplete={lacks}
      onClose={onClose}
      onRun={async () => {
        const blocks = addresses.split(/[\s,]+/).filter(Boolean);
        const asked = {
          account: account.trim(),
          name: name.trim(),
          scope,
          addresses: blocks,
          days: Number(days),
        };
        setMade(await makeToken({ ...asked, ...(permissions ? { permissions } : {}) }));
        await refresh();
      }}
    >
      <div className={styles['fields']}>
        {given === undefined ? (
          <TextInput
            label="Account"
            description="Whose rights it has; best that of a program"
            required
            data-autofocus
            value={account}
            onChange={(event) => setAccount(event.currentTarget.value)}
          />
        ) : null}
        <TextInput
          label="What it is for"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Permissions value={permissions} onChange={setPermissions} />
        <PlacePicker value={scope} onChange={setScope} />
        <Textarea
          label="Only from these addresses (optional)"
          description="Addresses or blocks, such as 10.0.0.0/8, by commas or lines"
          value={addresses}
          onChange={(event) => setAddresses(event.currentTarget.value)}
          autosize
          minRows={1}
        />
        <NumberInput
          label="Valid for how many days"
          description="From 1 to 365"
          required
          min={1}
          max={365}
          allowDecimal={false}
          hideControls
          value={days}
          onChange={setDays}
        />
      </div>
    </ActionDialog>
  );
};

export const RevokeTokenDialog = ({
  of,
  onClose,
}: {
  readonly of: TokenRow;
  readonly onClose: () => void;
}) => {
  const refresh = useRefresh();
  return (
    <ActionDialog
      title={`Revoke the token “${of.name}”`}
      verb="Revoke"
      reason="optional"
      onClose={onClose}
      onRun={async (reason) => {
        await revokeToken(of.id, reason);
        await refresh();
        tell(`The token “${of.name}” of ${of.principal} is revoked.`);
        onClose();
      }}
    >
      <p>The program that uses it is refused at once. It cannot be undone; make another one instead.</p>
    </ActionDialog>
  );
};
