/** Tables: header cells with their scope, rows that break over pages, the head repeated on each. */
import { type Cell, textOf, toneOf, type TableBlock } from './blocks.ts';
import type { Element, Press } from './press.ts';
import { colors, leading, type Style, styleOf } from './type-setter.ts';

const size = 7.6;
const pad = { x: 4, y: 3 };
const headStyle: Style = { face: 'bold', size, color: '#ffffff' };
const titleStyle: Style = { face: 'bold', size: 9, color: colors.head };

interface Place {
  readonly x: number;
  readonly width: number;
  readonly align: 'right' | undefined;
}

/** Columns by their shares; none is narrower than the longest word of its title. */
function placesOf({ columns, isNarrow }: TableBlock, press: Press): readonly Place[] {
  const whole = isNarrow ? press.width * 0.55 : press.width;
  const least = columns.map(
    ({ title }) =>
      Math.max(...title.split(' ').map((word) => press.letters.widthOf(word, headStyle))) + 2 * pad.x + 1,
  );
  let held = new Set<number>();
  let widths: readonly number[] = [];
  // A column that is held at its least leaves less to the others, which may then be too narrow in their turn.
  for (let isSettled = false; !isSettled;) {
    const free = whole - [...held].reduce((sum, index) => sum + (least[index] ?? 0), 0);
    const shares = columns.reduce((sum, { share }, index) => (held.has(index) ? sum : sum + share), 0);
    widths = columns.map(({ share }, index) =>
      held.has(index) ? (least[index] ?? 0) : (free * share) / shares,
    );
    const narrow = widths.flatMap((width, index) => (width < (least[index] ?? 0) ? [index] : []));
    isSettled = narrow.length === 0 || held.size + narrow.length >= columns.length;
    held = new Set([...held, ...narrow]);
  }
  let x = press.frame.left;
  return columns.map(({ align }, index) => {
    const place = { x, width: widths[index] ?? 0, align };
    x += place.width;
    return place;
  });
}

interface SetRow {
  readonly cells: readonly { readonly lines: readonly string[]; readonly style: Style }[];
  readonly lines: number;
}

function set(press: Press, places: readonly Place[], cells: readonly Cell[], isHead: boolean): SetRow {
  const made = places.map(({ width }, index) => {
    const cell = cells[index] ?? null;
    const style = isHead ? headStyle : styleOf(toneOf(cell), size);
    return { lines: press.letters.linesOf(textOf(cell), style, width - 2 * pad.x), style };
  });
  return { cells: made, lines: Math.max(...made.map(({ lines }) => lines.length)) };
}

const heightOf = (lines: number): number => lines * leading(headStyle) + 2 * pad.y;

/** Draws some lines of a row. @param cellOf the element of a cell; undefined: what repeats. */
function drawRow(
  press: Press,
  places: readonly Place[],
  {
    row,
    from,
    lines,
    cellOf,
  }: {
    readonly row: SetRow;
    readonly from: number;
    readonly lines: number;
    readonly cellOf: (index: number) => Element | undefined;
  },
): void {
  for (const [index, place] of places.entries()) {
    const cell = row.cells[index];
    const shown = cell?.lines.slice(from, from + lines) ?? [];
    const write = (): void => {
      if (cell)
        press.write(
          shown,
          { x: place.x + pad.x, y: press.y + pad.y, width: place.width - 2 * pad.x, align: place.align },
          cell.style,
        );
    };
    const element = cellOf(index);
    if (element) press.within(element, write);
    else write();
  }
  press.y += heightOf(lines);
}

const endOf = (places: readonly Place[]): number => {
  const last = places.at(-1);
  return last ? last.x + last.width : 0;
};

const shade = (press: Press, places: readonly Place[], height: number, color: string): void => {
  press.document.rect(press.frame.left, press.y, endOf(places) - press.frame.left, height).fill(color);
};

function drawHead(press: Press, places: readonly Place[], head: SetRow, into: Element | undefined): void {
  const height = heightOf(head.lines);
  press.artifact('Layout', () => shade(press, places, height, colors.head));
  if (into === undefined) {
    press.artifact('Pagination', () =>
      drawRow(press, places, { row: head, from: 0, lines: head.lines, cellOf: () => undefined }),
    );
    return;
  }
  const row = press.element('TR', {}, press.element('THead', {}, into));
  drawRow(press, places, {
    row: head,
    from: 0,
    lines: head.lines,
    cellOf: () => press.element('TH', { scope: 'Column' }, row),
  });
}

function rule(press: Press, places: readonly Place[]): void {
  press.artifact('Layout', () => {
    press.document
      .moveTo(press.frame.left, press.y)
      .lineTo(endOf(places), press.y)
      .lineWidth(0.4)
      .strokeColor(colors.rule)
      .stroke();
  });
}

/** One row; where it is higher than what is left, and than half a page, it continues on the next. */
function drawBodyRow(
  press: Press,
  places: readonly Place[],
  head: SetRow,
  { row, into, isShaded }: { readonly row: SetRow; readonly into: Element; readonly isShaded: boolean },
): void {
  const mostWhole = (press.frame.bottom - press.frame.top) / 2;
  const repeatHead = (): void => drawHead(press, places, head, undefined);
  if (heightOf(row.lines) <= mostWhole && press.room(heightOf(row.lines))) repeatHead();
  const element = press.element('TR', {}, into);
  const cells = places.map((_, index) =>
    press.element(index === 0 ? 'TH' : 'TD', index === 0 ? { scope: 'Row' } : {}, element),
  );
  let from = 0;
  while (from < row.lines) {
    if (press.room(heightOf(1))) repeatHead();
    const fit = Math.floor((press.frame.bottom - press.y - 2 * pad.y) / leading(headStyle));
    const lines = Math.min(row.lines - from, Math.max(1, fit));
    if (isShaded) press.artifact('Layout', () => shade(press, places, heightOf(lines), colors.shade));
    drawRow(press, places, { row, from, lines, cellOf: (index) => cells[index] });
    from += lines;
  }
  element.end();
}

/** Prints a table. @param signal ends it between rows. */
export function printTable(press: Press, block: TableBlock, signal: AbortSignal): void {
  const { title, columns, rows, empty } = block;
  const places = placesOf(block, press);
  const head = set(
    press,
    places,
    columns.map((column) => column.title),
    true,
  );
  const titleLines = title === '' ? [] : press.letters.linesOf(title, titleStyle, press.width);
  const [first] = rows;
  const firstHeight = first
    ? heightOf(set(press, places, first, false).lines)
    : leading(styleOf('quiet', size)) + 6;
  const isShort = rows.length <= 4;
  const allHeight = isShort
    ? rows.reduce((sum, row) => sum + heightOf(set(press, places, row, false).lines), 0)
    : 0;
  const least = Math.min(Math.max(firstHeight, allHeight), (press.frame.bottom - press.frame.top) / 2);
  press.room(titleLines.length * leading(titleStyle) + 4 + heightOf(head.lines) + least);
  if (rows.length === 0) {
    printEmpty(press, titleLines, empty);
    return;
  }
  const table = press.element('Table');
  if (titleLines.length > 0) {
    press.within(press.element('Caption', {}, table), () =>
      press.write(titleLines, { x: press.frame.left, y: press.y, width: press.width }, titleStyle),
    );
    press.y += titleLines.length * leading(titleStyle) + 3;
  }
  drawHead(press, places, head, table);
  const body = press.element('TBody', {}, table);
  for (const [index, row] of rows.entries()) {
    if (index % 200 === 0) signal.throwIfAborted();
    drawBodyRow(press, places, head, {
      row: set(press, places, row, false),
      into: body,
      isShaded: index % 2 === 1,
    });
  }
  rule(press, places);
  table.end();
  press.y += 12;
}

function printEmpty(press: Press, titleLines: readonly string[], empty: string): void {
  const style = styleOf('quiet', 8.6);
  if (titleLines.length > 0) {
    press.within(press.element('P'), () =>
      press.write(titleLines, { x: press.frame.left, y: press.y, width: press.width }, titleStyle),
    );
    press.y += titleLines.length * leading(titleStyle) + 2;
  }
  const lines = press.letters.linesOf(empty, style, press.width);
  press.within(press.element('P'), () =>
    press.write(lines, { x: press.frame.left, y: press.y, width: press.width }, style),
  );
  press.y += lines.length * leading(style) + 10;
}
