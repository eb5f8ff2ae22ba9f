import { Button, PasswordInput } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import { changePassword } from '../../api/access/session.ts';
import { useStepUp } from '../../kit/act/action-dialog.tsx';
import { tell } from '../../kit/notice.tsx';
import { Frame, Refusal } from './frame.tsx';
import { NewPasswordFields, useNewPassword } from './new-password.tsx';
import styles from './sign-in.module.css';

export const PasswordPage = () => {
  const router = useRouter();
  const form = useNewPassword();
  const { run, busy, problem, askProof, lacksProof } = useStepUp(async () => {
    const { present, password } = form.getValues();
    await changePassword(present, password);
    tell('Your password was changed.');
    void router.navigate({ to: '/', search: {} });
  });
  return (
    <Frame title="Change your password">
      <form className={styles['form']} onSubmit={form.onSubmit(() => void run())}>
        <Refusal error={problem} />
        <PasswordInput
          label="Present password"
          autoComplete="current-password"
          required
          visibilityToggleButtonProps={{ tabIndex: 0, 'aria-label': 'Show the password' }}
          key={form.key('present')}
          {...form.getInputProps('present')}
        />
        <NewPasswordFields form={form} />
        {askProof}
        <Button type="submit" size="sm" loading={busy} disabled={lacksProof}>
          Change the password
        </Button>
      </form>
    </Frame>
  );
};
