/** A person's own second factors: set up, named, removed. Each change asks for proof where that was too long ago. */
import { Button, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  addKey,
  makeRecoveryCodes,
  type OwnFactor,
  type OwnSignIn,
  ownSignInQuery,
  removeFactor,
} from '../../api/access/factors.ts';
import { signInRulesQuery } from '../../api/access/accounts.ts';
import { bootstrapQuery } from '../../api/access/session.ts';
import { ActButton } from '../../kit/act/act-button.tsx';
import { ActionDialog } from '../../kit/act/action-dialog.tsx';
import detailStyles from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { At, When } from '../../kit/marks/when.tsx';
import { tell } from '../../kit/notice.tsx';
import { useSession } from '../../shell/use-session.ts';
import { AddAppDialog } from './add-app-dialog.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

type Asked =
  | { readonly do: 'app' | 'key' | 'codes' }
  | { readonly do: 'remove'; readonly factor: OwnFactor }
  | { readonly do: 'show'; readonly codes: readonly string[] };

/** What one stands with is asked for again; so is whether one may go on. */
export function useRefreshFactors(): () => Promise<void> {
  const queryClient = useQueryClient();
  return async () => {
    await queryClient.invalidateQueries({ queryKey: ownSignInQuery.queryKey });
    await queryClient.invalidateQueries({ queryKey: bootstrapQuery.queryKey });
    await queryClient.invalidateQueries({ queryKey: signInRulesQuery.queryKey }); // it names who has no second factor
  };
}

const AddKeyDialog = ({
  onAdded,
  onClose,
}: {
  readonly onAdded: (codes: readonly string[] | null) => void;
  readonly onClose: () => void;
}) => {
  const [name, setName] = useState('');
  return (
    <ActionDialog
      title="Add a security key"
      verb="Add the key"
      incomplete={name.trim() === ''}
      onClose={onClose}
      onRun={async () => onAdded((await addKey(name.trim())).recoveryCodes)}
    >
      <p>
        Plug it in or have it near. The browser asks for it, and for its PIN or your finger. A key that is
        built into this computer works on this computer only.
      </p>
      <TextInput
        mt="sm"
        label="What you call it"
        placeholder="Blue key on my key ring"
        value={name}
        maxLength={100}
        required
        data-autofocus
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </ActionDialog>
  );
};

const RemoveDialog = ({ factor, onClose }: { readonly factor: OwnFactor; readonly onClose: () => void }) => {
  const refresh = useRefreshFactors();
  return (
    <ActionDialog
      title={`Remove ${factor.name}`}
      verb="Remove"
      onClose={onClose}
      onRun={async () => {
        await removeFactor(factor.id);
        tell(`Removed: ${factor.name}`);
        onClose();
        await refresh();
      }}
    >
      <p>It no longer signs you in. With your last second factor, the recovery codes go as well.</p>
    </ActionDialog>
  );
};

const Dialogs = ({
  asked,
  setAsked,
}: {
  readonly asked: Asked | undefined;
  readonly setAsked: (to?: Asked) => void;
}) => {
  const refresh = useRefreshFactors();
  const close = (): void => setAsked(undefined);
  const onAdded = (codes: readonly string[] | null): void => {
    // Recovery codes are read first: where a factor had to be set up, the refreshed page leads on.
    if (codes) setAsked({ do: 'show', codes });
    else {
      close();
      tell('Your second factor is set up.');
      void refresh();
    }
  };
  switch (asked?.do) {
    case undefined:
      return null;
    case 'app':
      return <AddAppDialog onAdded={onAdded} onClose={close} />;
    case 'key':
      return <AddKeyDialog onAdded={onAdded} onClose={close} />;
    case 'codes':
      return (
        <ActionDialog
          title="New recovery codes"
          verb="Make new codes"
          onClose={close}
          onRun={async () => setAsked({ do: 'show', codes: (await makeRecoveryCodes()).recoveryCodes })}
        >
          <p>The codes that you have now are void from then on, used or not.</p>
        </ActionDialog>
      );
    case 'remove':
      return <RemoveDialog factor={asked.factor} onClose={close} />;
    case 'show':
      return (
        <RecoveryCodes
          codes={asked.codes}
          onClose={() => {
            close();
            void refresh();
          }}
        />
      );
  }
};

const Table = ({
  of,
  onRemove,
}: {
  readonly of: readonly OwnFactor[];
  readonly onRemove: (factor: OwnFactor) => void;
}) => (
  <table className={detailStyles['table']} style={{ maxWidth: 760 }}>
    <thead>
      <tr>
        {['Name', 'Kind', 'Added', 'Last used'].map((head) => (
          <th key={head} scope="col">
            {head}
          </th>
        ))}
        <th scope="col">
          <span className="hidden-text">What can be done</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {of.map((factor) => (
        <tr key={factor.id}>
          <td>{factor.name}</td>
          <td>
            {factor.kind === 'totp' ? 'Codes of an app' : 'Security key'}
            {factor.isSynced ? (
              <span className="quiet"> (its maker copies it to your other devices)</span>
            ) : null}
          </td>
          <td>
            <At at={factor.createdAt} />
          </td>
          <td>
            {factor.lastUsedAt === null ? (
              <span className="quiet">never</span>
            ) : (
              <When at={factor.lastUsedAt} />
            )}
          </td>
          <td style={{ textAlign: 'right' }}>
            <Button
              variant="default"
              size="compact-xs"
              aria-label={`Remove ${factor.name}`}
              onClick={() => onRemove(factor)}
            >
              Remove…
            </Button>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

const noKeys =
  'Security keys are bound to the name of the server, and this address has none: an administrator sets console_url.';

const Buttons = ({ of, ask }: { readonly of: OwnSignIn; readonly ask: (to: Asked) => void }) => {
  const hasApp = of.factors.some(({ kind }) => kind === 'totp');
  return (
    <div style={{ display: 'flex', gap: 8, marginTop: 12, flexWrap: 'wrap' }}>
      <Button variant={of.factors.length === 0 ? 'filled' : 'default'} onClick={() => ask({ do: 'app' })}>
        {hasApp ? 'Set up another app…' : 'Set up an authenticator app…'}
      </Button>
      <ActButton
        variant="default"
        why={of.keysAvailable ? undefined : noKeys}
        onPress={() => ask({ do: 'key' })}
      >
        Add a security key…
      </ActButton>
    </div>
  );
};

const Recovery = ({ of, ask }: { readonly of: OwnSignIn; readonly ask: (to: Asked) => void }) => {
  const { recoveryCodes } = of;
  const isFew = typeof useSession().session?.fewCodesLeft === 'number';
  return (
    <Section title="Recovery codes">
      {recoveryCodes === null ? (
        <p className="quiet">
          They come with your first second factor: ten codes for the day on which you lose it.
        </p>
      ) : (
        <p className={isFew ? 'attention' : undefined}>
          {recoveryCodes.left} of 10 are left. Made <At at={recoveryCodes.madeAt} />.
          {isFew ? ' Make new ones before you need them.' : ''}
        </p>
      )}
      <ActButton
        mt="sm"
        variant="default"
        why={of.factors.length === 0 ? 'Set up a second factor first.' : undefined}
        onPress={() => ask({ do: 'codes' })}
      >
        Make new codes…
      </ActButton>
    </Section>
  );
};

const Own = ({ of }: { readonly of: OwnSignIn }) => {
  const [asked, setAsked] = useState<Asked>();
  if (of.way !== 'local')
    return (
      <p>
        You did not sign in with a Tieline password, so you cannot set up a second factor here. Your card,
        your identity provider or the demo vouches for you.
      </p>
    );
  return (
    <>
      <Section title="Second factors">
        <p className="quiet">
          {of.isRequired
            ? 'Your account must have one: whoever learns your password cannot sign in without it.'
            : 'Whoever learns your password cannot sign in without it.'}
        </p>
        {of.factors.length === 0 ? <p>None is set up.</p> : null}
        {of.factors.length === 0 ? null : (
          <Table of={of.factors} onRemove={(factor) => setAsked({ do: 'remove', factor })} />
        )}
        <Buttons of={of} ask={setAsked} />
      </Section>
      <Recovery of={of} ask={setAsked} />
      <Dialogs asked={asked} setAsked={setAsked} />
    </>
  );
};

export const OwnFactors = () => <Loaded query={useQuery(ownSignInQuery)}>{(own) => <Own of={own} />}</Loaded>;
