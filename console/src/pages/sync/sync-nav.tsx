/** The pages of the sync, each one click from the others. */
import { Link } from '@tanstack/react-router';
import detail from '../../kit/detail/detail.module.css';

const pages = [
  { to: '/sync', title: 'Overview' },
  { to: '/sync/runs', title: 'Runs and changes' },
  { to: '/sync/outbox', title: 'Outbox' },
  { to: '/sync/schedules', title: 'Schedules' },
  { to: '/sync/calls', title: 'Calls' },
  { to: '/sync/performance', title: 'Performance' },
] as const;

export const SyncNav = ({ current }: { readonly current: (typeof pages)[number]['to'] }) => (
  <nav className={detail['tabs']} aria-label="Pages of the sync">
    {pages.map(({ to, title }) => (
      <Link
        key={to}
        to={to}
        search={{}}
        activeOptions={{ exact: true, includeSearch: false }}
        aria-current={to === current ? 'page' : undefined}
      >
        {title}
      </Link>
    ))}
  </nav>
);
