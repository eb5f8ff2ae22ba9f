import { Link, useRouter } from '@tanstack/react-router';
import { useKeys } from '../keys.ts';
import styles from './detail.module.css';

export interface Tab {
  readonly id: string;
  readonly title: string;
  readonly count?: number;
}

/** The tabs of a record's page are addresses below its own: `/assets/UUID/findings`. The first has none. */
export const Tabs = ({
  base,
  tabs,
  current,
}: {
  readonly base: string;
  readonly tabs: readonly Tab[];
  readonly current: string;
}) => {
  const router = useRouter();
  const addressOf = (tab: Tab): string => (tab === tabs[0] ? base : `${base}/${tab.id}`);
  const go = (by: 1 | -1): void => {
    const at = tabs.findIndex((tab) => tab.id === current);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (next) void router.navigate({ to: addressOf(next) });
  };
  useKeys('Tabs', [
    { press: ']', does: 'Next tab', run: () => go(1) },
    { press: '[', does: 'Tab before', run: () => go(-1) },
  ]);
  return (
    <nav className={styles['tabs']} aria-label="Parts of this record">
      {tabs.map((tab) => (
        <Link
          key={tab.id}
          to={addressOf(tab)}
          activeOptions={{ exact: true, includeSearch: false }}
          aria-current={tab.id === current ? 'page' : undefined}
        >
          {tab.title}
          {tab.count === undefined ? '' : ` ${tab.count.toLocaleString('en')}`}
        </Link>
      ))}
    </nav>
  );
};
