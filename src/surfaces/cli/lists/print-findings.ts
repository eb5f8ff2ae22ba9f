/** A list of findings on the terminal, as JSON or as CSV; two commands show it, each with columns of its own. */
import { everywhere } from '../../../canonical/access/index.ts';
import type { App } from '../../../engine/run/index.ts';
import {
  countFindings,
  type FindingRow,
  listFindings,
  streamFindings,
} from '../../../record/finding-lists/index.ts';
import type { CommandContext } from '../kit/command-context.ts';
import { findingColumns } from './finding-columns.ts';
import type { ListFlags } from './list-flags.ts';
import { moreText, readUpTo, writeCsv } from './read-list.ts';

interface Shown {
  readonly query: Omit<Parameters<typeof listFindings>[2], 'limit' | 'after'>;
  /** What is said where a filter leaves none, and where there is none at all. */
  readonly noneMatches: string;
  readonly noneYet: string;
  readonly table: (rows: readonly FindingRow[], width: number | undefined) => string;
  /** The command that shows one of them. */
  readonly more: string;
}

export async function printFindings(
  context: CommandContext,
  app: App,
  flags: ListFlags,
  shown: Shown,
): Promise<void> {
  const { query } = shown;
  if (flags.csv)
    return writeCsv(
      context,
      findingColumns,
      streamFindings(app.store, everywhere, query, context.host.signal),
    );
  const { rows } = await readUpTo(flags.limit, (limit, after) =>
    listFindings(app.db, everywhere, { ...query, limit, ...(after ? { after } : {}) }),
  );
  const total = await countFindings(app.db, everywhere, query.filter, { now: query.now });
  if (flags.json) context.printJson('findingRows', { items: rows, total });
  else if (rows.length === 0) context.print(flags.filter.length > 0 ? shown.noneMatches : shown.noneYet);
  else {
    context.print(shown.table(rows, context.width));
    const more = moreText(rows.length, total);
    context.print(`${more ? `\n${more}` : ''}\nMore of one: ${shown.more}`);
  }
}
