/** After the right password: a code of the app, a security key, or a recovery code. Nobody is signed in before. */
import { Button, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { finishByCode, finishByKey } from '../../api/access/factors.ts';
import type { Asked, SignedIn } from '../../api/access/session.ts';
import { Refusal } from './frame.tsx';
import styles from './sign-in.module.css';

type Way = 'app' | 'key' | 'recovery';
const offers: Readonly<Record<Way, string>> = {
  app: 'Use a code of your app',
  key: 'Use a security key',
  recovery: 'Use a recovery code',
};

interface Step {
  readonly asked: Asked;
  readonly enter: (signedIn: SignedIn) => void;
}

/** The step has one thing to do, and who came to it pressed a button that is gone: the focus goes there. */
function useFirstFocus<T extends HTMLElement>(): RefObject<T | null> {
  const first = useRef<T>(null);
  useEffect(() => {
    first.current?.focus();
  }, []);
  return first;
}

const ByCode = ({ asked, enter, kind }: Step & { readonly kind: 'totp' | 'recovery' }) => {
  const first = useFirstFocus<HTMLInputElement>();
  const form = useForm({ mode: 'uncontrolled', initialValues: { code: '' } });
  const send = useMutation({
    mutationFn: ({ code }: { code: string }) => finishByCode(asked.ticket, { kind, code }),
    onSuccess: enter,
  });
  return (
    <form className={styles['form']} onSubmit={form.onSubmit((values) => send.mutate(values))}>
      <Refusal error={send.error} />
      <TextInput
        label={kind === 'totp' ? 'Code of your authenticator app' : 'Recovery code'}
        description={kind === 'totp' ? 'The six digits that it shows now' : 'One that you have not used yet'}
        autoComplete="one-time-code"
        inputMode={kind === 'totp' ? 'numeric' : 'text'}
        required
        ref={first}
        key={form.key('code')}
        {...form.getInputProps('code')}
      />
      <Button type="submit" size="sm" loading={send.isPending}>
        Sign in
      </Button>
    </form>
  );
};

const ByKey = ({ asked, enter }: Step) => {
  const first = useFirstFocus<HTMLButtonElement>();
  const send = useMutation({ mutationFn: () => finishByKey(asked.ticket), onSuccess: enter });
  return (
    <div className={styles['form']}>
      <Refusal error={send.error} />
      <p>Have your security key ready: the browser asks for it, and for its PIN or your finger.</p>
      <Button size="sm" loading={send.isPending} onClick={() => send.mutate()} ref={first}>
        Use the security key
      </Button>
    </div>
  );
};

/** @param onBack begins again with name and password. */
export const SecondStep = ({ asked, enter, onBack }: Step & { readonly onBack: () => void }) => {
  const ways: Way[] = [
    ...(asked.key ? ['key' as const] : []),
    ...(asked.app ? ['app' as const] : []),
    'recovery',
  ];
  const [way, setWay] = useState<Way>(ways[0] ?? 'recovery');
  return (
    <section className={styles['form']} aria-label="Second factor">
      <p>Your password is right. One thing more proves that it is you.</p>
      {way === 'key' ? (
        <ByKey asked={asked} enter={enter} />
      ) : (
        <ByCode key={way} asked={asked} enter={enter} kind={way === 'app' ? 'totp' : 'recovery'} />
      )}
      {ways
        .filter((each) => each !== way)
        .map((each) => (
          <Button key={each} size="sm" variant="default" onClick={() => setWay(each)}>
            {offers[each]}
          </Button>
        ))}
      <Button size="sm" variant="subtle" onClick={onBack}>
        Start again
      </Button>
      <p className="quiet">
        Lost all of them? An administrator can take them away, so that you set up new ones.
      </p>
    </section>
  );
};
