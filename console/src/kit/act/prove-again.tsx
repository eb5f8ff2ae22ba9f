/** Proving again who one is, within a session: by password, by password and code, or by a security key. */
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { codeOf, stepUpByKey } from '../../api/access/factors.ts';
import { problemOf } from '../../api/http/problem.ts';
import { bootstrapQuery, stepUp } from '../../api/access/session.ts';
import { useSession } from '../../shell/use-session.ts';

/** What was typed for it, or that a security key has signed. */
interface Proof {
  readonly password: string;
  readonly code: string;
  readonly isProved: boolean;
}
export const noProof: Proof = { password: '', code: '', isProved: false };

/** Whether enough is there to try. Asks for nothing itself: a password that must be changed comes before what one may read. */
export function useIsComplete(): (proof: Proof) => boolean {
  const session = useQuery({ ...bootstrapQuery, enabled: false }).data?.session;
  const hasFactor = session?.factors.app === true || session?.factors.key === true;
  if (session?.canStepUp === false) return () => true;
  return ({ password, code, isProved }) => isProved || (password !== '' && (!hasFactor || code !== ''));
}

export const sendProof = async ({ password, code, isProved }: Proof): Promise<void> => {
  // Who proves it elsewhere gives nothing here.
  if (!isProved && password !== '') await stepUp(password, code === '' ? undefined : codeOf(code));
};

const KeyButton = ({ onProved }: { readonly onProved: () => void }) => {
  const [fault, setFault] = useState<string>();
  const press = (): void => {
    setFault(undefined);
    stepUpByKey().then(onProved, (error: unknown) => setFault(problemOf(error).message));
  };
  return (
    <>
      <Button mt="sm" variant="default" onClick={press}>
        Use your security key
      </Button>
      {fault === undefined ? null : (
        <p className="bad" role="alert">
          {fault}
        </p>
      )}
    </>
  );
};

/** Who has no password here proves it where they signed in, in another tab: what was typed here stays. */
const ProofElsewhere = ({ address }: { readonly address: string | null }) =>
  address === null ? (
    <p className="attention" role="alert">
      You signed in too long ago for this. Sign out and in again, then repeat it.
    </p>
  ) : (
    <p className="attention" role="alert">
      You signed in too long ago for this; nothing was done yet.{' '}
      <a href={`${address}&next=/`} target="_blank" rel="noopener">
        Prove again who you are in a new tab
      </a>
      , then come back here and press the button once more.
    </p>
  );

export const ProveAgain = ({
  value,
  onChange,
}: {
  readonly value: Proof;
  readonly onChange: (value: Proof) => void;
}) => {
  const { session } = useSession();
  if (session?.canStepUp === false) return <ProofElsewhere address={session.stepUpAddress} />;
  if (value.isProved)
    return (
      <p style={{ marginTop: 8 }} role="status">
        Your security key has proved who you are.
      </p>
    );
  const { app = false, key = false } = session?.factors ?? {};
  return (
    <>
      <p style={{ marginTop: 8 }} role="alert">
        You proved who you are too long ago for this. Do it again; nothing was done yet.
      </p>
      {key ? <KeyButton onProved={() => onChange({ ...value, isProved: true })} /> : null}
      <PasswordInput
        mt="sm"
        label="Your password"
        autoComplete="current-password"
        value={value.password}
        onChange={(event) => onChange({ ...value, password: event.currentTarget.value })}
        visibilityToggleButtonProps={{ tabIndex: 0, 'aria-label': 'Show the password' }}
        required={!key}
      />
      {app || key ? (
        <TextInput
          mt="sm"
          label={app ? 'Code of your app' : 'Recovery code'}
          description={
            app ? 'The six digits that it shows now, or a recovery code' : 'In place of the security key'
          }
          autoComplete="one-time-code"
          value={value.code}
          onChange={(event) => onChange({ ...value, code: event.currentTarget.value })}
          required={!key}
        />
      ) : null}
    </>
  );
};
