/** Lines of CSV (RFC 4180), which a spreadsheet opens without carrying out what a cell says. */
type Cell = string | number | boolean | Date | null | undefined;

/** A cell that begins like a formula gets an apostrophe before it. */
const defused = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'string') return defused(cell);
  return cell instanceof Date ? cell.toISOString() : String(cell);
}

/** One line with its end. */
export const csvLine = (cells: readonly Cell[]): string =>
  `${cells
    .map(cellText)
    .map((text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text))
    .join(',')}\r\n`;
