/**
 * The rows of a sheet, as they come: one piece of the sheet is in memory, and the ranges that are merged, which the file says after
 * its cells and which are therefore read first. Of a merged range only the first cell has the value; down its column every row has it,
 * as whoever merged the cells meant it, while the cells beside the first one stay empty.
 */
import {
  type Cell,
  type CellValue,
  columnLetters,
  columnNumber,
  type RawCell,
  valueOf,
  type ValueTables,
} from './cell-values.ts';
import { workbookFault, type WorkbookLimits } from './workbook-fault.ts';
import { parseXml, readXml } from './xml-events.ts';

export interface SheetRow {
  /** From 1, as people see it. */
  readonly number: number;
  /** Those that are not empty, from left to right. */
  readonly cells: readonly Cell[];
}

export interface MergedRange {
  readonly name: string;
  readonly column: number;
  readonly from: number;
  readonly to: number;
}

export interface SheetPart {
  /** The sheet's name, for messages. */
  readonly place: string;
  readonly bytes: () => AsyncIterable<Uint8Array>;
  readonly tables: ValueTables;
  readonly limits: WorkbookLimits;
}

/** Merged ranges of more than one row. */
export async function readMerges({ place, bytes, limits }: SheetPart): Promise<MergedRange[]> {
  const merges: MergedRange[] = [];
  const open = (name: string, { ref = '' }: Readonly<Record<string, string>>): void => {
    if (name !== 'mergeCell') return;
    const [first = '', last = ''] = ref.split(':');
    const [from, to] = [first, last].map((corner) => Number(/\d+$/.exec(corner)?.[0] ?? Number.NaN));
    if (from === undefined || to === undefined || Number.isNaN(from) || !(to > from)) return;
    merges.push({ name: ref, column: columnNumber(first), from, to });
    if (merges.length > limits.rows) throw workbookFault(place, 'it has too many merged cells');
  };
  await readXml(place, bytes(), { open, close: () => undefined }, limits);
  return merges;
}

/**
 * @param merges of `readMerges`; whoever reads a sheet again need not look for them again.
 * @throws TielineError WORKBOOK_INVALID where the sheet is broken, or over a limit; the rows before were given.
 */
export async function* readRows(part: SheetPart, merges: readonly MergedRange[]): AsyncGenerator<SheetRow> {
  const spread = new Spread(merges, part);
  const reading = new SheetReading(part);
  for await (const _ of parseXml(part.place, part.bytes(), reading, part.limits))
    for (const row of reading.take()) yield spread.over(row);
}

/**
 * Hands the value of a merged range down to its further rows. Rows come in order, so that a range is looked at from its first row to its last
 * and never before or after; a range that bears no value is dropped with its first row.
 */
class Spread {
  /** By their first row, those further down first. */
  readonly #waiting: MergedRange[];
  readonly #part: SheetPart;
  #living: { readonly range: MergedRange; readonly value: CellValue }[] = [];
  #handedDown = 0;

  constructor(merges: readonly MergedRange[], part: SheetPart) {
    this.#waiting = merges.toSorted((a, b) => b.from - a.from);
    this.#part = part;
  }

  over(row: SheetRow): SheetRow {
    this.#living = this.#living.filter(({ range }) => range.to >= row.number);
    const begun = this.#begin(row);
    if (this.#living.length === 0) return row;
    this.#handedDown += this.#living.length;
    const { place, limits } = this.#part;
    if (this.#handedDown > limits.mergedCells)
      throw workbookFault(place, `its merged cells cover more than ${limits.mergedCells} cells`);
    const byColumn = new Map(row.cells.map((cell) => [cell.column, cell]));
    for (const { range, value } of this.#living) {
      const { name, column } = range;
      const ref = `${columnLetters(column)}${row.number}`;
      byColumn.set(column, { ref, column, value, ...(begun.has(range) ? {} : { merged: name }) });
    }
    return { number: row.number, cells: [...byColumn.values()].toSorted((a, b) => a.column - b.column) };
  }

  /** Ranges whose first row this is, with the value that stands there. A first row that is left out of the file bears none. */
  #begin({ number, cells }: SheetRow): ReadonlySet<MergedRange> {
    const begun = new Set<MergedRange>();
    for (let next = this.#waiting.at(-1); next && next.from <= number; next = this.#waiting.at(-1)) {
      this.#waiting.pop();
      const range = next;
      const value = range.from === number && cells.find(({ column }) => column === range.column)?.value;
      if (!value) continue;
      begun.add(range);
      this.#living.push({ range, value });
    }
    return begun;
  }
}

class SheetReading {
  readonly #part: SheetPart;
  #rows: SheetRow[] = [];
  #read = 0;
  #number = 0;
  #cells: Cell[] = [];
  #ref = '';
  #column = 0;
  #raw: { -readonly [Key in keyof RawCell]: RawCell[Key] } | undefined;
  /** Of the element whose text is wanted. */
  #into: 'content' | 'inline' | 'formula' | undefined;
  /** Within the reading of East Asian characters, which is not the text. */
  #isPhonetic = false;

  constructor(part: SheetPart) {
    this.#part = part;
  }

  take(): SheetRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  open = (name: string, attributes: Readonly<Record<string, string>>): void => {
    switch (name) {
      case 'row':
        this.#number = this.#numberOf(attributes['r']);
        this.#cells = [];
        this.#column = 0;
        this.#read += 1;
        if (this.#read > this.#part.limits.rows)
          throw workbookFault(this.#part.place, `it has more than ${this.#part.limits.rows} rows`);
        return;
      case 'c':
        this.#column = attributes['r'] === undefined ? this.#column + 1 : columnNumber(attributes['r']);
        this.#ref = `${columnLetters(this.#column)}${this.#number}`;
        this.#raw = {
          type: attributes['t'] ?? 'n',
          style: Number(attributes['s'] ?? 0),
          content: undefined,
          inline: undefined,
          formula: undefined,
        };
        return;
      case 'v':
        this.#begin('content');
        return;
      case 'f':
        this.#begin('formula');
        return;
      case 't':
        if (!this.#isPhonetic && this.#raw) this.#begin('inline');
        return;
      case 'rPh':
        this.#isPhonetic = true;
    }
  };

  #numberOf(written: string | undefined): number {
    const number = written === undefined ? this.#number + 1 : Number(written);
    if (Number.isInteger(number) && number > this.#number) return number;
    throw workbookFault(
      this.#part.place,
      `its row "${written ?? ''}" comes after row ${this.#number}: the workbook is broken`,
    );
  }

  #begin(what: 'content' | 'inline' | 'formula'): void {
    if (!this.#raw) return;
    this.#into = what;
    this.#raw[what] ??= '';
  }

  text = (text: string): void => {
    const [raw, into] = [this.#raw, this.#into];
    if (!raw || !into) return;
    const whole = (raw[into] ?? '') + text;
    if (whole.length > this.#part.limits.cellCharacters)
      throw workbookFault(
        `${this.#part.place}!${this.#ref}`,
        `the cell holds more than ${this.#part.limits.cellCharacters} characters, the most that a workbook can`,
      );
    raw[into] = whole;
  };

  close = (name: string): void => {
    switch (name) {
      case 'v':
      case 'f':
      case 't':
        this.#into = undefined;
        return;
      case 'rPh':
        this.#isPhonetic = false;
        return;
      case 'c': {
        const value = this.#raw && valueOf(this.#raw, this.#part.tables);
        this.#raw = undefined;
        if (value) this.#cells.push({ ref: this.#ref, column: this.#column, value });
        return;
      }
      case 'row':
        this.#rows.push({ number: this.#number, cells: this.#cells });
    }
  };
}
