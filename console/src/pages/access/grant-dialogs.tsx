/** Giving a grant, to an account or a group, and taking one back with what access that takes. */
import { NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Permission, Role, Scope } from '../../../../src/canonical/access/index.ts';
import {
  giveGrant,
  giveGroupGrant,
  type GrantChoices,
  grantChoicesQuery,
  type GrantRow,
  type GroupGrant,
  revocationQuery,
  revokeGrant,
  revokeGroupGrant,
} from '../../api/access/accounts.ts';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { tell } from '../../kit/notice.tsx';
import { plural } from '../../kit/plural.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import styles from './access.module.css';
import { Effect, isEmptyPlace, PlacePicker } from './dialog-parts.tsx';
import { useRefresh } from './user-dialogs.tsx';
import { givenWords, namedInWords, placeWords } from './words.ts';

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

interface Typed {
  readonly account: string;
  readonly chosen: string;
  readonly scope: Scope;
  /** By which field of systems; empty: those that are chosen. */
  readonly namedIn: '' | keyof typeof namedInWords;
  readonly until: string;
}

const namedInChoices = [
  { value: '', label: 'No: where it says above' },
  ...Object.entries(namedInWords).map(([value, label]) => ({
    value,
    label: `Systems whose ${label} is this person`,
  })),
];
const isNamedIn = (value: string): value is keyof typeof namedInWords => value in namedInWords;

const isOfAll = (choices: GrantChoices | undefined, chosen: string): boolean =>
  choices?.permissions.find(({ permission }) => permission === chosen)?.where === 'installation';

const choicesOf = ({ roles, permissions }: GrantChoices) => [
  { value: '', label: 'Choose…' },
  { group: 'Roles', items: roles.map(({ role, title }) => ({ value: role, label: title })) },
  {
    group: 'Single permissions',
    items: permissions.map(({ permission, title }) => ({
      value: permission,
      label: `${permission}: ${title}`,
    })),
  },
];

const FieldPicker = ({
  typed,
  onChange,
}: {
  readonly typed: Typed;
  readonly onChange: (typed: Typed) => void;
}) => (
  <NativeSelect
    label="By a field of systems"
    description="Follows the field as it changes. A name that several people have gives nothing."
    value={typed.namedIn}
    onChange={(event) => {
      const { value } = event.currentTarget;
      onChange({ ...typed, namedIn: isNamedIn(value) ? value : '' });
    }}
    data={namedInChoices}
  />
);

const GrantFields = ({
  choices,
  asks,
  takesField,
  typed,
  onChange,
}: {
  readonly choices: GrantChoices;
  /** Whose name is asked for. */
  readonly asks: 'Account' | 'Group' | undefined;
  /** Whether it can be given by a field of systems. */
  readonly takesField: boolean;
  readonly typed: Typed;
  readonly onChange: (typed: Typed) => void;
}) => {
  const whole = isOfAll(choices, typed.chosen);
  return (
    <div className={styles['fields']}>
      {asks ? (
        <TextInput
          label={asks}
          description={asks === 'Group' ? 'As the identity provider calls it, letter by letter' : undefined}
          required
          data-autofocus
          value={typed.account}
          onChange={(event) => onChange({ ...typed, account: event.currentTarget.value })}
        />
      ) : null}
      <NativeSelect
        label="Role or permission"
        required
        value={typed.chosen}
        onChange={(event) => onChange({ ...typed, chosen: event.currentTarget.value })}
        data={choicesOf(choices)}
      />
      <WhatItGives chosen={typed.chosen} choices={choices} />
      <PlacePicker
        value={whole ? { kind: 'everywhere' } : typed.scope}
        onChange={(scope) => onChange({ ...typed, scope })}
        onlyEverywhere={
          whole ? 'This permission is held for the whole installation or not at all.' : undefined
        }
      />
      {takesField && !whole ? <FieldPicker typed={typed} onChange={onChange} /> : null}
      <TextInput
        label="Until (optional)"
        description="Up to the end of this day, in UTC"
        type="date"
        value={typed.until}
        onChange={(event) => onChange({ ...typed, until: event.currentTarget.value })}
      />
    </div>
  );
};

type Given = Omit<Parameters<typeof giveGrant>[0], 'account'>;

/** What a grant gives, where and until when, to a name that is given or asked for. */
const GrantForm = ({
  title,
  asks,
  name,
  onGive,
  onClose,
}: {
  readonly title: string;
  readonly asks: 'Account' | 'Group';
  /** Undefined: asked for. */
  readonly name?: string | undefined;
  readonly onGive: (name: string, grant: Given) => Promise<void>;
  readonly onClose: () => void;
}) => {
  const choices = useQuery(grantChoicesQuery);
  const [typed, setTyped] = useState<Typed>({
    account: name ?? '',
    chosen: '',
    scope: { kind: 'everywhere' },
    namedIn: '',
    until: '',
  });
  const { account, chosen, scope, namedIn, until } = typed;
  const isOfField = namedIn !== '' && asks === 'Account' && !isOfAll(choices.data, chosen);
  return (
    <ActionDialog
      title={title}
      verb="Give"
      reason="optional"
      size="lg"
      incomplete={chosen === '' || account.trim() === '' || (!isOfField && isEmptyPlace(scope))}
      onClose={onClose}
      onRun={(reason) =>
        onGive(account.trim(), {
          gives: givesOf(chosen),
          scope: isOfField
            ? { kind: 'boundaries', systemIds: [], unassigned: false }
            : isOfAll(choices.data, chosen)
              ? { kind: 'everywhere' }
              : scope,
          ...(isOfField ? { namedIn } : {}),
          reason,
          ...(until === '' ? {} : { until }),
        })
      }
    >
      <Loaded query={choices}>
        {(all) => (
          <GrantFields
            choices={all}
            asks={name === undefined ? asks : undefined}
            takesField={asks === 'Account'}
            typed={typed}
            onChange={setTyped}
          />
        )}
      </Loaded>
    </ActionDialog>
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
  return (
    <GrantForm
      title={given === undefined ? 'Give a grant' : `Give ${given} a grant`}
      asks="Account"
      name={given}
      onClose={onClose}
      onGive={async (account, wish) => {
        const { grant, effect } = await giveGrant({ account, ...wish });
        await refresh();
        const isNew = effect.gained.length + effect.widened.length > 0;
        tell(
          `${givenWords(grant)} (${placeWords(grant)}) is given to ${grant.principal}${isNew ? '' : '; other grants gave the same already'}.`,
        );
        onClose();
      }}
    />
  );
};

export const GiveGroupGrantDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const refresh = useRefresh();
  return (
    <GrantForm
      title="Give a group a grant"
      asks="Group"
      onClose={onClose}
      onGive={async (group, wish) => {
        const { grant, accounts } = await giveGroupGrant({ group, ...wish });
        await refresh();
        tell(
          `${givenWords(grant)} (${placeWords(grant)}) is given to the group ${grant.group}: ${membersText(accounts)} have it now.`,
        );
        onClose();
      }}
    />
  );
};

const membersText = (n: number): string => plural(n, 'account');

export const RevokeGroupGrantDialog = ({
  of,
  onClose,
}: {
  readonly of: GroupGrant;
  readonly onClose: () => void;
}) => {
  const refresh = useRefresh();
  return (
    <ActionDialog
      title={`Take ${givenWords(of)} from the group ${of.group}`}
      verb="Take it back"
      reason="optional"
      onClose={onClose}
      onRun={async (reason) => {
        const { accounts } = await revokeGroupGrant(of.id, reason);
        await refresh();
        tell(`${givenWords(of)} is taken from the group ${of.group}: ${membersText(accounts)} lost it.`);
        onClose();
      }}
    >
      <p>
        {givenWords(of)}, {placeWords(of)}: {membersText(of.members)} have it by this group now, and lose it
        at once, unless other grants give the same.
      </p>
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
