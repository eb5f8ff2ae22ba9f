/** Which layout a sheet has: told by the text of its headers. */
import { fedrampWorkbook } from './fedramp-workbook.ts';
import type { FormatColumn, PoamFormat, PoamFormatName } from './format.ts';
import { firstImport, mccastWorkbook, secondImport, systemExport, thirdImport } from './rmf-workbooks.ts';

const formats: Readonly<Record<PoamFormatName, PoamFormat>> = {
  'fedramp-2': fedrampWorkbook,
  'rmf-import-1': firstImport,
  'rmf-import-2': secondImport,
  'rmf-import-3': thirdImport,
  'rmf-export': systemExport,
  mccast: mccastWorkbook,
};
export const poamFormats: readonly PoamFormat[] = Object.values(formats);
export const poamFormat = (name: PoamFormatName): PoamFormat => formats[name];

/** A row of a sheet: 1-based column to the text of its cell. */
export type HeaderRow = ReadonlyMap<number, string>;

export interface RecognizedSheet {
  readonly format: PoamFormat;
  /** 1-based. */
  readonly headerRow: number;
  readonly columns: ReadonlyMap<number, FormatColumn>;
  /** Columns of the layout that the sheet does not have. */
  readonly missing: readonly FormatColumn[];
  /** Columns that the layout does not know, with their headers. */
  readonly unknown: ReadonlyMap<number, string>;
}

/** A header as it is compared: templates differ in blanks, line ends, case and the ampersand. */
export const plainHeader = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?\/ ?/g, '/')
    .trim()
    .toLowerCase();

function matchRow(format: PoamFormat, row: HeaderRow): Omit<RecognizedSheet, 'headerRow'> {
  const byHeader = new Map(
    format.columns.flatMap((column) =>
      [column.header, ...(column.alsoCalled ?? [])].map((header) => [plainHeader(header), column] as const),
    ),
  );
  const columns = new Map<number, FormatColumn>();
  const unknown = new Map<number, string>();
  const seen = new Set<FormatColumn>();
  for (const [at, text] of row) {
    const column = byHeader.get(plainHeader(text));
    // The first form repeats a header in a merged title before its first column: the later one is the column.
    if (column) {
      for (const [earlier, same] of columns) if (same === column) columns.delete(earlier);
      columns.set(at, column);
      seen.add(column);
    } else if (text.trim() !== '') unknown.set(at, text);
  }
  return { format, columns, unknown, missing: format.columns.filter((column) => !seen.has(column)) };
}

/** Less than this share of a layout's columns is another kind of table. */
const leastShare = 0.6;

/**
 * @param rows by 1-based number; the first twenty are enough.
 * @returns the layout with the greatest share of its columns there, and among those the one of which most are there; undefined where none fits.
 */
export function recognizeSheet(rows: ReadonlyMap<number, HeaderRow>): RecognizedSheet | undefined {
  let best: { readonly sheet: RecognizedSheet; readonly found: number } | undefined;
  for (const [headerRow, row] of rows)
    for (const format of poamFormats) {
      const sheet = { ...matchRow(format, row), headerRow };
      const found = format.columns.length - sheet.missing.length;
      if (found < format.columns.length * leastShare) continue;
      const closeness = found - sheet.missing.length - sheet.unknown.size;
      if (best === undefined || closeness > best.found) best = { sheet, found: closeness };
    }
  return best?.sheet;
}
