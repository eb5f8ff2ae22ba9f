/** A layout of a POA&M workbook: its sheets, where its headers stand, and what each column is. */
import type { PoamField } from './poam-fields.ts';

export interface FormatColumn {
  readonly field: PoamField;
  /** As a new file writes it. */
  readonly header: string;
  /** Other texts that mean the same column. */
  readonly alsoCalled?: readonly string[];
  /** `day`: a date, as a date cell or as the layout writes dates; `lines`: several values in one cell. */
  readonly kind: 'text' | 'day' | 'lines' | 'choice';
  /** The words that a `choice` may have. */
  readonly choices?: readonly string[];
  /** Repeated for each milestone of an item; without it the column is of the item. */
  readonly perMilestone?: true;
}

export type PoamFormatName =
  | 'fedramp-2'
  | 'rmf-import-1'
  | 'rmf-import-2'
  | 'rmf-import-3'
  | 'rmf-export'
  | 'mccast';

export interface PoamFormat {
  readonly name: PoamFormatName;
  /** As people call it. */
  readonly title: string;
  /** In the order in which a new file has them. */
  readonly columns: readonly FormatColumn[];
  /** 1-based rows in which the headers were seen; a reader looks for their texts and not for the row. */
  readonly headerRows: readonly number[];
  /** How several values of one cell are separated when it is written. */
  readonly separator: string;
  /** How days are written that are text: eMASS wants MM/DD/YYYY. `serial`: date cells. */
  readonly days: 'serial' | 'MM/DD/YYYY';
  /** What a cell says that was asked and is empty on purpose; undefined: the layout has no such word. */
  readonly explicitlyEmpty?: string;
}
