/** The one-time link of the first administrator: a name and a password, once. */
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useParams, useRouter } from '@tanstack/react-router';
import { setUp } from '../../api/session.ts';
import { Frame, Refusal } from './frame.tsx';
import styles from './sign-in.module.css';

const shortest = 15;

export const WelcomePage = () => {
  const { code = '' } = useParams({ strict: false });
  const router = useRouter();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name: '', password: '', again: '' },
    validate: {
      name: (name) => (name.trim() === '' ? 'Enter the name that you will sign in with.' : null),
      password: (password) =>
        password.length < shortest ? `At least ${shortest} characters. Several words make a good one.` : null,
      again: (again, { password }) => (again === password ? null : 'The two passwords differ.'),
    },
  });
  const send = useMutation({
    mutationFn: ({ name, password }: { name: string; password: string }) =>
      setUp(code, { name: name.trim(), password }),
    onSuccess: () => void router.navigate({ to: '/sign-in', search: {} }),
  });
  return (
    <Frame title="Set up the first administrator">
      <p>This link works once. It makes the account that adds all others.</p>
      <form className={styles['form']} onSubmit={form.onSubmit((values) => send.mutate(values))}>
        <Refusal error={send.error} />
        <TextInput
          label="Name"
          autoComplete="username"
          required
          key={form.key('name')}
          {...form.getInputProps('name')}
        />
        <PasswordInput
          label="Password"
          description={`${shortest} to 128 characters`}
          autoComplete="new-password"
          required
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          key={form.key('password')}
          {...form.getInputProps('password')}
        />
        <PasswordInput
          label="The same password again"
          autoComplete="new-password"
          required
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
          key={form.key('again')}
          {...form.getInputProps('again')}
        />
        <Button type="submit" size="sm" loading={send.isPending}>
          Make the account
        </Button>
      </form>
    </Frame>
  );
};
