/** The records behind a number, asked for when they are wanted: as they are now. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { type MetricRecords, recordsQuery, type RecordsSearch } from '../../api/metrics.ts';
import detail from '../../kit/detail/detail.module.css';
import { Section } from '../../kit/detail/facts.tsx';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { At } from '../../kit/marks/when.tsx';
import { listPath, type RecordKind, RecordLink } from '../../kit/record-link.tsx';
import { byName, valueWords } from './words.ts';

type Item = MetricRecords['items'][number];

const capital = (words: string): string => words.slice(0, 1).toUpperCase() + words.slice(1);

const pageOf: Readonly<Record<MetricRecords['kind'], RecordKind | undefined>> = {
  finding: 'finding',
  plugin: 'plugin',
  asset: 'asset',
  check: 'asset',
  poam: 'poam',
  milestone: 'poam',
  weakness: 'poam',
  deviation: 'deviation',
  link: undefined,
  own: undefined,
};

const Record = ({ of, kind }: { readonly of: Item; readonly kind: MetricRecords['kind'] }) => {
  const words = of.title ?? of.record;
  const page = pageOf[kind];
  if (page === undefined || of.key === null || of.key === '') return words;
  return (
    <RecordLink kind={page} id={of.key}>
      {words}
    </RecordLink>
  );
};

const Page = ({ of }: { readonly of: MetricRecords }) => {
  const hasAmount = of.items.some(({ amount }) => amount !== null);
  if (of.count === 0) return <p className="quiet">No records.</p>;
  return (
    <table className={detail['table']}>
      <thead>
        <tr>
          <th scope="col">Record</th>
          <th scope="col">System</th>
          <th scope="col">Severity</th>
          {of.items.some(({ band }) => band !== null) ? (
            <th scope="col">{capital(byName(of.metric.name, 'band'))}</th>
          ) : null}
          {hasAmount ? (
            <th scope="col" className={detail['num']}>
              Amount
            </th>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {of.items.map((item) => (
          <tr key={`${item.record} ${item.systemId ?? ''}`}>
            <td>
              <Record of={item} kind={of.kind} />
            </td>
            <td style={{ whiteSpace: 'nowrap' }}>{item.systemId ?? 'in no system'}</td>
            <td>{item.severity ?? '–'}</td>
            {of.items.some(({ band }) => band !== null) ? <td>{item.band}</td> : null}
            {hasAmount ? (
              <td className={detail['num']}>
                {item.amount === null ? '–' : valueWords(item.amount, of.measure.unit)}
              </td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
};

const AsList = ({ of: { list } }: { readonly of: MetricRecords }) => {
  const to = list === null ? undefined : listPath(list.noun);
  if (to === undefined || list === null) return null;
  return (
    <p>
      <Link to={to} search={list.filter}>
        Open them as a list
      </Link>
    </p>
  );
};

/** The pages of one question; another measure or system is another question, and begins at its first page. */
const Pages = ({ name, search }: { readonly name: string; readonly search: RecordsSearch }) => {
  const [pages, setPages] = useState<readonly (string | undefined)[]>([undefined]);
  const records = useQuery(recordsQuery(name, { ...search, after: pages.at(-1) }));
  return (
    <Loaded query={records}>
      {(found) => (
        <>
          <p className="quiet">
            {found.count.toLocaleString('en')} now (<At at={found.countedAt} />
            ).
          </p>
          <AsList of={found} />
          <Page of={found} />
          <div style={{ display: 'flex', gap: 8, marginTop: 8 }} data-no-print>
            {pages.length > 1 ? (
              <Button variant="default" size="xs" onClick={() => setPages(pages.slice(0, -1))}>
                Back
              </Button>
            ) : null}
            {found.next === null ? null : (
              <Button
                variant="default"
                size="xs"
                onClick={() => setPages([...pages, found.next ?? undefined])}
              >
                More
              </Button>
            )}
          </div>
        </>
      )}
    </Loaded>
  );
};

export const MetricRecordsPart = ({
  name,
  search,
}: {
  readonly name: string;
  readonly search: RecordsSearch;
}) => {
  const { show } = useSearch({ strict: false });
  const [isAsked, setAsked] = useState(show === 'records');
  return (
    <Section title="Records behind it">
      {isAsked ? (
        <Pages key={JSON.stringify([name, search])} name={name} search={search} />
      ) : (
        <Button variant="default" size="xs" onClick={() => setAsked(true)} data-no-print>
          Show the records
        </Button>
      )}
    </Section>
  );
};
