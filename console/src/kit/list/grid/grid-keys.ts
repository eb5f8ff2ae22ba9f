/** Keys and clicks of a grid, delegated from its root: no handler is made per row. */
import type { RefObject } from 'react';
import { useKeys } from '../../keys.ts';
import type { GridProps } from './grid-props.ts';
import type { Scroller } from './grid-rows.tsx';

interface Moving<Row> extends GridProps<Row> {
  readonly keys: readonly string[];
  readonly active: number;
  readonly setActive: (index: number) => void;
  readonly scroller: RefObject<Scroller | null>;
  readonly element: RefObject<HTMLDivElement | null>;
}

const rowOf = (target: EventTarget | null): number | undefined => {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null;
  return row?.dataset['index'] === undefined ? undefined : Number(row.dataset['index']);
};
const isControl = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('a, button, input') !== null;

function movesOf<Row>(grid: Moving<Row>) {
  const { rows, keys, active, setActive, scroller, element, selection, onOpen, openKey } = grid;
  return {
    goTo: (index: number): void => {
      const next = Math.max(0, Math.min(rows.length - 1, index));
      const row = rows[next];
      if (row === undefined) return;
      setActive(next);
      scroller.current?.scrollToIndex(next);
      if (openKey !== undefined) onOpen(row, 'drawer');
      requestAnimationFrame(() =>
        element.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus({ preventScroll: true }),
      );
    },
    toggle: (range: boolean): void => {
      const key = keys[active];
      if (key !== undefined) selection.toggle(key, active, keys, range);
    },
    open: (): void => {
      const row = rows[active];
      if (row !== undefined) onOpen(row, keys[active] === openKey ? 'page' : 'drawer');
    },
    hasFocus: (): boolean => element.current?.contains(document.activeElement) === true,
  };
}

/** A click selects at the checkbox, follows a link, and else opens the row. */
function click<Row>(grid: Moving<Row>, event: React.MouseEvent): void {
  const index = rowOf(event.target);
  const row = index === undefined ? undefined : grid.rows[index];
  const key = index === undefined ? undefined : grid.keys[index];
  if (index === undefined || row === undefined || key === undefined) return;
  grid.setActive(index);
  const target = event.target as Element; // a click of the mouse or keyboard is on an element
  if (target.closest('[role="gridcell"]:first-child'))
    grid.selection.toggle(key, index, grid.keys, event.shiftKey);
  else if (!isControl(target) && getSelection()?.isCollapsed !== false) grid.onOpen(row, 'drawer');
}

function cellMenu<Row>(grid: Moving<Row>, event: React.MouseEvent): void {
  const index = rowOf(event.target);
  const row = index === undefined ? undefined : grid.rows[index];
  const column = (event.target as Element).closest<HTMLElement>('[data-column]')?.dataset['column']; // as above
  if (row === undefined || column === undefined || !grid.onCellMenu || isControl(event.target)) return;
  event.preventDefault();
  grid.onCellMenu(row, column, { x: event.clientX, y: event.clientY });
}

export function useGridKeys<Row>(grid: Moving<Row>) {
  const { rows, active, selection } = grid;
  const { goTo, toggle, open, hasFocus } = movesOf(grid);
  useKeys('This list', [
    { press: 'j', does: 'Next row', run: () => goTo(hasFocus() ? active + 1 : active) },
    { press: 'k', does: 'Row before', run: () => goTo(active - 1) },
    { press: 'o', does: 'Open the row; again: its page', run: open },
    { press: 'x', does: 'Select the row', run: () => toggle(false) },
    { press: 'Shift+X', does: 'Select to here', run: () => toggle(true) },
  ]);
  const moves: Record<string, () => void> = {
    ArrowDown: () => goTo(active + 1),
    ArrowUp: () => goTo(active - 1),
    PageDown: () => goTo(active + 20),
    PageUp: () => goTo(active - 20),
    Home: () => goTo(0),
    End: () => goTo(rows.length - 1),
    Enter: open,
    ' ': () => toggle(false),
  };
  return {
    onKeyDown: (event: React.KeyboardEvent): void => {
      if (isControl(event.target)) return;
      if ((event.ctrlKey || event.metaKey) && event.key === 'a') {
        event.preventDefault();
        selection.selectAllThatMatch();
        return;
      }
      const move = event.ctrlKey || event.metaKey || event.altKey ? undefined : moves[event.key];
      if (!move) return;
      event.preventDefault();
      move();
    },
    onClick: (event: React.MouseEvent): void => click(grid, event),
    onContextMenu: (event: React.MouseEvent): void => cellMenu(grid, event),
  };
}
