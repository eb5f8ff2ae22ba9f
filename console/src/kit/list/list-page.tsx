/** One list for every noun: title with count, views, filters, columns, export, table, bulk bar; and a drawer beside it. */
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { definitionQuery } from '../../api/lists.ts';
import { viewsQuery } from '../../api/views.ts';
import { useKeys } from '../keys.ts';
import type { Search } from '../search.ts';
import { PageTitle } from '../page-title.tsx';
import { ColumnsMenu } from './columns-menu.tsx';
import { ExportMenu } from './export-menu.tsx';
import { FilterBar } from './filter-bar.tsx';
import type { ListPageProps } from './list-page-props.ts';
import { type ListState, useListState } from './list-state.ts';
import { ListTable } from './list-table.tsx';
import styles from './list.module.css';
import { Selection } from './selection.ts';
import { countWords, useRows } from './use-rows.ts';
import { ViewStrip } from './view-strip.tsx';
import { ViewsMenu } from './views-menu.tsx';

/** The list's filters that this noun knows; the boundary is dropped where it has no such filter. */
function useFilters(state: ListState, known: Readonly<Record<string, unknown>> | undefined): Search {
  const text = JSON.stringify(state.filters);
  return useMemo(() => {
    const filters = JSON.parse(text) as Search; // what was written a line before
    if (known && !('system' in known)) delete (filters as Record<string, unknown>)['system'];
    return filters;
  }, [text, known]);
}

function useListKeys(selection: Selection): void {
  const press = (attribute: string): void => document.querySelector<HTMLElement>(`[${attribute}]`)?.focus();
  useKeys('Filters', [
    {
      press: '/',
      does: 'Search in this list',
      run: (event) => (event.preventDefault(), press('data-list-search')),
    },
    {
      press: 'f',
      does: 'Add a filter',
      run: (event) => {
        event.preventDefault();
        document.querySelector<HTMLElement>('[data-list-add-filter]')?.click();
      },
    },
    { press: 'Escape', does: 'Clear the selection', run: () => selection.clear() },
  ]);
}

/** A list that is opened without a word begins with the view that its reader, or their role, has chosen. */
function useBeginning(noun: string, state: ListState, isWhole: boolean): void {
  const { data } = useQuery({ ...viewsQuery(noun), enabled: isWhole });
  const mayBegin = useRef(state.isBare && isWhole);
  useEffect(() => {
    if (!data || !mayBegin.current) return;
    mayBegin.current = false;
    const view = data.items.find(({ id }) => id === data.begins);
    if (view && state.isBare) state.apply(view.query, true);
  }, [data, state]);
}

export const ListPage = <Row,>(props: ListPageProps<Row>) => {
  const { spec, title } = props;
  const state = useListState(props.fixed);
  const definition = useQuery(definitionQuery(spec.noun)).data;
  const filters = useFilters(state, definition?.filters);
  const { count } = useRows<Row>(spec.noun, filters, state.sort);
  const [selection] = useState(() => new Selection());
  // A page that is gone to shows its title and filters first: the table is most of the work.
  const isTableDue = useDeferredValue(true, false);
  const filterText = JSON.stringify(filters);
  useEffect(() => selection.clear(), [selection, filterText]);
  useListKeys(selection);
  useBeginning(spec.noun, state, title !== undefined && props.openKey === undefined);
  return (
    <div className={styles['list']}>
      {title === undefined ? null : (
        <div className={styles['head']}>
          <PageTitle title={title} />
          <span className="quiet" role="status">
            {countWords(count)}
          </span>
          <div className={styles['headTools']}>{props.tools}</div>
        </div>
      )}
      {props.nav === undefined ? null : <div className={styles['strip']}>{props.nav}</div>}
      <div className={styles['tools']}>
        <FilterBar
          definition={definition}
          state={state}
          fixed={props.fixed === undefined ? undefined : Object.keys(props.fixed)}
          searchLabel={`Search ${spec.words.many}`}
        />
        <div className={styles['toolButtons']}>
          {title === undefined ? <span className="quiet">{countWords(count)}</span> : null}
          {title === undefined ? null : <ViewsMenu spec={spec} state={state} />}
          <ColumnsMenu spec={spec} state={state} />
          <ExportMenu spec={spec} state={state} sort={state.sort} count={count} />
        </div>
      </div>
      {title !== undefined && spec.viewStrip === true ? (
        <div className={styles['strip']}>
          <ViewStrip spec={spec} state={state} />
        </div>
      ) : null}
      {props.strip ? <div className={styles['strip']}>{props.strip(state)}</div> : null}
      <div className={styles['body']}>
        {props.instead?.(state, filters) ??
          (isTableDue ? (
            <ListTable props={props} state={state} filters={filters} selection={selection} />
          ) : null)}
        {props.drawer}
      </div>
    </div>
  );
};
