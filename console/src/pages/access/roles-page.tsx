/** Which role may do what. The roles are fixed; who holds one is a grant. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type GrantChoices, grantChoicesQuery } from '../../api/access/accounts.ts';
import detailStyles from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { AccessTabs } from './access-tabs.tsx';
import styles from './access.module.css';
import { words } from './words.ts';

const Matrix = ({ of: { roles, permissions } }: { readonly of: GrantChoices }) => (
  <div className={detailStyles['scrollX']} tabIndex={0} role="region" aria-label="Roles and permissions">
    <table className={`${detailStyles['table']} ${styles['matrix']}`}>
      <thead>
        <tr>
          <th scope="col">Permission</th>
          {roles.map(({ role, title }) => (
            <th key={role} scope="col">
              <Link to="/grants" search={{ role }} title={`Grants of the role ${title}`}>
                {title}
              </Link>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {permissions.map(({ permission, title, where }) => (
          <tr key={permission}>
            <td>
              <span className="mono">{permission}</span>
              <div className="quiet">
                {title}
                {where === 'installation' ? '; everywhere or not at all' : ''}
              </div>
            </td>
            {roles.map(({ role, may }) => (
              <td key={role} data-holds={may.includes(permission)}>
                {may.includes(permission) ? (
                  <>
                    <span aria-hidden="true">●</span>
                    <span className="hidden-text">may</span>
                  </>
                ) : null}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

export const RolesPage = () => (
  <div className={detailStyles['page']}>
    <div className={detailStyles['head']}>
      <PageTitle title={words.roles} />
      <div className={detailStyles['actions']}>
        <AccessTabs />
      </div>
    </div>
    <Loaded query={useQuery(grantChoicesQuery)} whole>
      {(choices) => <Matrix of={choices} />}
    </Loaded>
  </div>
);
