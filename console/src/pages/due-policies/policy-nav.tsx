import { Link } from '@tanstack/react-router';
import { useMay } from '../../shell/use-session.ts';
import styles from './due-policies.module.css';

/** The pages of due dates beside each other. */
export const PolicyNav = () => {
  const [seesPoams, seesAssets] = [useMay('poam:read'), useMay('asset:read')];
  const views = [
    ['/setup/due-policies', 'Policies'],
    ...(seesPoams ? [['/setup/due-policies/unanswered', 'Unanswered']] : []),
    ...(seesAssets ? [['/setup/due-policies/zones', 'Network zones']] : []),
    ['/setup/due-policies/calendar', 'Calendar'],
    ['/setup/due-policies/history', 'History'],
  ] as const;
  return (
    <nav className={styles['views']} aria-label="Due dates">
      {views.map(([to, title]) => (
        <Link key={to} to={to} search={{}} activeOptions={{ exact: true, includeSearch: false }}>
          {title}
        </Link>
      ))}
    </nav>
  );
};
