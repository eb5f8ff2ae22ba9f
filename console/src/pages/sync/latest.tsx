/** The latest runs and changes, as the beginning of their list. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { get } from '../../api/client.ts';
import type { Page } from '../../api/lists.ts';
import { isoOf, type OperationRow } from '../../api/operations.ts';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { When } from '../../kit/marks/when.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { countWords, statusOf, words } from './words.ts';

export const Latest = () => {
  const query = useQuery({
    queryKey: ['operations', 'latest'],
    queryFn: ({ signal }) =>
      get<Page<OperationRow>>('/operations', { query: { limit: 12 }, passive: true, signal }),
  });
  return (
    <section className={detail['section']} aria-label="Timeline">
      <h2>Timeline</h2>
      <Loaded query={query}>
        {({ items, next }) =>
          items.length === 0 ? (
            <p className="quiet">{words.nothingYet}</p>
          ) : (
            <>
              <table className={detail['table']}>
                <thead>
                  <tr>
                    <th scope="col">When</th>
                    <th scope="col">What</th>
                    <th scope="col">Other side</th>
                    <th scope="col">How it ended</th>
                    <th scope="col">Records</th>
                    <th scope="col">By</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((each) => (
                    <tr key={each.operationId}>
                      <td>
                        <When at={isoOf(each.startedAt)} />
                      </td>
                      <td>
                        <RecordLink kind="operation" id={each.operationId}>
                          {each.what}
                        </RecordLink>
                      </td>
                      <td>{each.system}</td>
                      <td className={statusOf(each).tone} title={each.error ?? undefined}>
                        {statusOf(each).text}
                      </td>
                      <td>{countWords(each)}</td>
                      <td>{each.by ?? <span className="quiet">a schedule</span>}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
              {next === null ? null : (
                <p>
                  <Link to="/sync/runs" search={{}}>
                    All runs and changes
                  </Link>
                </p>
              )}
            </>
          )
        }
      </Loaded>
    </section>
  );
};
