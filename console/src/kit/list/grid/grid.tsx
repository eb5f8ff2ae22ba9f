/** The table of a list: virtual rows of one height, one tab stop, keys and clicks handled once for all rows. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import { densityPreference } from '../../preference.ts';
import { useColumns } from '../columns.ts';
import { GridHeader } from './grid-header.tsx';
import { GridRow, SkeletonRows } from './grid-row.tsx';
import { useGridKeys } from './grid-keys.ts';
import type { GridProps } from './grid-props.ts';
import styles from '../list.module.css';
import { useSelectionSize } from '../selection.ts';

const heights = { compact: 28, normal: 32, comfortable: 40 };
/** Where each list was scrolled to, by its address, for the way back. */
const scrolledTo = new Map<string, number>();

function useScroll(rows: number, height: number, loadMore: (() => void) | undefined) {
  const element = useRef<HTMLDivElement>(null);
  const address = location.pathname.split('/')[1] + location.search;
  const virtualizer = useVirtualizer({
    count: rows,
    getScrollElement: () => element.current,
    estimateSize: () => height,
    overscan: 10,
    initialOffset: () => scrolledTo.get(address) ?? 0,
    scrollPaddingStart: 32,
    useFlushSync: false,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, height]);
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows > 0 && last >= rows - 30) loadMore?.();
  }, [last, rows, loadMore]);
  return {
    element,
    virtualizer,
    items,
    remember: () => scrolledTo.set(address, element.current?.scrollTop ?? 0),
  };
}

export const Grid = <Row,>(props: GridProps<Row>) => {
  const { spec, state, rows, selection, openKey, loading } = props;
  const height = heights[densityPreference.use()];
  const { shown, columns, template, width } = useColumns(spec, state.columns);
  const [active, setActive] = useState(0);
  const { element, virtualizer, items, remember } = useScroll(rows.length, height, props.loadMore);
  const keys = useMemo(() => rows.map(spec.keyOf), [rows, spec]);
  const handlers = useGridKeys({ ...props, keys, active, setActive, virtualizer, element });
  const size = useSelectionSize(selection);
  const selected = size === 'all' || (size >= rows.length && size > 0) ? 'all' : size > 0 ? 'some' : 'none';
  return (
    <div
      ref={element}
      className={`${styles['scroll']} ${loading === 'again' ? styles['loading'] : ''}`}
      style={{ '--columns': template, '--list-width': `max(100%, ${width}px)` } as React.CSSProperties} // variables of ours
      role="grid"
      aria-label={props.label}
      aria-rowcount={props.complete ? rows.length + 1 : -1}
      aria-multiselectable="true"
      aria-busy={loading !== undefined}
      onScroll={remember}
      {...handlers}
    >
      <GridHeader
        shown={shown}
        sort={state.sort ?? props.defaultSort}
        onSort={state.setSort}
        selected={selected}
        onSelectAll={() => (selected === 'all' ? selection.clear() : selection.selectLoaded(keys))}
      />
      <div
        className={styles['canvas']}
        role="rowgroup"
        style={{ height: loading === 'first' ? 16 * height : virtualizer.getTotalSize() }}
      >
        {loading === 'first' ? <SkeletonRows columns={columns.length} height={height} /> : null}
        {items.map(({ index, start }) => {
          const row = rows[index];
          const key = keys[index];
          return row === undefined || key === undefined ? null : (
            <GridRow
              key={key}
              spec={spec}
              row={row}
              index={index}
              top={start}
              columns={columns}
              selection={selection}
              active={index === active}
              open={key === openKey}
            />
          );
        })}
      </div>
    </div>
  );
};
