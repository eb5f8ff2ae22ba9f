/**
 * The rows that are in sight. It alone is drawn again while one scrolls. Elements are used again for other rows instead of being made anew, which
 * halves the work of a frame: hence the key by place.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useImperativeHandle, useRef } from 'react';
import type { ListColumn, ListSpec } from '../list-spec.ts';
import styles from '../list.module.css';
import type { Selection } from '../selection.ts';
import { GridRow, SkeletonRows } from './grid-row.tsx';

const overscan = 10;
/** More elements than are ever in sight, in steps, so that a row keeps its element while it stays. */
const poolFor = (shown: number): number => Math.ceil((shown + 1) / 32) * 32;
/** Where each list was scrolled to, by its address, for the way back. */
const scrolledTo = new Map<string, number>();

export interface Scroller {
  readonly scrollToIndex: (index: number) => void;
  readonly remember: () => void;
}

interface Props<Row> {
  readonly element: RefObject<HTMLDivElement | null>;
  readonly scroller: RefObject<Scroller | null>;
  readonly spec: ListSpec<Row>;
  readonly rows: readonly Row[];
  readonly keys: readonly string[];
  readonly columns: readonly ListColumn<Row>[];
  readonly selection: Selection;
  readonly active: number;
  readonly openKey: string | undefined;
  readonly height: number;
  readonly loading: boolean;
  readonly loadMore: (() => void) | undefined;
}

function useRowsInSight<Row>({ element, scroller, rows, height, loadMore }: Props<Row>) {
  const address = useRef(location.pathname.split('/')[1] + location.search);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => element.current,
    estimateSize: () => height,
    overscan,
    initialOffset: () => scrolledTo.get(address.current) ?? 0,
    scrollPaddingStart: 32,
    useFlushSync: false,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, height]);
  useImperativeHandle(
    scroller,
    () => ({
      scrollToIndex: (index) => virtualizer.scrollToIndex(index),
      remember: () => scrolledTo.set(address.current, element.current?.scrollTop ?? 0),
    }),
    [virtualizer, element],
  );
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && last >= rows.length - 30) loadMore?.();
  }, [last, rows.length, loadMore]);
  return { items, total: virtualizer.getTotalSize() };
}

export const GridRows = <Row,>(props: Props<Row>) => {
  const { spec, rows, keys, columns, selection, active, openKey, height, loading } = props;
  const { items, total } = useRowsInSight(props);
  const pool = poolFor(items.length);
  return (
    <div className={styles['canvas']} role="rowgroup" style={{ height: loading ? 16 * height : total }}>
      {loading ? <SkeletonRows columns={columns.length} height={height} /> : null}
      {items.map(({ index, start }) => {
        const row = rows[index];
        return row === undefined ? null : (
          <GridRow
            key={index % pool}
            spec={spec}
            row={row}
            index={index}
            top={start}
            columns={columns}
            selection={selection}
            active={index === active}
            open={keys[index] === openKey}
          />
        );
      })}
    </div>
  );
};
