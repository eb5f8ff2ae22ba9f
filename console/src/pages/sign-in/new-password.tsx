import { PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';

const shortest = 15;
const toggle = { tabIndex: 0, 'aria-label': 'Show the password' };

/** A new password, twice; the server knows the other rules. */
export const useNewPassword = () =>
  useForm({
    mode: 'uncontrolled',
    initialValues: { present: '', password: '', again: '' },
    validate: {
      password: (password) =>
        password.length < shortest ? `At least ${shortest} characters. Several words make a good one.` : null,
      again: (again, { password }) => (again === password ? null : 'The two passwords differ.'),
    },
  });

export const NewPasswordFields = ({ form }: { readonly form: ReturnType<typeof useNewPassword> }) => (
  <>
    <PasswordInput
      label="New password"
      description={`${shortest} to 128 characters`}
      autoComplete="new-password"
      required
      visibilityToggleButtonProps={toggle}
      key={form.key('password')}
      {...form.getInputProps('password')}
    />
    <PasswordInput
      label="The same password again"
      autoComplete="new-password"
      required
      visibilityToggleButtonProps={toggle}
      key={form.key('again')}
      {...form.getInputProps('again')}
    />
  </>
);
