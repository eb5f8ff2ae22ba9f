import IconChevronDown from '@tabler/icons-react/dist/esm/icons/IconChevronDown.mjs';
import { Menu } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { signOut } from '../api/access/session.ts';
import { tellProblem } from '../kit/notice.tsx';
import { densityPreference, singleKeysPreference } from '../kit/preference.ts';
import styles from './shell.module.css';
import { useSession } from './use-session.ts';
import { roleWords } from './words.ts';

/** Ends the session and forgets what was shown. */
export function useSignOut(): () => void {
  const queryClient = useQueryClient();
  const router = useRouter();
  return () => {
    const leave = (continueAt: string | null): void => {
      queryClient.clear();
      if (continueAt === null) void router.navigate({ to: '/sign-in', search: {}, replace: true });
      else location.assign(continueAt);
    };
    signOut().then(
      ({ continueAt }) => leave(continueAt),
      (error: unknown) => {
        tellProblem('You were not signed out', error);
        leave(null);
      },
    );
  };
}

const densities = [
  ['compact', 'Compact rows'],
  ['normal', 'Normal rows'],
  ['comfortable', 'Comfortable rows'],
] as const;

export const UserMenu = ({ onKeys }: { readonly onKeys: () => void }) => {
  const { person, session, version } = useSession();
  const density = densityPreference.use();
  const singleKeys = singleKeysPreference.use();
  const leave = useSignOut();
  const router = useRouter();
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <button type="button" className={styles['headerButton']}>
          <span className={styles['userName']} title={person.displayName}>
            {person.displayName}
          </span>
          <IconChevronDown size={12} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className={styles['userName'] ?? ''}>
          {person.name} · {person.roles.map((role) => roleWords[role] ?? role).join(', ')}
        </Menu.Label>
        <Menu.Divider />
        {densities.map(([value, words]) => (
          <Menu.Item
            key={value}
            role="menuitemradio"
            aria-checked={density === value}
            onClick={() => {
              densityPreference.set(value);
              document.documentElement.dataset['density'] = value;
            }}
          >
            {words}
            {density === value ? ' ✓' : ''}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={onKeys}>Keys of this page</Menu.Item>
        <Menu.Item
          role="menuitemcheckbox"
          aria-checked={singleKeys === 'on'}
          onClick={() => singleKeysPreference.set(singleKeys === 'on' ? 'off' : 'on')}
        >
          Single-letter keys: {singleKeys}
        </Menu.Item>
        <Menu.Divider />
        {session?.canStepUp === true ? (
          <Menu.Item onClick={() => void router.navigate({ to: '/password', search: {} })}>
            Change password
          </Menu.Item>
        ) : null}
        <Menu.Item onClick={() => void router.navigate({ to: '/your-sign-in', search: {} })}>
          Your sign-in
        </Menu.Item>
        <Menu.Item onClick={leave}>Sign out</Menu.Item>
        <Menu.Label>Tieline {version}</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  );
};
