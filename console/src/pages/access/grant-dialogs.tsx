/** Giving a grant, and taking one back with what access that takes. */
import { NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Permission, Role, Scope } from '../../../../src/canonical/access/index.ts';
import {
  giveGrant,
  type GrantChoices,
  grantChoicesQuery,
  type GrantRow,
  revocationQuery,
  revokeGrant,
} from '../../api/accounts.ts';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { tell } from '../../kit/notice.tsx';
import { ActionDialog } from '../../shell/action-dialog.tsx';
import styles from './access.module.css';
import { Effect, isEmptyPlace, PlacePicker } from './dialog-parts.tsx';
import { useRefresh } from './user-dialogs.tsx';
import { givenWords, placeWords } from './words.ts';

const givesOf = (chosen: string): { readonly role: Role } | { readonly permission: Permission } =>
  chosen.includes(':') ? { permission: chosen as Permission } : { role: chosen as Role }; // both come from the list of choices

const WhatItGives = ({ chosen, choices }: { readonly chosen: string; readonly choices: GrantChoices }) => {
  const role = choices.roles.find((each) => each.role === chosen);
  const permission = choices.permissions.find((each) => each.permission === chosen);
  return (
    <p className="quiet">
      {role
        ? `May ${role.may.join(', ')}.`
        : permission
          ? `May ${permission.title}.`
          : 'Choose what it gives.'}
    </p>
  );
};

/** @param account undefined: asked for. */
export const GiveGrantDialog = ({
  account: given,
  onClose,
}: {
  readonly account: string | undefined;
  readonly onClose: () => void;
}) => {
  const refresh = useRefresh();
  const choices = useQuery(grantChoicesQuery);
  const [account, setAccount] = useState(given ?? '');
  const [chosen, setChosen] = useState('');
  const [scope, setScope] = useState<Scope>({ kind: 'everywhere' });
  const [until, setUntil] = useState('');
  const isOfAll =
    choices.data?.permissions.find(({ permission }) => permission === chosen)?.where === 'installation';
  return (
    <ActionDialog
      title={given === undefined ? 'Give a grant' : `Give ${given} a grant`}
      verb="Give"
      reason="optional"
      size="lg"
      incomplete={chosen === '' || account.trim() === '' || isEmptyPlace(scope)}
      onClose={onClose}
      onRun={async (reason) => {
        const place: Scope = isOfAll ? { kind: 'everywhere' } : scope;
        const { grant, effect } = await giveGrant({
          account: account.trim(),
          gives: givesOf(chosen),
          scope: place,
          reason,
          ...(until === '' ? {} : { until }),
        });
        await refresh();
        const changed = effect.gained.length + effect.widened.length;
        tell(
          `${givenWords(grant)} (${placeWords(grant)}) is given to ${grant.principal}${changed === 0 ? '; other grants gave the same already' : ''}.`,
        );
        onClose();
      }}
    >
      <Loaded query={choices}>
        {(all) => (
          <div className={styles['fields']}>
            {given === undefined ? (
              <TextInput
                label="Account"
                required
                data-autofocus
                value={account}
                onChange={(event) => setAccount(event.currentTarget.value)}
              />
            ) : null}
            <NativeSelect
              label="Role or permission"
              required
              value={chosen}
              onChange={(event) => setChosen(event.currentTarget.value)}
              data={[
                { value: '', label: 'Choose…' },
                {
                  group: 'Roles',
                  items: all.roles.map(({ role, title }) => ({ value: role, label: title })),
                },
                {
                  group: 'Single permissions',
                  items: all.permissions.map(({ permission, title }) => ({
                    value: permission,
                    label: `${permission}: ${title}`,
                  })),
                },
              ]}
            />
            <WhatItGives chosen={chosen} choices={all} />
            <PlacePicker
              value={isOfAll ? { kind: 'everywhere' } : scope}
              onChange={setScope}
              onlyEverywhere={
                isOfAll ? 'This permission is held for the whole installation or not at all.' : undefined
              }
            />
            <TextInput
              label="Until (optional)"
              description="Up to the end of this day, in UTC"
              type="date"
              value={until}
              onChange={(event) => setUntil(event.currentTarget.value)}
            />
          </div>
        )}
      </Loaded>
    </ActionDialog>
  );
};

export const RevokeGrantDialog = ({
  of,
  onClose,
}: {
  readonly of: GrantRow;
  readonly onClose: () => void;
}) => {
  const refresh = useRefresh();
  const effect = useQuery(revocationQuery(of.id));
  return (
    <ActionDialog
      title={`Take ${givenWords(of)} back from ${of.principal}`}
      verb="Take it back"
      reason="optional"
      size="lg"
      incomplete={effect.data === undefined}
      onClose={onClose}
      onRun={async (reason) => {
        await revokeGrant(of.id, reason);
        await refresh();
        tell(`${givenWords(of)} (${placeWords(of)}) is taken back from ${of.principal}.`);
        onClose();
      }}
    >
      <p>
        {givenWords(of)}, {placeWords(of)}. What that changes, with all other grants of {of.principal}:
      </p>
      <Loaded query={effect}>{(change) => <Effect of={change.effect} />}</Loaded>
    </ActionDialog>
  );
};
