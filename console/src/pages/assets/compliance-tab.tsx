import { useQuery } from '@tanstack/react-query';
import { assetComplianceQuery } from '../../api/assets.ts';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { When } from '../../kit/marks/when.tsx';
import { nameWords } from '../../kit/marks/values.tsx';

const most = 200;

export const ComplianceTab = ({ assetUuid }: { readonly assetUuid: string }) => (
  <Loaded query={useQuery(assetComplianceQuery(assetUuid))}>
    {({ items }) =>
      items.length === 0 ? (
        <p className="quiet">No audit file has looked at this machine.</p>
      ) : (
        <>
          {items.length === most ? <p className="quiet">The first {most}, those that failed first.</p> : null}
          <table className={detail['table']}>
            <thead>
              <tr>
                <th scope="col">Result</th>
                <th scope="col">Check</th>
                <th scope="col">Expected</th>
                <th scope="col">Found</th>
                <th scope="col">Controls</th>
                <th scope="col">Seen</th>
              </tr>
            </thead>
            <tbody>
              {items.map((each) => (
                <tr key={`${each.auditFile} ${each.checkId}`}>
                  <td className={each.status === 'failed' ? 'bad strong' : ''}>{nameWords(each.status)}</td>
                  <td>
                    {each.checkName}
                    <div className="quiet">{each.auditFile}</div>
                  </td>
                  <td>{each.expected}</td>
                  <td>{each.actual}</td>
                  <td>{each.controls.join(', ')}</td>
                  <td>
                    <When at={each.lastSeen} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )
    }
  </Loaded>
);
