/** What changes in a workbook of eMASS: cells of rows that are there, rows that follow them, rows at its end; and what is to be looked at. Pure. */
import { idOf } from '../named-facts.ts';
import { columnLetters } from '../../../platform/workbooks/index.ts';
import { dayOf, type RawItem, type RawRow, textOf } from '../../poam-files/index.ts';
import {
  dayWritten,
  type FormatColumn,
  plainHeader,
  type PoamField,
  type RecognizedSheet,
} from '../../poam-formats/index.ts';
import type { ReportNote } from '../rendered.ts';
import { type EmassItem, type Said } from './emass-rows.ts';
import type { NewCells, RowPlan } from './sheet-rows.ts';

/** @param place the cell of a field; undefined where it has none. */
export const unsaidNotes = (
  item: EmassItem,
  sheet: string,
  place: (field: string) => string | undefined,
): ReportNote[] =>
  item.unsaid.map(({ field, code, detail }) => {
    const cell = place(field);
    return {
      code,
      subject: idOf(item.poam),
      field,
      sheet,
      ...(detail === undefined ? {} : { detail }),
      ...(cell === undefined ? {} : { cell }),
    };
  });

/** One row a milestone, the item repeated in none but the first. */
export function rowsOf(item: EmassItem): Said[] {
  const [first, ...others] = item.milestones;
  return [new Map([...item.said, ...(first?.said ?? [])]), ...others.map(({ said }) => said)];
}

export const plainText = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().toLowerCase();
const membersOf = (text: string): string =>
  text
    .split(/[\n;,]/)
    .map(plainText)
    .filter((each) => each !== '')
    .toSorted()
    .join(';');

/** Whether a cell says already what is to be written. */
function isSame(column: FormatColumn, is: string, becomes: string): boolean {
  if (column.kind === 'day') return dayWritten(is) === dayWritten(becomes);
  return column.kind === 'lines'
    ? membersOf(is) === membersOf(becomes)
    : plainText(is) === plainText(becomes);
}

/** A cell as it is written: days as text, in the way of the layout. */
export function shownIn(row: RawRow | undefined, field: PoamField, is1904: boolean): string | undefined {
  const cell = row?.cells.find(({ column }) => column.field === field);
  if (!cell) return undefined;
  const day = cell.column.kind === 'day' ? dayOf(cell.value, is1904) : undefined;
  const text = typeof day === 'string' ? day : textOf(cell.value);
  return typeof text === 'string' && text !== '-' ? text : undefined;
}

export class Filling {
  readonly notes: ReportNote[] = [];
  readonly changed = new Map<number, NewCells>();
  readonly inserted = new Map<number, readonly NewCells[]>();
  readonly appended: NewCells[] = [];
  /** Which item each appended row is of, for notes once the rows have their numbers. */
  readonly appendedOf: EmassItem[] = [];
  readonly #sheet: string;
  readonly #columns: ReadonlyMap<PoamField, { readonly at: number; readonly column: FormatColumn }>;
  readonly #own: ReadonlyMap<string, number>;
  readonly #is1904: boolean;

  constructor(sheet: string, recognized: RecognizedSheet, is1904: boolean) {
    this.#sheet = sheet;
    this.#is1904 = is1904;
    this.#columns = new Map([...recognized.columns].map(([at, column]) => [column.field, { at, column }]));
    this.#own = new Map([...recognized.unknown].map(([at, header]) => [plainHeader(header), at]));
  }

  get rows(): Pick<RowPlan, 'changed' | 'inserted' | 'appended'> {
    return { changed: this.changed, inserted: this.inserted, appended: this.appended };
  }

  /** The column of a header. */
  columnOf(name: string): number | undefined {
    return [...this.#columns.values()].find(({ column }) => column.header === name)?.at;
  }

  newRow(said: Said, own: ReadonlyMap<string, string> = new Map()): NewCells {
    const cells = new Map<number, { readonly text: string }>();
    for (const [field, text] of said) {
      const place = this.#columns.get(field);
      if (place) cells.set(place.at, { text });
    }
    for (const [header, text] of own) {
      const at = this.#own.get(header);
      if (at !== undefined) cells.set(at, { text });
    }
    return cells;
  }

  append(item: EmassItem): void {
    const [first, ...others] = rowsOf(item);
    this.appended.push(this.newRow(first ?? new Map(), item.own), ...others.map((said) => this.newRow(said)));
    this.appendedOf.push(item, ...others.map(() => item));
  }

  /** Rows of the workbook that are this item: what differs is written, what the record does not say is left and listed. */
  update(item: EmassItem, raw: RawItem): void {
    const [first] = raw.rows;
    if (!first) return;
    const said = new Map(item.said);
    said.delete('itemId');
    this.#writeRow(item, first, said);
    this.#listLeft(item, first);
    this.#updateMilestones(item, raw);
    this.notes.push(
      ...unsaidNotes(item, this.#sheet, (field) => {
        const at = this.columnOf(field);
        return at === undefined ? undefined : `${columnLetters(at)}${first.number}`;
      }),
    );
  }

  #updateMilestones(item: EmassItem, raw: RawItem): void {
    const free = new Set(item.milestones);
    for (const row of raw.rows) {
      const id = shownIn(row, 'milestoneId', this.#is1904);
      const text = shownIn(row, 'milestoneText', this.#is1904) ?? shownIn(row, 'milestones', this.#is1904);
      if (text === undefined) continue;
      const same = [...free].find(
        (each) => (id !== undefined && each.id === id) || plainText(text).startsWith(plainText(each.text)),
      );
      if (!same) continue;
      free.delete(same);
      this.#writeRow(item, row, same.said);
    }
    const [first] = raw.rows;
    const isFirstFree =
      first !== undefined &&
      ['milestoneText', 'milestones'].every(
        (field) => shownIn(first, field as PoamField, this.#is1904) === undefined,
      );
    const [next, ...others] = free;
    if (next && isFirstFree) this.#writeRow(item, first, next.said);
    const below = isFirstFree ? others : [...free];
    const last = raw.rows.at(-1);
    if (last && below.length > 0)
      this.inserted.set(
        last.number,
        below.map(({ said }) => this.newRow(said)),
      );
  }

  #writeRow(item: EmassItem, row: RawRow, said: Said): void {
    const cells = new Map(this.changed.get(row.number));
    for (const [field, text] of said) {
      const place = this.#columns.get(field);
      if (!place) continue;
      const is = shownIn(row, field, this.#is1904);
      if (is !== undefined && isSame(place.column, is, text)) continue;
      cells.set(place.at, { text });
      if (is !== undefined)
        this.notes.push({
          code: 'overwritten',
          subject: idOf(item.poam),
          sheet: this.#sheet,
          cell: `${columnLetters(place.at)}${row.number}`,
          field: place.column.header,
          detail: `${is.slice(0, 60)} → ${text.slice(0, 60)}`,
        });
    }
    if (cells.size > 0) this.changed.set(row.number, cells);
  }

  #listLeft(item: EmassItem, row: RawRow): void {
    for (const { column, ref } of row.cells)
      if (
        !column.perMilestone &&
        column.field !== 'itemId' &&
        !item.said.has(column.field) &&
        shownIn(row, column.field, this.#is1904) !== undefined
      )
        this.notes.push({
          code: 'left_cell',
          subject: idOf(item.poam),
          sheet: this.#sheet,
          cell: ref,
          field: column.header,
        });
  }
}
