/** Address, settings and secrets. Settings are edited one by one; secrets are written, and nobody reads them. */
import { Button, Checkbox, PasswordInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Versioned } from '../../api/http/client.ts';
import {
  type ConnectionDetail,
  editConnection,
  setSecrets,
  type Setting,
  connectionsKey,
} from '../../api/connections.ts';
import detailStyles from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Nothing } from '../../kit/marks/severity.tsx';
import { tell } from '../../kit/notice.tsx';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import { CopyButton } from '../../kit/copy-button.tsx';
import { useMay } from '../../shell/use-session.ts';
import styles from './connections.module.css';
import { hangingWords, plainWords, secretStates, settingValue } from './words.ts';

interface Part {
  readonly of: Versioned<ConnectionDetail>;
  readonly onClose: () => void;
}

function useSaved(name: string, onClose: () => void): (said: string) => Promise<void> {
  const queryClient = useQueryClient();
  return async (said) => {
    await queryClient.invalidateQueries({ queryKey: connectionsKey });
    tell(`${name}: ${said} It holds from the next run on.`);
    onClose();
  };
}

const TryFirst = ({
  check,
  onChange,
}: {
  readonly check: boolean;
  readonly onChange: (to: boolean) => void;
}) => (
  <Checkbox
    mt="sm"
    label="Try it at the server first; save it only if it works"
    checked={check}
    onChange={(event) => onChange(event.currentTarget.checked)}
  />
);

const SecretField = ({
  of: { name, description },
  text,
  onChange,
}: {
  readonly of: Setting;
  readonly text: string;
  readonly onChange: (text: string) => void;
}) => (
  <PasswordInput
    mt="sm"
    label={name}
    description={plainWords(description)}
    autoComplete="off"
    visibilityToggleButtonProps={{ tabIndex: 0, 'aria-label': `Show ${name}` }}
    value={text}
    onChange={(event) => onChange(event.currentTarget.value)}
  />
);

const hostOf = (url: string): string | undefined => URL.parse(url)?.host;

const UrlDialog = ({ of: { value, etag }, onClose }: Part) => {
  const [url, setUrl] = useState(value.url);
  const [check, setCheck] = useState(true);
  const [isSameServer, setSameServer] = useState(false);
  const saved = useSaved(value.name, onClose);
  const isLinked = Object.keys(value.hangs.links).length > 0;
  const [secrets, setSecretTexts] = useState<Readonly<Record<string, string>>>({});
  // Stored secrets go to the server that they were entered for, and to no other.
  const isElsewhere = hostOf(url.trim()) !== hostOf(value.url);
  const secretsToEnter = isElsewhere ? value.settings.filter(({ state }) => state === 'set') : [];
  return (
    <ActionDialog
      title="Change the address"
      verb="Save"
      reason="optional"
      incomplete={url.trim() === value.url || secretsToEnter.some(({ name }) => (secrets[name] ?? '') === '')}
      onClose={onClose}
      onRun={async (reason) => {
        const edit = { url: url.trim(), check, isSameServer, reason };
        await editConnection(value.name, isElsewhere ? { ...edit, secrets } : edit, etag);
        await saved('the address is changed.');
      }}
    >
      <TextInput
        label="Address"
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
        required
        data-autofocus
      />
      {secretsToEnter.length === 0 ? null : (
        <p className="attention" style={{ marginTop: 8 }}>
          This is another host: the stored secrets are not sent to it. Enter the ones that it knows.
        </p>
      )}
      {secretsToEnter.map((setting) => (
        <SecretField
          key={setting.name}
          of={setting}
          text={secrets[setting.name] ?? ''}
          onChange={(text) => setSecretTexts((before) => ({ ...before, [setting.name]: text }))}
        />
      ))}
      {isLinked ? (
        <Checkbox
          mt="sm"
          label="It is the same server: the ids of its records are kept"
          description="For another server, add a connection of its own: its records would be taken for those of this one."
          checked={isSameServer}
          onChange={(event) => setSameServer(event.currentTarget.checked)}
        />
      ) : null}
      <TryFirst check={check} onChange={setCheck} />
    </ActionDialog>
  );
};

const SettingDialog = ({ of: { value, etag }, setting, onClose }: Part & { readonly setting: Setting }) => {
  const before = setting.value === undefined ? '' : settingValue(setting.value);
  const [opened] = useState(before);
  const [text, setText] = useState(before);
  const [check, setCheck] = useState(true);
  const saved = useSaved(value.name, onClose);
  const isUnset = text.trim() === '';
  return (
    <ActionDialog
      title={`Change ${setting.name}`}
      verb={isUnset ? 'Back to the default' : 'Save'}
      reason="optional"
      incomplete={text.trim() === before}
      onClose={onClose}
      onRun={async (reason) => {
        const change = isUnset ? { unset: [setting.name] } : { settings: { [setting.name]: text.trim() } };
        await editConnection(value.name, { ...change, check, reason }, etag);
        await saved(`${setting.name} is changed.`);
      }}
    >
      <TextInput
        label={setting.name}
        description={plainWords(setting.description)}
        placeholder={setting.default === undefined ? '' : settingValue(setting.default)}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
      {opened === before ? null : (
        <p className="attention">
          Meanwhile somebody set it to {before === '' ? 'its default' : `“${before}”`}. Save to replace that.
        </p>
      )}
      <p className="quiet">
        Empty: the default{setting.default === undefined ? '' : `, ${settingValue(setting.default)}`}. Several
        values with commas.
      </p>
      <TryFirst check={check} onChange={setCheck} />
    </ActionDialog>
  );
};

/** Only what is typed is changed. */
export const SecretsDialog = ({ of: { value, etag }, onClose }: Part) => {
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const [check, setCheck] = useState(true);
  const saved = useSaved(value.name, onClose);
  const given = Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));
  const secrets = value.settings.filter(({ secret }) => secret);
  const others = secrets.filter(({ state }) => state === 'not needed');
  const input = (setting: Setting) => (
    <SecretField
      key={setting.name}
      of={setting}
      text={texts[setting.name] ?? ''}
      onChange={(text) => setTexts((before) => ({ ...before, [setting.name]: text }))}
    />
  );
  return (
    <ActionDialog
      title="Enter secrets again"
      verb="Save"
      reason="optional"
      incomplete={Object.keys(given).length === 0}
      onClose={onClose}
      onRun={async (reason) => {
        await setSecrets(value.name, { secrets: given, check, reason }, etag);
        setTexts({});
        await saved('the secrets are changed.');
      }}
    >
      <p className="quiet">
        They are stored encrypted and are never shown again. What stays empty stays as it is.
      </p>
      {secrets.filter(({ state }) => state !== 'not needed').map(input)}
      {others.length === 0 ? null : (
        <details className={styles['more']}>
          <summary>Others, which its way of signing in does not need</summary>
          <div>{others.map(input)}</div>
        </details>
      )}
      <TryFirst check={check} onChange={setCheck} />
    </ActionDialog>
  );
};

const Value = ({ of: { value, default: usual } }: { readonly of: Setting }) => {
  if (value !== undefined) return <span>{settingValue(value)}</span>;
  return usual === undefined ? <Nothing /> : <span className="quiet">{settingValue(usual)} (default)</span>;
};

const SettingsTable = ({
  rows,
  button,
}: {
  readonly rows: readonly {
    readonly name: string;
    readonly value: ReactNode;
    readonly description: string;
  }[];
  readonly button?: (name: string) => ReactNode;
}) => (
  <table className={detailStyles['table']} style={{ maxWidth: 1100 }}>
    <thead>
      <tr>
        <th scope="col">Setting</th>
        <th scope="col">Value</th>
        <th scope="col">What it is</th>
        {button ? (
          <th scope="col">
            <span className="hidden-text">Change</span>
          </th>
        ) : null}
      </tr>
    </thead>
    <tbody>
      {rows.map(({ name, value, description }) => (
        <tr key={name}>
          <td className="mono" style={{ whiteSpace: 'nowrap' }}>
            {name}
          </td>
          <td style={{ minWidth: 180 }}>{value}</td>
          <td className="quiet">{plainWords(description)}</td>
          {button ? <td style={{ textAlign: 'right' }}>{button(name)}</td> : null}
        </tr>
      ))}
    </tbody>
  </table>
);

/** What names a file of the server is not set from a browser. */
const AtTheMachine = ({ connection, setting }: { readonly connection: string; readonly setting: string }) => (
  <CopyButton
    text={`tieline connections set ${connection} --set ${setting}=PATH`}
    what={`the command that sets ${setting}: it names a file, so it is set at the machine`}
  />
);

const Faulty = ({ of: { faults } }: { readonly of: ConnectionDetail }) =>
  faults.length === 0 ? null : (
    <Section title="Wrong or missing">
      {faults.map(({ field, message }) => (
        <p key={field} className="bad">
          <span className="mono">{field}</span> {message}
        </p>
      ))}
    </Section>
  );

export const SettingsPart = ({ of }: { readonly of: Versioned<ConnectionDetail> }) => {
  const may = useMay('connection:admin');
  const [open, setOpen] = useState<string>();
  const { settings, ignored, url } = of.value;
  const plain = settings.filter(({ secret }) => !secret);
  const secrets = settings.filter(({ secret }) => secret);
  const close = () => setOpen(undefined);
  const chosen = plain.find(({ name }) => name === open);
  const edit = (name: string) =>
    plain.find((each) => each.name === name)?.namesFile ? (
      <AtTheMachine connection={of.value.name} setting={name} />
    ) : (
      <Button variant="default" size="compact-xs" aria-label={`Change ${name}`} onClick={() => setOpen(name)}>
        Change
      </Button>
    );
  const rows = [
    { name: 'url', value: <span>{url}</span>, description: 'The address of the server.' },
    ...plain.map((each) => ({ name: each.name, value: <Value of={each} />, description: each.description })),
  ];
  return (
    <div className={detailStyles['tabBody']}>
      <Faulty of={of.value} />
      <Section title="Secrets">
        <SettingsTable
          rows={secrets.map(({ name, state = 'not needed', description }) => ({
            name,
            value: <span className={secretStates[state].tone}>{secretStates[state].text}</span>,
            description,
          }))}
        />
        {may ? (
          <Button mt="sm" variant="default" onClick={() => setOpen('secrets')}>
            Enter secrets again…
          </Button>
        ) : null}
      </Section>
      <Section title="Settings">
        <SettingsTable rows={rows} {...(may ? { button: edit } : {})} />
        {ignored.length === 0 ? null : (
          <p className="attention">Stored, but no setting of this type: {ignored.join(', ')}</p>
        )}
      </Section>
      {open === 'url' ? <UrlDialog of={of} onClose={close} /> : null}
      {open === 'secrets' ? <SecretsDialog of={of} onClose={close} /> : null}
      {chosen ? <SettingDialog key={chosen.name} of={of} setting={chosen} onClose={close} /> : null}
    </div>
  );
};

export const Hangs = ({ of }: { readonly of: ConnectionDetail }) => {
  const lines = hangingWords(of);
  return lines.length === 0 ? (
    <p className="quiet">Nothing hangs on it yet.</p>
  ) : (
    <ul style={{ margin: '4px 0', paddingLeft: 20 }}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
};
