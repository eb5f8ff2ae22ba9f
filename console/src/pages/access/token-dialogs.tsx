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
} from '../../api/access/accounts.ts';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { tell } from '../../kit/notice.tsx';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
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
                  <span className="mono">{permission}</span>
                  {title}
                </label>
              ))}
            </div>
          )}
        </Loaded>
      )}
    </fieldset>
  );
};

interface Typed {
  readonly account: string;
  readonly name: string;
  readonly permissions: readonly Permission[] | undefined;
  readonly scope: Scope;
  readonly addresses: string;
  readonly days: number | string;
  readonly certificate: string;
}

const TokenFields = ({
  asksAccount,
  typed,
  onChange,
}: {
  readonly asksAccount: boolean;
  readonly typed: Typed;
  readonly onChange: (typed: Typed) => void;
}) => (
  <div className={styles['fields']}>
    {asksAccount ? (
      <TextInput
        label="Account"
        description="Whose rights it has; best that of a program"
        required
        data-autofocus
        value={typed.account}
        onChange={(event) => onChange({ ...typed, account: event.currentTarget.value })}
      />
    ) : null}
    <TextInput
      label="What it is for"
      required
      maxLength={100}
      value={typed.name}
      onChange={(event) => onChange({ ...typed, name: event.currentTarget.value })}
    />
    <Permissions value={typed.permissions} onChange={(permissions) => onChange({ ...typed, permissions })} />
    <PlacePicker value={typed.scope} onChange={(scope) => onChange({ ...typed, scope })} />
    <Textarea
      label="Only from these addresses (optional)"
      description="Addresses or blocks, such as 10.0.0.0/8, by commas or lines"
      value={typed.addresses}
      onChange={(event) => onChange({ ...typed, addresses: event.currentTarget.value })}
      autosize
      minRows={1}
    />
    <TextInput
      label="Only with this certificate (optional)"
      description="Its SHA-256 fingerprint, as openssl x509 -fingerprint -sha256 prints it; the program must show it to the server"
      value={typed.certificate}
      maxLength={200}
      onChange={(event) => onChange({ ...typed, certificate: event.currentTarget.value })}
    />
    <NumberInput
      label="Valid for how many days"
      description="From 1 to 365"
      required
      min={1}
      max={365}
      allowDecimal={false}
      hideControls
      value={typed.days}
      onChange={(days) => onChange({ ...typed, days })}
    />
  </div>
);

const TokenShown = ({
  of: { token, row },
  onClose,
}: {
  readonly of: TokenMade;
  readonly onClose: () => void;
}) => (
  <SecretShown
    title={`Token of ${row.principal}`}
    told={`“${row.name}” is valid until ${row.expiresAt.slice(0, 10)}. A program sends it as “Authorization: Bearer …”.`}
    secret={token}
    what="the token"
    onClose={onClose}
  />
);

export const MakeTokenDialog = ({
  account: given,
  onClose,
}: {
  readonly account: string | undefined;
  readonly onClose: () => void;
}) => {
  const refresh = useRefresh();
  const [typed, setTyped] = useState<Typed>({
    account: given ?? '',
    name: '',
    permissions: undefined,
    scope: { kind: 'everywhere' },
    addresses: '',
    days: usualDays,
    certificate: '',
  });
  const [made, setMade] = useState<TokenMade>();
  if (made) return <TokenShown of={made} onClose={onClose} />;
  const { permissions, scope, days } = typed;
  const [account, name] = [typed.account.trim(), typed.name.trim()];
  const make = async (): Promise<void> => {
    const addresses = typed.addresses.split(/[\s,]+/).filter(Boolean);
    const asked = { account, name, scope, addresses, days: Number(days) };
    const certificate = typed.certificate.trim();
    setMade(
      await makeToken({
        ...asked,
        ...(permissions ? { permissions } : {}),
        ...(certificate === '' ? {} : { certificate }),
      }),
    );
    await refresh();
  };
  return (
    <ActionDialog
      title={given === undefined ? 'Make a token' : `Make a token of ${given}`}
      verb="Make"
      size="lg"
      incomplete={
        account === '' || name === '' || permissions?.length === 0 || isEmptyPlace(scope) || days === ''
      }
      onClose={onClose}
      onRun={make}
    >
      <TokenFields asksAccount={given === undefined} typed={typed} onChange={setTyped} />
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
