/** Adding a channel, or changing one: its kind and name are fixed once it is there, its secret is set, never shown. */
import { NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { addChannel, type AlertChannel, changeChannel } from '../../api/work/alerts.ts';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { severitiesWorstFirst } from '../../kit/marks/severity.tsx';
import { tell } from '../../kit/notice.tsx';
import { channelWords, secretWords, settingsOf, settingWords, textOf } from './words.ts';

const kinds = ['email', 'webhook', 'syslog'] as const;
type Typed = Readonly<Record<string, string>>;

/** The settings as they are sent: one that was there and was emptied is sent as null, since one left out stays as it is. */
const settingsToSave = (
  kind: AlertChannel['kind'],
  typed: Typed,
  saved: AlertChannel['settings'],
): Record<string, string | null> =>
  Object.fromEntries(
    settingsOf[kind].flatMap((key): [string, string | null][] => {
      const value = (typed[key] ?? '').trim();
      if (value !== '') return [[key, value]];
      return saved[key] === undefined ? [] : [[key, null]];
    }),
  );

const NewChannelFields = ({
  kind,
  name,
  onKind,
  onName,
}: {
  readonly kind: AlertChannel['kind'];
  readonly name: string;
  readonly onKind: (kind: AlertChannel['kind']) => void;
  readonly onName: (name: string) => void;
}) => (
  <>
    <NativeSelect
      label="Kind"
      data={kinds.map((value) => ({ value, label: channelWords[value] }))}
      value={kind}
      onChange={(event) => onKind(event.currentTarget.value as AlertChannel['kind'])} // one of the options
    />
    <TextInput
      mt="sm"
      label="Name"
      value={name}
      onChange={(event) => onName(event.currentTarget.value)}
      required
    />
  </>
);

const SettingFields = ({
  kind,
  typed,
  onType,
}: {
  readonly kind: AlertChannel['kind'];
  readonly typed: Typed;
  readonly onType: (key: string, value: string) => void;
}) =>
  settingsOf[kind].map((key) => (
    <TextInput
      key={key}
      mt="sm"
      label={settingWords[key] ?? key}
      value={typed[key] ?? ''}
      onChange={(event) => onType(key, event.currentTarget.value)}
    />
  ));

const SecretField = ({
  label,
  isKept,
  value,
  onType,
}: {
  readonly label: string;
  /** Whether the channel has a secret already, which stays when nothing is typed. */
  readonly isKept: boolean;
  readonly value: string;
  readonly onType: (secret: string) => void;
}) => (
  <PasswordInput
    mt="sm"
    label={label}
    description={isKept ? 'Empty: it stays as it is' : undefined}
    autoComplete="off"
    value={value}
    onChange={(event) => onType(event.currentTarget.value)}
    visibilityToggleButtonProps={{ tabIndex: 0, 'aria-label': 'Show what is typed' }}
  />
);

export const ChannelDialog = ({
  of,
  onClose,
}: {
  readonly of: AlertChannel | undefined;
  readonly onClose: () => void;
}) => {
  const queryClient = useQueryClient();
  const [kind, setKind] = useState<AlertChannel['kind']>(of?.kind ?? 'email');
  const [name, setName] = useState(of?.name ?? '');
  const [severity, setSeverity] = useState<AlertChannel['leastSeverity']>(of?.leastSeverity ?? 'High');
  const [secret, setSecret] = useState('');
  const [typed, setTyped] = useState<Typed>(
    Object.fromEntries(Object.entries(of?.settings ?? {}).map(([key, value]) => [key, textOf(value)])),
  );
  const secretLabel = secretWords[kind];
  return (
    <ActionDialog
      title={of === undefined ? 'New channel' : `Change ${of.name}`}
      verb="Save"
      incomplete={name.trim() === ''}
      onClose={onClose}
      onRun={async () => {
        const wish = {
          settings: settingsToSave(kind, typed, of?.settings ?? {}),
          leastSeverity: severity,
          ...(secret === '' ? {} : { secret }),
        };
        await (of === undefined
          ? addChannel({ ...wish, name: name.trim(), kind })
          : changeChannel(of.name, wish));
        await queryClient.invalidateQueries({ queryKey: ['alert-channels'] });
        tell('The channel is saved. Send it a test.');
        onClose();
      }}
    >
      {of === undefined ? (
        <NewChannelFields kind={kind} name={name} onKind={setKind} onName={setName} />
      ) : null}
      <SettingFields
        kind={kind}
        typed={typed}
        onType={(key, value) => setTyped((before) => ({ ...before, [key]: value }))}
      />
      {secretLabel === null ? null : (
        <SecretField label={secretLabel} isKept={of?.hasSecret === true} value={secret} onType={setSecret} />
      )}
      <NativeSelect
        mt="sm"
        label="From this severity on"
        data={[...severitiesWorstFirst]}
        value={severity}
        onChange={(event) => setSeverity(event.currentTarget.value as AlertChannel['leastSeverity'])} // one of the options
      />
    </ActionDialog>
  );
};
