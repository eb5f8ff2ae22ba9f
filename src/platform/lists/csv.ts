/**
 * CSV as RFC 4180 has it, for Excel too: UTF-8 with a byte order mark, lines that end in CR LF. A cell that a spreadsheet would take for a formula
 * begins with an apostrophe: host names, plugin output and comments come from outside.
 */

/** What a file begins with, before the line of its columns. */
export const csvStart = '\uFEFF';

export type CsvValue = string | number | boolean | Date | null | undefined | readonly (string | number)[];

const textOf = (value: CsvValue): string => {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object') return value.join(', ');
  return String(value);
};

/** A number is no formula, also a negative one. */
const isFormula = (value: CsvValue, text: string): boolean =>
  typeof value !== 'number' && /^[=+\-@\t\r]/.test(text);

function cell(value: CsvValue): string {
  const text = textOf(value);
  const safe = isFormula(value, text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One record, with its end of line. */
export const csvLine = (values: readonly CsvValue[]): string => `${values.map(cell).join(',')}\r\n`;
