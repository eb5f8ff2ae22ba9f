/** "Only this", "not this" at a cell: the context menu of a row. */
import { Menu } from '@mantine/core';
import type { ListColumn } from './list-spec.ts';
import type { ListState } from './list-state.ts';

export interface CellAt<Row> {
  readonly row: Row;
  readonly column: ListColumn<Row>;
  readonly x: number;
  readonly y: number;
}

export const CellMenu = <Row,>({
  at,
  state,
  onClose,
}: {
  readonly at: CellAt<Row>;
  readonly state: ListState;
  readonly onClose: () => void;
}) => {
  const filter = at.column.filter?.(at.row);
  const text = at.column.text(at.row);
  return (
    <Menu opened onClose={onClose} position="bottom-start">
      <Menu.Target>
        <span style={{ position: 'fixed', left: at.x, top: at.y }} />
      </Menu.Target>
      <Menu.Dropdown>
        {filter ? (
          <>
            <Menu.Item onClick={() => state.setFilter(filter[0], filter[1])}>Only {text}</Menu.Item>
            {filter[1] === 'none' ? null : (
              <Menu.Item onClick={() => state.setFilter(filter[0], `!${filter[1]}`)}>Not {text}</Menu.Item>
            )}
          </>
        ) : null}
        <Menu.Item onClick={() => void navigator.clipboard.writeText(text)}>Copy</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
};
