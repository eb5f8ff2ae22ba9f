import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Count } from '../../api/lists.ts';
import { tell } from '../notice.tsx';
import type { ListColumn, ListSpec } from './list-spec.ts';
import styles from './list.module.css';
import { type Selection, useSelectionSize } from './selection.ts';
import { countWords } from './use-rows.ts';

const cleaned = (text: string): string => text.replaceAll(/[\t\r\n]+/g, ' ');

function asText<Row>(rows: readonly Row[], columns: readonly ListColumn<Row>[]): string {
  const lines = rows.map((row) => columns.map((column) => cleaned(column.text(row))).join('\t'));
  return [columns.map((column) => column.title).join('\t'), ...lines].join('\n');
}

/** What may be done with what is selected. `actions` are the page's own. */
export const BulkBar = <Row,>({
  spec,
  columns,
  selection,
  rows,
  count,
  actions,
}: {
  readonly spec: ListSpec<Row>;
  readonly columns: readonly ListColumn<Row>[];
  readonly selection: Selection;
  readonly rows: readonly Row[];
  readonly count: Count | undefined;
  readonly actions?: ReactNode;
}) => {
  const size = useSelectionSize(selection);
  if (size === 0) return null;
  const many = spec.words.many;
  const copy = (): void => {
    const chosen = rows.filter((row) => selection.has(spec.keyOf(row)));
    void navigator.clipboard
      .writeText(asText(chosen, columns))
      .then(() => tell(`${chosen.length} rows were copied.`));
  };
  const moreMatch = size !== 'all' && size >= rows.length && count !== undefined && count.count > size;
  return (
    <div className={`${styles['bar']} ${styles['bulk']}`} role="status">
      <span className="strong">
        {size === 'all' ? `All ${countWords(count)} ${many} that match` : `${size} selected`}
      </span>
      {moreMatch ? (
        <Button variant="default" onClick={() => selection.selectAllThatMatch()}>
          Select all {countWords(count)} that match
        </Button>
      ) : null}
      {actions}
      {size === 'all' ? null : (
        <Button variant="default" onClick={copy}>
          Copy as text
        </Button>
      )}
      <Button variant="subtle" onClick={() => selection.clear()}>
        Clear
      </Button>
    </div>
  );
};
