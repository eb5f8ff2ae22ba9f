/** The pages of the sync, each one click from the others. */
import { Link } from '@tanstack/react-router';
import detail from '../../kit/detail/detail.module.css';
import { useMay } from '../../shell/use-session.ts';

const pages = [
  { to: '/sync', title: 'Overview' },
  { to: '/sync/runs', title: 'Runs and changes' },
  { to: '/sync/outbox', title: 'Outbox' },
  { to: '/sync/schedules', title: 'Schedules' },
  { to: '/sync/calls', title: 'Calls' },
] as const;

export const SyncNav = ({ current }: { readonly current: (typeof pages)[number]['to'] | '/plans' }) => {
  const seesPlans = useMay('plan:read');
  const shown = seesPlans ? [...pages, { to: '/plans', title: 'Plans' } as const] : pages;
  return (
    <nav className={detail['tabs']} aria-label="Pages of the sync">
      {shown.map(({ to, title }) => (
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
};
