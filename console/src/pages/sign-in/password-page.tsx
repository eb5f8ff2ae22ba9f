import { Button, PasswordInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { changePassword } from '../../api/session.ts';
import { tell } from '../../kit/notice.tsx';
import { Frame, Refusal } from './frame.tsx';
import { NewPasswordFields, useNewPassword } from './new-password.tsx';
import styles from './sign-in.module.css';

export const PasswordPage = () => {
  const router = useRouter();
  const form = useNewPassword();
  const send = useMutation({
    mutationFn: ({ present, password }: { present: string; password: string }) =>
      changePassword(present, password),
    onSuccess: () => {
      tell('Your password was changed.');
      void router.navigate({ to: '/', search: {} });
    },
  });
  return (
    <Frame title="Change your password">
      <form className={styles['form']} onSubmit={form.onSubmit((values) => send.mutate(values))}>
        <Refusal error={send.error} />
        <PasswordInput
          label="Present password"
          autoComplete="current-password"
          required
          visibilityToggleButtonProps={{ tabIndex: 0, 'aria-label': 'Show the password' }}
          key={form.key('present')}
          {...form.getInputProps('present')}
        />
        <NewPasswordFields form={form} />
        <Button type="submit" size="sm" loading={send.isPending}>
          Change the password
        </Button>
      </form>
    </Frame>
  );
};
