import { narrowest, wrapped } from './fitted-text.ts';
import { table } from './table.ts';

/**
 * A table that fits the width: the widest columns are narrowed and their cells continue on the next line. The first column names
 * its row, to be copied into the next command: it stays whole unless it takes half of the width.
 * @param width undefined: as wide as it is.
 */
export function fittedTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  width: number | undefined,
): string {
  if (width === undefined) return table(header, rows);
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  let excess = widths.reduce((sum, each) => sum + each, 0) + 2 * (widths.length - 1) - width;
  for (; excess > 0; excess -= 1) {
    const first = (widths[0] ?? 0) * 2 > width ? 0 : 1;
    const widest = widths.indexOf(Math.max(...widths.slice(first)), first);
    if ((widths[widest] ?? 0) <= narrowest) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  const lines = rows.flatMap((row) => {
    const cells = row.map((cell, column) => wrapped(cell, widths[column] ?? narrowest));
    const height = Math.max(...cells.map((cell) => cell.length));
    return Array.from({ length: height }, (_, line) => cells.map((cell) => cell[line] ?? ''));
  });
  return table(header, lines);
}
