import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { Link } from '@tanstack/react-router';
import { zonePreference } from '../kit/preference.ts';
import { BoundarySwitcher } from './boundary-switcher.tsx';
import { SchemeSwitch } from './scheme-switch.tsx';
import styles from './shell.module.css';
import { SyncIndicator } from './sync-indicator.tsx';
import { UserMenu } from './user-menu.tsx';

const Brand = () => (
  <Link to="/" className={styles['brand'] ?? ''} aria-label="Tieline, Home">
    <svg viewBox="0 0 32 32" width="20" height="20" aria-hidden="true">
      <rect width="32" height="32" rx="6" fill="#1257a8" />
      <path d="M8 11h16M8 21h16M13 11v10M19 11v10" stroke="#fff" strokeWidth="2.5" strokeLinecap="round" />
    </svg>
    <span>Tieline</span>
  </Link>
);

const ZoneSwitch = () => {
  const zone = zonePreference.use();
  return (
    <button
      type="button"
      className={styles['headerButton']}
      title={
        zone === 'utc' ? 'Times are shown in UTC. Show local time' : 'Times are shown in local time. Show UTC'
      }
      onClick={() => zonePreference.set(zone === 'utc' ? 'local' : 'utc')}
    >
      {zone === 'utc' ? 'UTC' : 'Local time'}
    </button>
  );
};

export const Header = ({
  onSearch,
  onKeys,
}: {
  readonly onSearch: () => void;
  readonly onKeys: () => void;
}) => (
  <header className={styles['header']} data-region>
    <Brand />
    <BoundarySwitcher />
    <div className={styles['spacer']} />
    <button type="button" className={styles['searchButton']} onClick={onSearch} aria-haspopup="dialog">
      <IconSearch size={14} aria-hidden />
      <span>Search or jump…</span>
      <kbd>Ctrl K</kbd>
    </button>
    <div className={styles['spacer']} />
    <SyncIndicator />
    <ZoneSwitch />
    <SchemeSwitch />
    <UserMenu onKeys={onKeys} />
  </header>
);
