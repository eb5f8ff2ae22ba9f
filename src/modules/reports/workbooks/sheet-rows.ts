/**
 * Rows of a sheet that is filled: kept, rewritten, inserted or appended. What lies below an inserted row moves down: its numbers, merged
 * cells and the ranges of lists and formats follow. Nothing else of the sheet is touched. Pure.
 */
import { columnLetters } from '../../../platform/workbooks/index.ts';
import { type CellValue, cellXml } from './cells.ts';
import type { Sheet, SheetRow } from './package-parts.ts';

/** By 1-based column. */
export type NewCells = ReadonlyMap<number, CellValue>;

export interface FilledRows {
  /** XML of all rows, in order. */
  readonly rows: readonly string[];
  readonly lastRow: number;
  /** Where a row of the workbook is now. */
  readonly numberOf: (row: number) => number;
  /** Rows that lost a formula because they moved. */
  readonly losing: readonly number[];
  /** Numbers of appended rows, in the order of what was appended. */
  readonly appended: readonly number[];
  /** Numbers of inserted rows, by the row above which they follow. */
  readonly inserted: ReadonlyMap<number, readonly number[]>;
}

export interface RowPlan {
  /** Rows of which cells change. */
  readonly changed: ReadonlyMap<number, NewCells>;
  /** Rows that follow a row. */
  readonly inserted: ReadonlyMap<number, readonly NewCells[]>;
  readonly appended: readonly NewCells[];
  /** Rows that bear something and are not to be overwritten. */
  readonly taken: ReadonlySet<number>;
  /** The last row of an item; new ones follow it. */
  readonly lastItem: number;
}

const formula = /<(?:\w+:)?f\b[^>]*?(?:\/>|>[\s\S]*?<\/(?:\w+:)?f>)/g;
const heights = /\s(?:ht|customHeight|spans|hidden|x14ac:dyDescent)="[^"]*"/g;

const renumbered = (xml: string, number: number): string =>
  xml
    .replace(/(<(?:\w+:)?row\b[^>]*?\sr=")\d+/, `$1${number}`)
    .replaceAll(/(<(?:\w+:)?c\b[^>]*?\sr="[A-Z]+)\d+/g, `$1${number}`);

/** A row with the cells of another for styles, and new values in some of its columns. */
function rowXml(
  prefix: string,
  number: number,
  {
    tag,
    base,
    cells,
  }: { readonly tag: string; readonly base: readonly SheetRow[]; readonly cells: NewCells },
): string {
  const [own] = base;
  const kept = new Map(own?.cells.map((cell) => [cell.column, renumbered(cell.xml, number)]));
  const styles = new Map(
    base.toReversed().flatMap((row) => row.cells.map(({ column, style }) => [column, style] as const)),
  );
  for (const [column, value] of cells)
    kept.set(column, cellXml(value, { column, row: number, style: styles.get(column), prefix }));
  const ordered = [...kept].toSorted(([a], [b]) => a - b).map(([, xml]) => xml);
  return `<${prefix}row${tag.replace(/\sr="\d+"/, '')} r="${number}">${ordered.join('')}</${prefix}row>`;
}

const emptied = (row: SheetRow): SheetRow => ({
  ...row,
  cells: row.cells.map((cell) => ({ ...cell, xml: '' })),
});

/** @param sample a row of data whose styles new rows bear. */
export function fillRows(sheet: Sheet, plan: RowPlan, sample: SheetRow | undefined): FilledRows {
  const { prefix } = sheet;
  const rows: string[] = [];
  const moves: { readonly from: number; readonly by: number }[] = [];
  const numberOf = (row: number): number => row + (moves.findLast(({ from }) => row >= from)?.by ?? 0);
  const losing: number[] = [];
  const inserted = new Map<number, readonly number[]>();
  const byNumber = new Map(sheet.rows.map((row) => [row.number, row]));
  const plainTag = (sample?.tag ?? '').replaceAll(heights, '');
  let shift = 0;
  let last = 0;
  const write = (number: number, xml: string): void => {
    rows.push(xml);
    last = number;
  };
  const keep = (row: SheetRow): void => {
    const number = row.number + shift;
    const cells = plan.changed.get(row.number);
    const moved =
      shift === 0
        ? row
        : { ...row, cells: row.cells.map((cell) => ({ ...cell, xml: cell.xml.replaceAll(formula, '') })) };
    if (shift !== 0 && row.xml.search(formula) >= 0) losing.push(number);
    if (cells)
      write(
        number,
        rowXml(prefix, number, { tag: row.tag, base: [moved, ...(sample ? [emptied(sample)] : [])], cells }),
      );
    else write(number, shift === 0 ? row.xml : renumbered(row.xml.replaceAll(formula, ''), number));
    const more = plan.inserted.get(row.number) ?? [];
    if (more.length === 0) return;
    const numbers = more.map((each, index) => {
      const at = number + 1 + index;
      write(at, rowXml(prefix, at, { tag: plainTag, base: sample ? [emptied(sample)] : [], cells: each }));
      return at;
    });
    inserted.set(row.number, numbers);
    shift += more.length;
    moves.push({ from: row.number + 1, by: shift });
  };
  for (const row of sheet.rows) if (row.number <= plan.lastItem) keep(row);
  const appended = plan.appended.map((cells, index) => {
    const old = plan.lastItem + 1 + index;
    const number = old + shift;
    const there = plan.taken.has(old) ? undefined : byNumber.get(old);
    const base = [...(there ? [emptied(there)] : []), ...(sample ? [emptied(sample)] : [])];
    write(number, rowXml(prefix, number, { tag: plainTag, base, cells }));
    return number;
  });
  const lastFilled = plan.lastItem + plan.appended.length;
  const firstTaken = Math.min(...[...plan.taken].filter((row) => row > plan.lastItem));
  if (firstTaken <= lastFilled) {
    shift += lastFilled + 1 - firstTaken;
    moves.push({ from: firstTaken, by: shift });
  }
  for (const row of sheet.rows)
    if (row.number > plan.lastItem && (row.number > lastFilled || row.number >= firstTaken)) keep(row);
  return { rows, lastRow: last, numberOf, losing, appended, inserted };
}

const corner = /^\$?([A-Z]+)\$?(\d+)$/;

/** A range whose rows moved; one that covers rows of data reaches as far as they do now. */
function movedRange(range: string, filled: FilledRows, firstData: number): string {
  const [from = '', to = from] = range.split(':');
  const [, left, top] = corner.exec(from) ?? [];
  const [, right, bottom] = corner.exec(to) ?? [];
  if (left === undefined || right === undefined) return range;
  const [first, end] = [Number(top), Number(bottom)];
  if (end >= 1_048_576 || end < firstData) return range;
  const reach = first <= firstData ? Math.max(filled.numberOf(end), filled.lastRow) : filled.numberOf(end);
  return `${left}${filled.numberOf(first)}:${right}${reach}`;
}

/** One cell moves with its row; one of the headers, or what is no cell, stays. */
function movedCell(cell: string, filled: FilledRows, firstData: number): string {
  const [, letters, row] = corner.exec(cell) ?? [];
  return letters === undefined || Number(row) < firstData
    ? cell
    : `${letters}${filled.numberOf(Number(row))}`;
}

/** What stands around the rows, with its ranges moved. @param firstData the first row below the headers. */
export function moveRanges(
  after: string,
  filled: FilledRows,
  { firstData, sampleRow }: { readonly firstData: number; readonly sampleRow: number | undefined },
): string {
  const all = (refs: string): string =>
    refs
      .split(/\s+/)
      .map((range) =>
        range.includes(':') ? movedRange(range, filled, firstData) : movedCell(range, filled, firstData),
      )
      .join(' ');
  const patterns: string[] = [];
  const merged = after.replace(
    /(<(?:\w+:)?mergeCells\b[^>]*>)([\s\S]*?)(<\/(?:\w+:)?mergeCells>)/,
    (_, open: string, inner: string, close: string) => {
      const kept = inner.replaceAll(
        /\bref="([A-Z]+)(\d+):([A-Z]+)(\d+)"/g,
        (whole, left: string, top: string, right: string, bottom: string) => {
          if (Number(top) === sampleRow && top === bottom) patterns.push(`${left} ${right}`);
          return Number(top) < firstData
            ? whole
            : `ref="${left}${filled.numberOf(Number(top))}:${right}${filled.numberOf(Number(bottom))}"`;
        },
      );
      const added = [...filled.appended, ...[...filled.inserted.values()].flat()].flatMap((row) =>
        patterns.map((pattern) => {
          const [left = '', right = ''] = pattern.split(' ');
          return `<mergeCell ref="${left}${row}:${right}${row}"/>`;
        }),
      );
      const whole = kept + added.join('');
      return `${open.replace(/count="\d+"/, `count="${(whole.match(/mergeCell\b/g) ?? []).length}"`)}${whole}${close}`;
    },
  );
  return merged
    .replaceAll(/\bsqref="([^"]*)"/g, (_, refs: string) => `sqref="${all(refs)}"`)
    .replaceAll(
      /(<(?:\w+:)?sqref>)([^<]*)(<)/g,
      (_, open: string, refs: string, close: string) => `${open}${all(refs)}${close}`,
    )
    .replace(
      /(<(?:\w+:)?autoFilter\b[^>]*\bref=")([^"]*)/,
      (_, open: string, ref: string) => `${open}${all(ref)}`,
    );
}

/** The extent of the sheet, where it says one. */
export const grownDimension = (before: string, columns: number, lastRow: number): string =>
  before.replace(
    /(<(?:\w+:)?dimension\b[^>]*\bref=")([A-Z]+\d+)(?::([A-Z]+)(\d+))?"/,
    (_, open: string, first: string, right = '', bottom = '0') => {
      const wide = right.length === 0 ? columnLetters(columns) : right;
      return `${open}${first}:${wide}${Math.max(Number(bottom), lastRow)}"`;
    },
  );
