/** Writes rows as CSV as they come, as fast as the reader takes them. */
import { once } from 'node:events';
import { csvLine } from '../../../platform/lists/index.ts';
import type { CommandContext } from '../kit/command-context.ts';

/** A column: its head, and what a row has in it. */
export interface CsvColumn<Row> {
  readonly head: string;
  readonly cell: (row: Row) => string | number | boolean | Date | null;
}

export async function writeCsv<Row>(
  { host }: CommandContext,
  columns: readonly CsvColumn<Row>[],
  rows: AsyncIterable<Row>,
): Promise<void> {
  const { out } = host.terminal;
  const write = async (line: string): Promise<void> => {
    if (!out.write(line)) await once(out, 'drain', { signal: host.signal });
  };
  await write(csvLine(columns.map(({ head }) => head)));
  for await (const row of rows) await write(csvLine(columns.map(({ cell }) => cell(row))));
}
