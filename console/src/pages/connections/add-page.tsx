/**
 * Adds a connection in five steps: type, address, secrets, check, what is read. Nothing is stored before the last one; the type is in the
 * address of the page, what was typed is not, since secrets are among it.
 */
import { entityWords } from '../../kit/entities.ts';
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useRouter, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import {
  addConnection,
  type Check,
  checkNewConnection,
  type ConnectionType,
  connectionTypesQuery,
  type ConnectionTypes,
  type NewConnection,
  connectionsKey,
} from '../../api/connections.ts';
import detailStyles from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { tell } from '../../kit/notice.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { recordPath } from '../../kit/record-link.tsx';
import { Fault, useStepUp } from '../../kit/act/action-dialog.tsx';
import { CheckLines, checkSummary } from './check-panel.tsx';
import styles from './connections.module.css';
import { plainWords, settingValue, trustWords, words } from './words.ts';

const steps = ['Type', 'Address', 'Secrets', 'Check', 'What is read'] as const;

interface Typed {
  readonly name: string;
  readonly url: string;
  readonly texts: Readonly<Record<string, string>>;
}

const filled = (texts: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const text = texts[name]?.trim() ?? '';
      return text === '' ? [] : [[name, text]];
    }),
  );

function connectionOf(type: ConnectionType, { name, url, texts }: Typed): NewConnection {
  const named = (secret: boolean) =>
    type.settings.filter((each) => each.secret === secret).map((each) => each.name);
  return {
    type: type.type,
    name: name.trim(),
    url: url.trim(),
    settings: filled(texts, named(false)),
    secrets: filled(texts, named(true)),
  };
}

const TypeStep = ({
  types,
  onChoose,
}: {
  readonly types: readonly ConnectionType[];
  readonly onChoose: (type: string) => void;
}) => (
  <Section title="What is it?">
    <ul className={styles['types']}>
      {types.map(({ type, title, entities }) => (
        <li key={type}>
          <button type="button" className={styles['type']} onClick={() => onChoose(type)}>
            <span className="strong">{title}</span>
            <span className="quiet">
              {entities
                .filter(({ isRead }) => isRead)
                .map(({ entity }) => entityWords(entity))
                .join(', ')}
            </span>
          </button>
        </li>
      ))}
    </ul>
  </Section>
);

interface StepProps {
  readonly of: ConnectionType;
  readonly typed: Typed;
  readonly onType: (typed: Typed) => void;
  readonly onBack: () => void;
  readonly onNext: () => void;
}

const Buttons = ({
  onBack,
  next = 'Next',
  lacks = false,
  children,
}: {
  readonly onBack: () => void;
  readonly next?: string;
  readonly lacks?: boolean;
  readonly children?: ReactNode;
}) => (
  <div className={styles['buttons']}>
    <Button type="submit" disabled={lacks}>
      {next}
    </Button>
    <Button variant="default" onClick={onBack}>
      Back
    </Button>
    {children}
  </div>
);

const SettingInput = ({
  of,
  typed,
  onType,
}: Pick<StepProps, 'typed' | 'onType'> & { readonly of: ConnectionType['settings'][number] }) => (
  <TextInput
    label={of.name}
    description={`${plainWords(of.description)}${of.namesFile ? ` A path is set at the machine, once it is added: tieline connections set NAME --set ${of.name}=PATH` : ''}`}
    required={of.isRequired}
    disabled={of.namesFile === true}
    placeholder={of.default === undefined ? '' : settingValue(of.default)}
    value={typed.texts[of.name] ?? ''}
    onChange={(event) =>
      onType({ ...typed, texts: { ...typed.texts, [of.name]: event.currentTarget.value } })
    }
  />
);

const WayOut = ({ of: { proxy, hasOwnAuthorities } }: { readonly of: ConnectionTypes }) => (
  <p className="quiet">
    {proxy === null
      ? 'Calls go out directly, without a proxy (TIELINE_PROXY).'
      : `Calls go through the proxy ${proxy} (TIELINE_PROXY).`}{' '}
    {hasOwnAuthorities
      ? 'Certificates of your own authorities are trusted too (TIELINE_CA_FILE).'
      : 'For a certificate of your own authority, the operator sets TIELINE_CA_FILE.'}
  </p>
);

const AddressStep = ({
  of,
  typed,
  onType,
  onBack,
  onNext,
  way,
}: StepProps & { readonly way: ConnectionTypes }) => {
  const plain = of.settings.filter(({ secret }) => !secret);
  const needed = plain.filter(({ isRequired }) => isRequired);
  const lacks =
    typed.name.trim() === '' ||
    typed.url.trim() === '' ||
    needed.some(({ name }) => (typed.texts[name] ?? '').trim() === '');
  return (
    <Section title={`Where is this ${of.title}?`}>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          onNext();
        }}
      >
        <TextInput
          label="Name"
          description="What people call it here; it stays. For example: scanner-prod"
          required
          maxLength={50}
          data-autofocus
          value={typed.name}
          onChange={(event) => onType({ ...typed, name: event.currentTarget.value })}
        />
        <TextInput
          label="Address"
          description="With https, without user, password or query. For example: https://scanner.example.org"
          required
          value={typed.url}
          onChange={(event) => onType({ ...typed, url: event.currentTarget.value })}
        />
        <WayOut of={way} />
        {needed.map((setting) => (
          <SettingInput key={setting.name} of={setting} typed={typed} onType={onType} />
        ))}
        <details className={styles['more']}>
          <summary>More settings, each with a default</summary>
          <div>
            {plain
              .filter(({ isRequired }) => !isRequired)
              .map((setting) => (
                <SettingInput key={setting.name} of={setting} typed={typed} onType={onType} />
              ))}
          </div>
        </details>
        <Buttons onBack={onBack} lacks={lacks} />
      </form>
    </Section>
  );
};

const SecretsStep = ({ of, typed, onType, onBack, onNext }: StepProps) => {
  const secrets = of.settings.filter(({ secret }) => secret);
  const lacks = secrets.some(({ name, isRequired }) => isRequired && (typed.texts[name] ?? '') === '');
  return (
    <Section title="How does Tieline sign in there?">
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          onNext();
        }}
      >
        <p className="quiet">
          Secrets are stored encrypted. They can be entered again later, and are never shown.
        </p>
        {secrets.map(({ name, description, isRequired }) => (
          <PasswordInput
            key={name}
            label={name}
            description={plainWords(description)}
            required={isRequired}
            autoComplete="off"
            visibilityToggleButtonProps={{ tabIndex: 0, 'aria-label': `Show ${name}` }}
            value={typed.texts[name] ?? ''}
            onChange={(event) =>
              onType({ ...typed, texts: { ...typed.texts, [name]: event.currentTarget.value } })
            }
          />
        ))}
        <Buttons onBack={onBack} lacks={lacks} next="Check it" />
      </form>
    </Section>
  );
};

/** What the server says, for this very input: asked again whenever it was changed. */
const CheckStep = ({ of, typed, onBack, onNext }: StepProps) => {
  const [checks, setChecks] = useState<readonly Check[]>();
  const { run, busy, problem, askProof, lacksProof } = useStepUp(async () => {
    setChecks(undefined);
    setChecks((await checkNewConnection(connectionOf(of, typed))).checks);
  });
  const begin = useMutation({ mutationFn: run });
  const failed = checks?.some(({ status }) => status === 'failed') ?? false;
  return (
    <Section title="Does it answer?">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (checks && !failed) onNext();
          else begin.mutate();
        }}
      >
        <p className="quiet">
          Tieline signs in at {typed.url} and looks at what the account may do. Nothing is stored yet.
        </p>
        {askProof === null ? null : <div className={styles['form']}>{askProof}</div>}
        {problem ? <Fault of={problem} /> : null}
        <div role="status" className={styles['told']}>
          {busy ? 'Checking…' : checks ? checkSummary(checks) : ''}
        </div>
        {checks ? <CheckLines of={checks} /> : null}
        <Buttons
          onBack={onBack}
          next={checks ? (failed ? 'Check again' : 'Next') : 'Check now'}
          lacks={busy || lacksProof}
        >
          {failed ? (
            <Button variant="default" onClick={onNext}>
              Go on all the same
            </Button>
          ) : null}
        </Buttons>
      </form>
    </Section>
  );
};

const LastStep = ({ of, typed, onBack }: StepProps) => {
  const queryClient = useQueryClient();
  const router = useRouter();
  const { run, busy, problem, askProof, lacksProof } = useStepUp(async () => {
    const { name } = await addConnection(connectionOf(of, typed));
    await queryClient.invalidateQueries({ queryKey: connectionsKey });
    tell(`${name} is added, read only.`);
    await router.navigate({ to: recordPath('connection', name), search: {} });
  });
  return (
    <Section title="What is read">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <p>
          The first sync reads:{' '}
          {of.entities
            .filter(({ isRead }) => isRead)
            .map(({ entity }) => entityWords(entity))
            .join(', ')}
          .
        </p>
        <p style={{ marginTop: 8 }}>
          <span className="strong">It begins read only.</span> {trustWords.read_only.means} On its page it can
          be trusted more, one step at a time: {trustWords.plan_only.title.toLowerCase()},{' '}
          {trustWords.approved.title.toLowerCase()}, {trustWords.automatic.title.toLowerCase()}.
        </p>
        {askProof === null ? null : <div className={styles['form']}>{askProof}</div>}
        {problem ? <Fault of={problem} /> : null}
        <Buttons onBack={onBack} next={`Add ${typed.name.trim()}`} lacks={busy || lacksProof} />
      </form>
    </Section>
  );
};

const Wizard = ({ types }: { readonly types: ConnectionTypes }) => {
  const router = useRouter();
  const { type: chosen } = useSearch({ strict: false });
  const [at, setAt] = useState(1);
  const [typed, setTyped] = useState<Typed>({ name: '', url: '', texts: {} });
  const type = types.items.find((each) => each.type === chosen);
  const choose = (next: string | undefined): void =>
    void router.navigate({ to: '/connections/new', search: (before) => ({ ...before, type: next }) });
  const step = type ? at : 0;
  const props = type && {
    of: type,
    typed,
    onType: setTyped,
    onBack: () => (at === 1 ? choose(undefined) : setAt(at - 1)),
    onNext: () => setAt(at + 1),
  };
  return (
    <>
      <ol className={styles['steps']} aria-label="Steps">
        {steps.map((title, index) => (
          <li key={title} aria-current={index === step ? 'step' : undefined}>
            {index + 1}. {title}
            {index < step ? ' ✓' : ''}
          </li>
        ))}
      </ol>
      {props === undefined ? <TypeStep types={types.items} onChoose={choose} /> : null}
      {props && step === 1 ? <AddressStep {...props} way={types} /> : null}
      {props && step === 2 ? <SecretsStep {...props} /> : null}
      {props && step === 3 ? <CheckStep {...props} /> : null}
      {props && step === 4 ? <LastStep {...props} /> : null}
    </>
  );
};

export const AddConnectionPage = () => (
  <div className={detailStyles['page']}>
    <nav className={detailStyles['crumbs']} aria-label="Where this is">
      <Link to="/connections">{words.title}</Link>
      <span aria-hidden="true">/</span>
    </nav>
    <PageTitle title="Add a connection" />
    <Loaded query={useQuery(connectionTypesQuery)} whole>
      {(types) => <Wizard types={types} />}
    </Loaded>
  </div>
);
