/** Which policies ever applied where, by whom and why. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { policyHistoryQuery } from '../../api/decisions/due-policies.ts';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { Nothing } from '../../kit/marks/severity.tsx';
import { At } from '../../kit/marks/when.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { PolicyNav } from './policy-nav.tsx';

export const DueHistoryPage = () => (
  <div className={detail['page']}>
    <PageTitle title="Which policies applied where" />
    <PolicyNav />
    <Loaded query={useQuery(policyHistoryQuery)} whole>
      {(items) => (
        <div className={detail['scrollX']} tabIndex={0} role="region" aria-label="History">
          <table className={detail['table']}>
            <thead>
              <tr>
                <th scope="col">Since</th>
                <th scope="col">Until</th>
                <th scope="col">Policy</th>
                <th scope="col">Where</th>
                <th scope="col">Whether</th>
                <th scope="col">By</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {items.map((use) => (
                <tr key={`${use.policyId} ${use.systemId ?? ''} ${use.setAt}`}>
                  <td>
                    <At at={use.setAt} />
                  </td>
                  <td>{use.endedAt === null ? <Nothing word="it holds" /> : <At at={use.endedAt} />}</td>
                  <td>
                    <Link to="/setup/due-policies/policy/$policyId" params={{ policyId: use.policyId }}>
                      {use.policyId}
                    </Link>
                  </td>
                  <td>{use.systemId ?? 'by default'}</td>
                  <td>
                    {use.applies ? 'applies' : 'does not apply'}
                    {use.coversOpen ? ', also to what was open' : ''}
                  </td>
                  <td>{use.setBy}</td>
                  <td>{use.reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Loaded>
  </div>
);
