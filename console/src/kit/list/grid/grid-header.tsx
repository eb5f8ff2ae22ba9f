import type { ShownColumn } from '../columns.ts';
import styles from '../list.module.css';

interface Props<Row> {
  readonly shown: readonly ShownColumn<Row>[];
  readonly sort: string;
  readonly onSort: (sort: string) => void;
  /** Which of the loaded rows are selected. */
  readonly selected: 'none' | 'some' | 'all';
  readonly onSelectAll: () => void;
}

function directionOf(name: string | undefined, sort: string): 'ascending' | 'descending' | undefined {
  if (name === undefined || sort.replace(/^-/, '') !== name) return undefined;
  return sort.startsWith('-') ? 'descending' : 'ascending';
}

const HeadCell = <Row,>({
  column,
  resize,
  sort,
  onSort,
}: ShownColumn<Row> & Pick<Props<Row>, 'sort' | 'onSort'>) => {
  const direction = directionOf(column.sort, sort);
  const { sort: name } = column;
  return (
    <div
      role="columnheader"
      className={styles['headCell']}
      data-end={column.align === 'end'}
      aria-sort={name === undefined ? undefined : (direction ?? 'none')}
      title={column.meaning}
    >
      {name === undefined ? (
        <span className="cut">{column.title}</span>
      ) : (
        <button
          type="button"
          className={styles['sort']}
          onClick={() => onSort(direction === 'descending' ? name : `-${name}`)}
        >
          <span className="cut">{column.title}</span>
          <span aria-hidden="true">
            {direction === undefined ? '' : direction === 'ascending' ? '↑' : '↓'}
          </span>
        </button>
      )}
      <span
        className={styles['resize']}
        aria-hidden="true"
        onMouseDown={(event) => resize(event)}
        onTouchStart={(event) => resize(event)}
      />
    </div>
  );
};

export const GridHeader = <Row,>({ shown, sort, onSort, selected, onSelectAll }: Props<Row>) => (
  <div role="row" className={styles['header']} aria-rowindex={1}>
    <div role="columnheader" className={styles['check']}>
      <input
        type="checkbox"
        aria-label="Select all rows that are loaded"
        checked={selected === 'all'}
        ref={(box) => {
          if (box) box.indeterminate = selected === 'some';
        }}
        onChange={onSelectAll}
      />
    </div>
    {shown.map(({ column, resize }) => (
      <HeadCell key={column.id} column={column} resize={resize} sort={sort} onSort={onSort} />
    ))}
  </div>
);
