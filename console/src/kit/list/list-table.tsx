/** The table of a list, with what stands in its place when it is empty, and the bars below it. */
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { definitionQuery } from '../../api/lists.ts';
import type { Search } from '../search.ts';
import { BulkBar } from './bulk-bar.tsx';
import { type CellAt, CellMenu } from './cell-menu.tsx';
import { usualColumns } from './columns.ts';
import { Grid } from './grid/grid.tsx';
import type { ListPageProps } from './list-page-props.ts';
import styles from './list.module.css';
import type { ListState } from './list-state.ts';
import { EmptyList, ListProblem } from './list-states.tsx';
import type { Selection } from './selection.ts';
import { countWords, mostRows, useRows } from './use-rows.ts';

interface Props<Row> {
  readonly props: ListPageProps<Row>;
  readonly state: ListState;
  readonly filters: Search;
  readonly selection: Selection;
}

/** Opens a row beside the list where the list is a page of its own, else as a page. */
function useOpen<Row>({ spec, title, openKey }: ListPageProps<Row>) {
  const router = useRouter();
  return (row: Row, how: 'drawer' | 'page'): void => {
    const beside = title !== undefined && how === 'drawer' && spec.opensPage !== true;
    void router.navigate({
      to: spec.hrefOf(row),
      search: beside ? (before) => ({ ...before, from: 'list' }) : {},
      replace: beside && openKey !== undefined,
      resetScroll: false,
    });
  };
}

const Bottom = <Row,>({ props, state, filters, selection }: Props<Row>) => {
  const { spec } = props;
  const { rows, count } = useRows<Row>(spec.noun, filters, state.sort);
  const columns = useMemo(() => {
    const ids = state.columns ?? usualColumns(spec);
    return ids.flatMap((id) => spec.columns.filter((column) => column.id === id));
  }, [spec, state.columns]);
  return (
    <>
      {rows.length >= mostRows ? (
        <p className={styles['foot']} role="status">
          {rows.length.toLocaleString('en')} of {countWords(count)} shown: narrow the filter or export.
        </p>
      ) : null}
      <BulkBar
        spec={spec}
        columns={columns}
        selection={selection}
        rows={rows}
        count={count}
        actions={props.bulk?.(selection)}
      />
    </>
  );
};

const Empty = <Row,>({ props, state, filters }: Omit<Props<Row>, 'selection'>) => (
  <EmptyList
    filters={Object.fromEntries(
      Object.entries(filters).filter(([name]) => props.fixed?.[name] === undefined),
    )}
    definition={useQuery(definitionQuery(props.spec.noun)).data}
    state={state}
    many={props.spec.words.many}
    nothingTitle={props.spec.words.nothingTitle}
    nothingYet={props.spec.words.nothingYet}
  />
);

/** What the rows on the screen were asked by: old rows stay as they lie until the new ones are there. */
function useShownBy(asked: string, areOld: boolean): string {
  const [shownBy, setShownBy] = useState(asked);
  if (!areOld && shownBy !== asked) setShownBy(asked);
  return areOld ? shownBy : asked;
}

export const ListTable = <Row,>(parts: Props<Row>) => {
  const { props, state, filters, selection } = parts;
  const { spec } = props;
  const definition = useQuery(definitionQuery(spec.noun)).data;
  const { query, rows, loadMore } = useRows<Row>(spec.noun, filters, state.sort);
  const [cell, setCell] = useState<CellAt<Row>>();
  const open = useOpen(props);
  const { isPlaceholderData, isPending } = query;
  const shownBy = useShownBy(JSON.stringify([filters, state.sort]), isPlaceholderData);
  if (query.isSuccess && rows.length === 0 && !isPlaceholderData) return <Empty {...parts} />;
  return (
    <div className={styles['list']} style={{ flex: 1 }}>
      <div className={styles['body']}>
        {isPlaceholderData ? <div className={styles['progress']} /> : null}
        <Grid
          key={shownBy}
          spec={spec}
          state={state}
          defaultSort={definition?.defaultSort ?? ''}
          rows={rows}
          label={props.title ?? spec.words.many}
          complete={!query.hasNextPage}
          loading={isPending ? 'first' : isPlaceholderData ? 'again' : undefined}
          loadMore={loadMore}
          selection={selection}
          openKey={props.openKey}
          onOpen={open}
          onCellMenu={(row, id, at) => {
            const column = spec.columns.find((each) => each.id === id);
            if (column) setCell({ row, column, ...at });
          }}
        />
      </div>
      {cell ? <CellMenu at={cell} state={state} onClose={() => setCell(undefined)} /> : null}
      {query.isError ? <ListProblem error={query.error} onRetry={() => void query.refetch()} /> : null}
      <Bottom {...parts} />
    </div>
  );
};
