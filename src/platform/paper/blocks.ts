/** What a paper says, as data: how it looks is decided where it is printed. */

export type Tone = 'plain' | 'strong' | 'quiet' | 'bad' | 'good' | 'mono';

export type Cell = string | number | null | { readonly text: string; readonly tone: Tone };

export interface Column {
  readonly title: string;
  /** Its share of the width, beside those of the others. */
  readonly share: number;
  readonly align?: 'right';
}

export interface TableBlock {
  readonly kind: 'table';
  readonly title: string;
  readonly columns: readonly [Column, ...Column[]];
  /** The first cell of a row is its header. */
  readonly rows: readonly (readonly Cell[])[];
  /** Said where there are no rows. */
  readonly empty: string;
  /** Half of the page is enough for it. */
  readonly isNarrow?: true;
}

export interface Bar {
  readonly of: string;
  readonly value: number;
  /** As it is shown. */
  readonly shown: string;
}

export interface Line {
  readonly of: string;
  /** One for each place; null: there is no value. */
  readonly values: readonly (number | null)[];
}

export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2; readonly text: string }
  | { readonly kind: 'text'; readonly text: string; readonly tone?: Tone }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  /** Name and value, side by side. */
  | { readonly kind: 'facts'; readonly title: string; readonly items: readonly (readonly [string, Cell])[] }
  /** The few numbers that matter, large. */
  | {
      readonly kind: 'numbers';
      readonly items: readonly {
        readonly title: string;
        readonly value: string;
        readonly note: string;
        readonly tone: Tone;
      }[];
    }
  | TableBlock
  /** @property alt what the picture says, for who does not see it. The numbers are in a table beneath. */
  | {
      readonly kind: 'bars';
      readonly title: string;
      readonly alt: string;
      readonly head: readonly [string, string];
      readonly bars: readonly Bar[];
    }
  | {
      readonly kind: 'lines';
      readonly title: string;
      readonly alt: string;
      /** What the places are, and each of them. */
      readonly along: string;
      readonly places: readonly string[];
      readonly lines: readonly Line[];
      readonly show: (value: number) => string;
    }
  /** Lines to sign on. */
  | { readonly kind: 'signatures'; readonly of: readonly (readonly [role: string, name: string | null])[] }
  | { readonly kind: 'newPage' };

export interface Paper {
  readonly title: string;
  readonly subtitle: string;
  /** On top and bottom of each page. */
  readonly marking: string;
  readonly orientation: 'portrait' | 'landscape';
  /** Its date, so that the same paper has the same bytes whenever it is printed. */
  readonly at: Date;
  readonly author: string;
  /** What it says of itself, beneath its title. */
  readonly about: readonly (readonly [string, string])[];
  /** Left at the foot of each page. */
  readonly foot: string;
  readonly blocks: readonly Block[];
}

export interface Printed {
  readonly bytes: Uint8Array;
  readonly pages: number;
  /** Characters that the fonts lack: their codes were printed in their place. */
  readonly lacking: readonly string[];
}

export const toneOf = (cell: Cell): Tone => (typeof cell === 'object' && cell !== null ? cell.tone : 'plain');
export const textOf = (cell: Cell): string =>
  cell === null
    ? ''
    : typeof cell === 'object'
      ? cell.text
      : typeof cell === 'number'
        ? cell.toLocaleString('en')
        : cell;
