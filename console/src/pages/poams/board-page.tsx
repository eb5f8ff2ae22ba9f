/** POA&Ms in columns by their due date. A card moves by its date, in a dialog that asks for the reason; nothing is dragged. */
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { get } from '../../api/http/client.ts';
import { countQuery, type Page } from '../../api/lists.ts';
import type { PoamRow } from '../../api/poams.ts';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { countWords } from '../../kit/list/use-rows.ts';
import { AgreementMark } from '../../kit/marks/agreement.tsx';
import { SeverityWord } from '../../kit/marks/severity.tsx';
import { Due } from '../../kit/marks/when.tsx';
import { PageTitle } from '../../kit/page-title.tsx';
import { RecordLink } from '../../kit/record-link.tsx';
import type { Search } from '../../kit/search.ts';
import { useMay } from '../../shell/use-session.ts';
import styles from './board.module.css';
import { DateDialog } from './date-dialog.tsx';

const columns: readonly { readonly title: string; readonly filters: Search }[] = [
  { title: 'Overdue', filters: { overdue: 'yes' } },
  { title: 'Within 7 days', filters: { open: 'yes', due: '0d..7d' } },
  { title: '8 to 30 days', filters: { open: 'yes', due: '7d..30d' } },
  { title: '31 to 90 days', filters: { open: 'yes', due: '30d..90d' } },
  { title: 'Later', filters: { open: 'yes', due: '90d..' } },
  { title: 'Without a date', filters: { open: 'yes', due: 'none' } },
];
const shownCards = 20;

const Card = ({ row, onMove }: { readonly row: PoamRow; readonly onMove: (() => void) | undefined }) => (
  <li className={styles['card']}>
    <div className={styles['cardHead']}>
      <RecordLink kind="poam" id={row.poamId}>
        {row.poamId}
      </RecordLink>
      <SeverityWord of={row.severity} />
    </div>
    <div className={styles['weakness']} title={row.weakness ?? undefined}>
      {row.weakness}
    </div>
    <div className={styles['cardFoot']}>
      <Due by={row.due} />
      <span className={`quiet ${styles['owner'] ?? ''}`} title={row.owner ?? undefined}>
        {row.owner ?? 'no owner'}
      </span>
    </div>
    {row.agreement === 'agreed' ? null : <AgreementMark of={row.agreement} />}
    {onMove ? (
      <button type="button" className={styles['move']} onClick={onMove}>
        Change the date…
      </button>
    ) : null}
  </li>
);

const Column = ({
  title,
  filters,
  onMove,
}: {
  readonly title: string;
  readonly filters: Search;
  readonly onMove: ((row: PoamRow) => void) | undefined;
}) => {
  const count = useQuery(countQuery('poams', filters)).data;
  const query = useQuery({
    queryKey: ['list', 'poams', 'board', filters],
    queryFn: ({ signal }) =>
      get<Page<PoamRow>>('/poams', { query: { ...filters, sort: 'due', limit: shownCards }, signal }),
  });
  return (
    <section className={styles['column']} aria-label={title}>
      <h2>
        {title} <span className="quiet">{countWords(count)}</span>
      </h2>
      <Loaded query={query}>
        {({ items }) => (
          <>
            <ul className={styles['cards']}>
              {items.map((row) => (
                <Card key={row.poamId} row={row} onMove={onMove ? () => onMove(row) : undefined} />
              ))}
            </ul>
            {items.length === 0 ? <p className="quiet">None.</p> : null}
            {count && count.count > items.length ? (
              <Link to="/poams" search={filters}>
                All {countWords(count)} in the list
              </Link>
            ) : null}
          </>
        )}
      </Loaded>
    </section>
  );
};

export const BoardPage = () => {
  const { system } = useSearch({ strict: false });
  const mayEdit = useMay('poam:write');
  const [moved, setMoved] = useState<PoamRow>();
  return (
    <div className={styles['page']}>
      <div className={styles['head']}>
        <PageTitle title="POA&Ms by due date" />
        <Link to="/poams">List</Link>
      </div>
      <div className={styles['board']} tabIndex={0} role="region" aria-label="POA&Ms by due date">
        {columns.map(({ title, filters }) => (
          <Column
            key={title}
            title={title}
            filters={{ ...filters, ...(system === undefined ? {} : { system }) }}
            onMove={mayEdit ? setMoved : undefined}
          />
        ))}
      </div>
      {moved ? <DateDialog row={moved} onClose={() => setMoved(undefined)} /> : null}
    </div>
  );
};
