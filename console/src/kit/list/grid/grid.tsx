/** The table of a list: virtual rows of one height, one tab stop, keys and clicks handled once for all rows. */
import { useMemo, useRef, useState } from 'react';
import { densityPreference } from '../../preference.ts';
import { useColumns } from '../columns.ts';
import styles from '../list.module.css';
import { useSelectionSize } from '../selection.ts';
import { GridHeader } from './grid-header.tsx';
import { useGridKeys } from './grid-keys.ts';
import type { GridProps } from './grid-props.ts';
import { GridRows, type Scroller } from './grid-rows.tsx';

const heights = { compact: 28, normal: 32, comfortable: 40 };

export const Grid = <Row,>(props: GridProps<Row>) => {
  const { spec, state, rows, selection, openKey, loading } = props;
  const { shown, columns, template, width } = useColumns(spec, state.columns);
  const [active, setActive] = useState(0);
  const element = useRef<HTMLDivElement>(null);
  const scroller = useRef<Scroller>(null);
  const keys = useMemo(() => rows.map(spec.keyOf), [rows, spec]);
  const handlers = useGridKeys({ ...props, keys, active, setActive, scroller, element });
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
      onScroll={() => scroller.current?.remember()}
      {...handlers}
    >
      <GridHeader
        shown={shown}
        sort={state.sort ?? props.defaultSort}
        onSort={state.setSort}
        selected={selected}
        onSelectAll={() => (selected === 'all' ? selection.clear() : selection.selectLoaded(keys))}
      />
      <GridRows
        element={element}
        scroller={scroller}
        spec={spec}
        rows={rows}
        keys={keys}
        columns={columns}
        selection={selection}
        active={active}
        openKey={openKey}
        height={heights[densityPreference.use()]}
        loading={loading === 'first'}
        loadMore={props.loadMore}
      />
    </div>
  );
};
