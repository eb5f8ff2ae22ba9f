/**
 * Lists as CSV (RFC 4180): UTF-8 with a byte order mark, which Excel needs to read it as such. A cell that a spreadsheet would take for a
 * formula is led by an apostrophe: what a scanner or another system reported must not run when a person opens the file.
 */
import { Readable } from 'node:stream';

/** The byte order mark, by which Excel knows UTF-8. */
export const csvStart = '\uFEFF';

/** What a cell may be made of. */
export type CsvValue = string | number | boolean | Date | null | undefined | readonly (string | number)[];

const formula = /^[=+\-@\t\r]/;

/** What a cell shows: instants in ISO 8601, several values by semicolons, nothing for what is not there. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(cellText).join('; ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function csvCell(value: unknown): string {
  const text = cellText(value);
  // A number is no formula, also where it is negative.
  const safe = typeof value !== 'number' && formula.test(text) ? `'${text}` : text;
  return /[",\r\n;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One line, with its end. */
export const csvLine = (cells: readonly unknown[]): string => `${cells.map(csvCell).join(',')}\r\n`;

const piece = 64 * 1024;

/**
 * The rows as they come, in pieces, so that a list of any length passes in constant memory.
 * @param columns heading and value of each. @param firstLine a marking above the headings; undefined: none.
 */
export function csvLines<Row>(
  rows: AsyncIterable<Row>,
  columns: readonly (readonly [heading: string, value: (row: Row) => unknown])[],
  { firstLine }: { readonly firstLine?: string } = {},
): Readable {
  async function* lines(): AsyncGenerator<string> {
    let text = `${csvStart}${firstLine === undefined ? '' : csvLine([firstLine])}${csvLine(columns.map(([heading]) => heading))}`;
    for await (const row of rows) {
      text += csvLine(columns.map(([, value]) => value(row)));
      if (text.length > piece) {
        yield text;
        text = '';
      }
    }
    yield text;
  }
  return Readable.from(lines());
}
