/** The latest runs and changes, as the beginning of their list. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { get } from '../../api/http/client.ts';
import type { Page } from '../../api/lists.ts';
import { type OperationRow } from '../../api/operations.ts';
import detail from '../../kit/detail/detail.module.css';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { Nothing } from '../../kit/marks/severity.tsx';
import { When } from '../../kit/marks/when.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import { countWords, statusOf, words } from './words.ts';

const Line = ({ of }: { readonly of: OperationRow }) => (
  <tr>
    <td>
      <When at={of.startedAt} />
    </td>
    <td>
      <RecordLink kind="operation" id={of.operationId}>
        {of.what}
      </RecordLink>
    </td>
    <td>{of.system}</td>
    <td className={statusOf(of).tone} title={of.error ?? undefined}>
      {statusOf(of).text}
    </td>
    <td>{countWords(of)}</td>
    <td>{of.by ?? <Nothing word="not known" />}</td>
  </tr>
);

const columns = ['When', 'What', 'Other side', 'How it ended', 'Records', 'By'];

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
                    {columns.map((title) => (
                      <th key={title} scope="col">
                        {title}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {items.map((each) => (
                    <Line key={each.operationId} of={each} />
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
