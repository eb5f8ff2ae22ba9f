/** Users, grants, teams, tokens and roles are views of one matter: links between them. */
import { Link } from '@tanstack/react-router';
import styles from './access.module.css';

const views = [
  ['/users', 'Users'],
  ['/grants', 'Grants'],
  ['/teams', 'Teams'],
  ['/tokens', 'Tokens'],
  ['/roles', 'Roles'],
  ['/sign-in-rules', 'Sign-in'],
  ['/identities', 'Identity provider'],
] as const;

export const AccessTabs = () => (
  <nav className={styles['views']} aria-label="Users and access">
    {views.map(([to, title]) => (
      <Link key={to} to={to} search={{}} activeOptions={{ exact: true, includeSearch: false }}>
        {title}
      </Link>
    ))}
  </nav>
);
