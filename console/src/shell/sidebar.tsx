import IconFold from '@tabler/icons-react/dist/esm/icons/IconLayoutSidebarLeftCollapse.mjs';
import IconUnfold from '@tabler/icons-react/dist/esm/icons/IconLayoutSidebarLeftExpand.mjs';
import { ActionIcon } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link, useLocation, useSearch } from '@tanstack/react-router';
import { badgeOf, badgesQuery } from '../api/work/badges.ts';
import { sidebarPreference } from '../kit/preference.ts';
import { type Area, areasOf } from './areas.ts';
import styles from './shell.module.css';
import { useSession } from './use-session.ts';

const Entry = ({ area, folded, badge }: { area: Area; folded: boolean; badge: number }) => {
  const { pathname } = useLocation();
  const isIn = area.also?.some((path) => pathname === path) === true;
  return (
    <Link
      to={area.to}
      className={styles['navLink'] ?? ''}
      {...(isIn ? { 'data-status': 'active' } : {})}
      activeOptions={{ exact: area.to === '/', includeSearch: false }}
      title={folded ? area.title : undefined}
    >
      <area.icon size={16} stroke={1.75} aria-hidden />
      <span className={folded ? 'hidden-text' : ''}>{area.title}</span>
      {badge > 0 && !folded ? (
        <span className={styles['badge']} title={`${badge} wait for you`}>
          {badge > 999 ? '999+' : badge}
          <span className="hidden-text"> wait for you</span>
        </span>
      ) : null}
    </Link>
  );
};

export const Sidebar = () => {
  const { permissions } = useSession();
  const { system } = useSearch({ strict: false });
  const { data: waiting } = useQuery({ ...badgesQuery(system), placeholderData: keepPreviousData });
  const folded = sidebarPreference.use() === 'folded';
  const groups = Map.groupBy(areasOf(permissions), (area) => area.group);
  return (
    <nav className={styles['sidebar']} data-folded={folded} aria-label="Pages" data-region>
      {[...groups].map(([group, members]) => (
        <div key={group} role="group" aria-label={group}>
          {group === 'today' || folded ? null : <div className={styles['groupTitle']}>{group}</div>}
          {members.map((area) => (
            <Entry key={area.to} area={area} folded={folded} badge={badgeOf(area.badge, waiting)} />
          ))}
        </div>
      ))}
      <ActionIcon
        className={styles['fold'] ?? ''}
        aria-label={folded ? 'Unfold the sidebar' : 'Fold the sidebar'}
        onClick={() => sidebarPreference.set(folded ? 'open' : 'folded')}
      >
        {folded ? <IconUnfold size={16} /> : <IconFold size={16} />}
      </ActionIcon>
    </nav>
  );
};
