/** Reads lists for the command line: their flags, as many pages as were asked for, and exports. */
import { once } from 'node:events';
import type { ListDefinition } from '../../../canonical/lists/index.ts';
import {
  type After,
  csvLine,
  csvStart,
  type CsvValue,
  type Filter,
  filterPairs,
  type Page,
  parseFilter,
  parseSort,
  type Sort,
  withMe,
} from '../../../platform/lists/index.ts';
import { accountName } from '../kit/account.ts';
import type { CommandContext } from '../kit/command-context.ts';
import type { ListFlags } from './list-flags.ts';

/** @throws TielineError FILTER_INVALID. */
export function queryOf<F extends string, S extends string>(
  list: ListDefinition<F, S>,
  flags: Pick<ListFlags, 'filter' | 'sort'>,
  now: Date,
): { readonly filter: Filter<F>; readonly sort: Sort<S> } {
  return {
    filter: parseFilter(
      list.filters,
      withMe(list.filters, flags.filter.flatMap(filterPairs), accountName()),
      now,
    ),
    sort: parseSort(flags.sort ?? list.defaultSort, list.sorts),
  };
}

const pageSize = 500;

/** The first rows of a list, by pages. */
export async function readUpTo<Row>(
  limit: number,
  page: (limit: number, after: After | undefined) => Promise<Page<Row>>,
): Promise<{ readonly rows: readonly Row[]; readonly hasMore: boolean }> {
  const rows: Row[] = [];
  let after: After | undefined;
  do {
    const next = await page(Math.min(pageSize, limit - rows.length), after);
    rows.push(...next.items);
    after = next.next;
  } while (after && rows.length < limit);
  return { rows, hasMore: after !== undefined };
}

/** Writes all rows as CSV to standard output, no faster than it takes them. @param columns of a row, in their order. */
export async function writeCsv<Row extends object>(
  context: CommandContext,
  columns: readonly (keyof Row & string)[],
  batches: AsyncIterable<readonly Row[]>,
): Promise<void> {
  const { out } = context.host.terminal;
  out.write(csvStart + csvLine(columns));
  for await (const rows of batches) {
    const text = rows.map((row) => csvLine(columns.map((column) => row[column] as CsvValue))).join(''); // rows of lists are flat
    if (!out.write(text)) await once(out, 'drain', { signal: context.host.signal });
  }
}

/** What the last line of a cut list says. */
export function moreText(
  shown: number,
  total: { readonly count: number; readonly exact: boolean },
): string | undefined {
  if (total.exact && total.count <= shown) return undefined;
  const more = (total.count - shown).toLocaleString('en-US');
  return total.exact
    ? `… ${more} more: --limit ${total.count}, or --csv for all`
    : `… more than ${more} more: narrow the filter, or --csv for all`;
}
