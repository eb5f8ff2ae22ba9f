/** What a list is, as data: its columns, its ready-made views, its words. The filters come from the server's definition. */
import type { ReactNode } from 'react';
import type { Search } from '../search.ts';

export interface ListColumn<Row> {
  /** In the URL's `cols` and in what is copied. */
  readonly id: string;
  readonly title: string;
  /** One sentence, for a word that is ours. */
  readonly meaning?: string;
  readonly width: number;
  readonly align?: 'end';
  /** The name of the server's sort; absent: cannot be sorted by. */
  readonly sort?: string;
  readonly cell: (row: Row) => ReactNode;
  /** As copied text. */
  readonly text: (row: Row) => string;
  /** Offered in the column chooser, not shown at first. */
  readonly extra?: true;
  /** For "only this" and "not this": the filter and its value in this row. */
  readonly filter?: (row: Row) => readonly [name: string, value: string] | undefined;
}

export interface ListView {
  readonly title: string;
  readonly filters: Search;
  readonly sort?: string;
}

export interface ListWords {
  /** `findings`, as in "4,312 findings". */
  readonly many: string;
  /** Where an empty list is good news: the heading instead of "No … yet". */
  readonly nothingTitle?: string;
  /** Nothing has been read yet: what to do first. */
  readonly nothingYet: string;
}

export interface ListSpec<Row> {
  /** As in the URL of the API. */
  readonly noun: string;
  readonly columns: readonly ListColumn<Row>[];
  readonly views: readonly ListView[];
  /** Its views as buttons in a row instead of a menu: for lists that are read by them. */
  readonly viewStrip?: true;
  readonly words: ListWords;
  readonly keyOf: (row: Row) => string;
  /** The page of a row below this list, `/findings/3f2a`. */
  readonly hrefOf: (row: Row) => string;
  /** Where its rows have no page of their own beside the list: Enter and click open the page at once. */
  readonly opensPage?: true;
  /** What a screen reader hears of a row's checkbox. */
  readonly nameOf: (row: Row) => string;
}
