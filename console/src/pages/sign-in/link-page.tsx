/**
 * A one-time link, such as the first administrator's: it sets a password and signs in. Its secret is behind the # of the address, and leaves
 * the address as soon as it is read, so that neither the history nor a picture of the screen keeps it.
 */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { bannerQuery, redeemLink } from '../../api/access/session.ts';
import { ButtonLink } from '../../kit/link.tsx';
import { Frame, Refusal } from './frame.tsx';
import { NewPasswordFields, useNewPassword } from './new-password.tsx';
import { SecondStep } from './second-step.tsx';
import { BannerPage, useEnter } from './sign-in-page.tsx';
import styles from './sign-in.module.css';

/** What is behind the #, once. */
function useSecret(): string {
  const [secret] = useState(() => location.hash.slice(1));
  useEffect(() => {
    if (location.hash !== '') history.replaceState(history.state, '', location.pathname);
  }, []);
  return secret;
}

export const LinkPage = () => {
  const secret = useSecret();
  const [acknowledged, setAcknowledged] = useState(false);
  const banner = useQuery(bannerQuery).data?.text ?? null;
  const enter = useEnter();
  const form = useNewPassword();
  const send = useMutation({
    mutationFn: ({ password }: { password: string }) => redeemLink(secret, password),
    onSuccess: (answer) => {
      if (!('secondFactor' in answer)) enter(answer);
    },
  });
  const asked = send.data && 'secondFactor' in send.data ? send.data.secondFactor : undefined;
  if (secret === '')
    return (
      <Frame title="Set your password">
        <p>
          This address lacks the secret of the link. Open the whole link, as it was given to you, or ask an
          administrator for another one.
        </p>
        <ButtonLink to="/sign-in" variant="default">
          Sign in with a password
        </ButtonLink>
      </Frame>
    );
  if (banner !== null && !acknowledged)
    return <BannerPage text={banner} onAcknowledge={() => setAcknowledged(true)} />;
  if (asked)
    return (
      <Frame title="Set your password">
        <p>Your password is set.</p>
        <SecondStep asked={asked} enter={enter} onBack={() => location.assign('/sign-in')} />
      </Frame>
    );
  return (
    <Frame title="Set your password">
      <p>This link works once. With the password you sign in from now on.</p>
      <form className={styles['form']} onSubmit={form.onSubmit((values) => send.mutate(values))}>
        <Refusal error={send.error} />
        <NewPasswordFields form={form} />
        <Button type="submit" size="sm" loading={send.isPending}>
          Set the password and enter
        </Button>
      </form>
    </Frame>
  );
};
