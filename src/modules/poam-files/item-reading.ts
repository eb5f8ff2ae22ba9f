import type { Json } from '../../platform/values/index.ts';
import type { PoamFormat } from '../poam-formats/index.ts';
import type { HeldRow } from './poam-file.ts';
import { dayOf, textOf, Unreadable } from './read-cells.ts';
import type { RawItem, ReadCell } from './read-sheet.ts';

/** Where items of a workbook stand, and how its days are counted. */
export interface ItemPlace {
  readonly sheet: string;
  readonly format: PoamFormat;
  readonly is1904: boolean;
  /** Of a layout with sheets for open and closed items: which one it is. */
  readonly part: 'open' | 'closed' | 'configuration' | undefined;
}

/** An item while it is read: what is wrong is collected, so that one look tells all. */
export class ItemReading {
  readonly raw: Record<string, Json> = {};
  readonly written: Record<string, string> = {};
  readonly beside: Record<string, Json> = {};
  readonly cells: Record<string, string> = {};
  readonly held: HeldRow[] = [];
  readonly #item: RawItem;
  readonly place: ItemPlace;

  constructor(item: RawItem, place: ItemPlace) {
    this.#item = item;
    this.place = place;
  }

  get idCell(): string {
    return this.#item.idCell;
  }

  hold(cell: string, rule: string, remedy: string): void {
    this.held.push({ sheet: this.place.sheet, cell, record: this.#item.id, rule, remedy });
  }

  /** @returns undefined where the cell is empty or cannot be read, which is then held. */
  text(cell: ReadCell): string | undefined {
    const text = textOf(cell.value);
    if (!(text instanceof Unreadable)) return text;
    this.hold(cell.ref, `${cell.column.header}: ${text.fault.rule}`, text.fault.remedy);
    return undefined;
  }

  day(cell: ReadCell): string | null | undefined {
    const day = dayOf(cell.value, this.place.is1904);
    if (!(day instanceof Unreadable)) return day;
    this.hold(cell.ref, `${cell.column.header}: ${day.fault.rule}`, day.fault.remedy);
    return undefined;
  }
}
