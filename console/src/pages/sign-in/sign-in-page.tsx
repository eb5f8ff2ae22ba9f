/** The banner first, then the ways in. */
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Role } from '../../../../src/canonical/access/index.ts';
import {
  bannerQuery,
  type SignedIn,
  signIn,
  signInAs,
  type Ways,
  waysQuery,
} from '../../api/access/session.ts';
import { Frame, Refusal } from './frame.tsx';
import { ownPath } from './own-path.ts';
import { SecondStep } from './second-step.tsx';
import styles from './sign-in.module.css';
import { refusalWords, roleTasks, words } from './words.ts';

/** After signing in: what another person saw is forgotten, and the page that was asked for is opened. */
export function useEnter(): (signedIn: SignedIn) => void {
  const queryClient = useQueryClient();
  const router = useRouter();
  const { next } = useSearch({ strict: false });
  return (signedIn) => {
    queryClient.clear();
    if (signedIn.mustChangePassword) {
      router.history.push('/password');
      return;
    }
    // Where a second factor must be set up first, the pages behind it lead there (root-routes.tsx).
    router.history.push(ownPath(next));
  };
}

const LocalForm = ({ enter }: { readonly enter: (signedIn: SignedIn) => void }) => {
  const form = useForm({ mode: 'uncontrolled', initialValues: { name: '', password: '' } });
  const send = useMutation({
    mutationFn: (values: { name: string; password: string }) =>
      signIn({ ...values, bannerAcknowledged: true }),
    onSuccess: (answer) => {
      if (!('secondFactor' in answer)) enter(answer);
    },
  });
  const asked = send.data && 'secondFactor' in send.data ? send.data.secondFactor : undefined;
  if (asked) return <SecondStep asked={asked} enter={enter} onBack={() => send.reset()} />;
  return (
    <form className={styles['form']} onSubmit={form.onSubmit((values) => send.mutate(values))}>
      <Refusal error={send.error} />
      <TextInput
        label="Name"
        autoComplete="username"
        required
        data-autofocus
        key={form.key('name')}
        {...form.getInputProps('name')}
      />
      <PasswordInput
        label="Password"
        autoComplete="current-password"
        required
        visibilityToggleButtonProps={{ tabIndex: 0, 'aria-label': 'Show the password' }}
        key={form.key('password')}
        {...form.getInputProps('password')}
      />
      <Button type="submit" size="sm" loading={send.isPending}>
        Sign in
      </Button>
    </form>
  );
};

const DemoRoles = ({
  ways,
  enter,
}: {
  readonly ways: NonNullable<Ways['demo']>;
  readonly enter: (signedIn: SignedIn) => void;
}) => {
  const send = useMutation({ mutationFn: (role: Role) => signInAs(role), onSuccess: enter });
  return (
    <section>
      <p style={{ marginBottom: 8 }}>{words.demo}</p>
      <Refusal error={send.error} />
      <ul className={styles['roles']}>
        {ways.map(({ role, title }) => (
          <li key={role}>
            <button
              type="button"
              className={styles['role']}
              disabled={send.isPending}
              onClick={() => send.mutate(role)}
            >
              <span className="strong">{title}</span>
              <span className="quiet">{roleTasks[role]}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
};

/** Each leads to another server, which leads back: links of the browser, not of the router. */
const OutsideWays = ({ ways }: { readonly ways: Ways['outside'] }) => {
  const { next } = useSearch({ strict: false });
  const query = new URLSearchParams({ next: ownPath(next), banner: 'acknowledged' });
  return ways.map(({ way, title, address }) => (
    <Button key={way} component="a" size="sm" href={`${address}?${query.toString()}`}>
      {title}
    </Button>
  ));
};

/** Why who came back from outside is not signed in. */
const OutsideRefused = () => {
  const { refused, request } = useSearch({ strict: false });
  if (refused === undefined) return null;
  const known = Object.entries(refusalWords).find(([code]) => code === refused);
  return (
    <div className={styles['problem']} role="alert">
      {known?.[1] ?? refusalWords.proof}
      {request === undefined ? null : (
        <p className="quiet">
          {words.request} <span className="mono">{request}</span>
        </p>
      )}
    </div>
  );
};

export const BannerPage = ({
  text,
  onAcknowledge,
}: {
  readonly text: string;
  readonly onAcknowledge: () => void;
}) => (
  <Frame title="Tieline" wide>
    <div className={styles['banner']} tabIndex={0} role="region" aria-label="Notice">
      {text}
    </div>
    <Button size="sm" onClick={onAcknowledge}>
      {words.acknowledge}
    </Button>
  </Frame>
);

export const SignInPage = () => {
  const { ended } = useSearch({ strict: false });
  const [acknowledged, setAcknowledged] = useState(false);
  const banner = useQuery(bannerQuery);
  const ways = useQuery(waysQuery);
  const enter = useEnter();
  const text = banner.data?.text ?? null;
  if (banner.isPending || ways.isPending) return <Frame title={words.signIn}>Loading…</Frame>;
  if (text !== null && !acknowledged)
    return <BannerPage text={text} onAcknowledge={() => setAcknowledged(true)} />;
  const demo = ways.data?.demo ?? undefined;
  const outside = ways.data?.outside ?? [];
  return (
    <Frame title={words.signIn} wide={demo !== undefined}>
      {ended === undefined ? null : (
        <p className={styles['told']} role="status">
          {words.ended}
        </p>
      )}
      <Refusal error={ways.error ?? banner.error} />
      <OutsideRefused />
      {outside.length > 0 ? <OutsideWays ways={outside} /> : null}
      {outside.length > 0 && ways.data?.local === true ? <p className="quiet">{words.or}</p> : null}
      {demo === undefined ? null : <DemoRoles ways={demo} enter={enter} />}
      {ways.data?.local === true ? <LocalForm enter={enter} /> : null}
      {ways.data && !ways.data.local && demo === undefined && outside.length === 0 ? (
        <p>{words.noWay}</p>
      ) : null}
    </Frame>
  );
};
