/** A one-time link, such as the first administrator's: it sets a password and signs in. */
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { bannerQuery, redeemLink } from '../../api/session.ts';
import { Frame, Refusal } from './frame.tsx';
import { NewPasswordFields, useNewPassword } from './new-password.tsx';
import { BannerPage, useEnter } from './sign-in-page.tsx';
import styles from './sign-in.module.css';

export const WelcomePage = () => {
  const { code = '' } = useParams({ strict: false });
  const [acknowledged, setAcknowledged] = useState(false);
  const banner = useQuery(bannerQuery).data?.text ?? null;
  const enter = useEnter();
  const form = useNewPassword();
  const send = useMutation({
    mutationFn: ({ password }: { password: string }) => redeemLink(code, password),
    onSuccess: enter,
  });
  if (banner !== null && !acknowledged)
    return <BannerPage text={banner} onAcknowledge={() => setAcknowledged(true)} />;
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
