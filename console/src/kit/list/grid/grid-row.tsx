/** One row. Native elements only: with a component library's checkbox and badge a frame took twice as long (console.md f.3). */
import { memo } from 'react';
import type { ListColumn, ListSpec } from '../list-spec.ts';
import styles from '../list.module.css';
import { type Selection, useSelected } from '../selection.ts';

export interface RowProps<Row> {
  readonly spec: ListSpec<Row>;
  readonly row: Row;
  readonly index: number;
  readonly top: number;
  readonly columns: readonly ListColumn<Row>[];
  readonly selection: Selection;
  readonly active: boolean;
  readonly open: boolean;
}

function PlainRow<Row>({ spec, row, index, top, columns, selection, active, open }: RowProps<Row>) {
  const key = spec.keyOf(row);
  const selected = useSelected(selection, key);
  return (
    <div
      role="row"
      className={styles['row']}
      style={{ transform: `translateY(${top}px)` }}
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-index={index}
      data-open={open}
      tabIndex={active ? 0 : -1}
    >
      <div role="gridcell" className={styles['check']}>
        <input
          type="checkbox"
          tabIndex={-1}
          checked={selected}
          readOnly
          data-check
          aria-label={`Select ${spec.nameOf(row)}`}
        />
      </div>
      {columns.map((column) => (
        <div
          key={column.id}
          role="gridcell"
          className={styles['cell']}
          data-end={column.align === 'end'}
          data-column={column.id}
        >
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}

export const GridRow = memo(PlainRow) as typeof PlainRow; // memo loses the type parameter

export const SkeletonRows = ({ columns, height }: { readonly columns: number; readonly height: number }) => (
  <div aria-hidden="true">
    {Array.from({ length: 16 }, (_, index) => (
      <div key={index} className={styles['row']} style={{ transform: `translateY(${index * height}px)` }}>
        {Array.from({ length: columns + 1 }, (__, cell) => (
          <div key={cell} className={`${styles['cell']} ${styles['skeleton']}`}>
            <span />
          </div>
        ))}
      </div>
    ))}
  </div>
);
