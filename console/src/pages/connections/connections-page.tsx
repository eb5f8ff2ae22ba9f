import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ConnectionRow, connectionsQuery } from '../../api/connections.ts';
import detailStyles from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { ButtonLink } from '../../kit/link.tsx';
import { Nothing } from '../../kit/marks/severity.tsx';
import { When } from '../../kit/marks/when.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { recordPath } from '../../kit/record-link.tsx';
import { useMay } from '../../shell/use-session.ts';
import { isFiles, stateOf, words } from './words.ts';

export const Waiting = ({ of: { connection, waiting } }: { readonly of: ConnectionRow }) =>
  waiting === 0 ? (
    <Nothing word="nothing" />
  ) : (
    <Link to="/sync/outbox" search={{ connection }}>
      {waiting.toLocaleString('en')}
    </Link>
  );

const Wrong = ({ of: { unhealthy, why, state } }: { readonly of: ConnectionRow }) => {
  const texts = unhealthy.length > 0 ? unhealthy.map(({ check, detail }) => detail ?? check) : [why ?? ''];
  if (state === 'on time' || texts.join('') === '') return <Nothing word="nothing" />;
  return (
    <>
      {texts.map((text) => (
        <div key={text}>{text}</div>
      ))}
    </>
  );
};

const Row = ({ of }: { readonly of: ConnectionRow }) => {
  const { text, tone } = stateOf(of);
  return (
    <tr>
      <td>
        <Link to={recordPath('connection', of.connection)}>{of.connection}</Link>
      </td>
      <td>{isFiles(of) ? <Nothing word="imported scan files" /> : of.type}</td>
      <td className={tone}>{text}</td>
      <td>
        <When at={of.lastSuccess} />
      </td>
      <td>{of.nextRun === null ? <Nothing word="no schedule" /> : <When at={of.nextRun} />}</td>
      <td className={detailStyles['num']}>
        <Waiting of={of} />
      </td>
      <td>
        <Wrong of={of} />
      </td>
    </tr>
  );
};

export const ConnectionsPage = () => {
  const may = useMay('connection:admin');
  return (
    <div className={detailStyles['page']}>
      <div className={detailStyles['head']}>
        <PageTitle title={words.title} />
        <div className={detailStyles['actions']}>
          {may ? <ButtonLink to="/connections/new">Add a connection</ButtonLink> : null}
        </div>
      </div>
      <Loaded query={useQuery(connectionsQuery)} whole>
        {({ items }) =>
          items.length === 0 ? (
            <p>{words.none}</p>
          ) : (
            <div className={detailStyles['scrollX']} tabIndex={0} role="region" aria-label="Connections">
              <table className={detailStyles['table']}>
                <thead>
                  <tr>
                    <th scope="col">Name</th>
                    <th scope="col">Type</th>
                    <th scope="col">State</th>
                    <th scope="col">Last good sync</th>
                    <th scope="col">Next run</th>
                    <th scope="col" className={detailStyles['num']}>
                      Waits to go out
                    </th>
                    <th scope="col">What is wrong</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((row) => (
                    <Row key={row.connection} of={row} />
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
    </div>
  );
};
