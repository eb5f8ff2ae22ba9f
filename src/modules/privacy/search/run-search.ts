/** Searches the whole database for a person, table by table and page by page; a search that was killed continues where it was. */
import type { App } from '../../../engine/run/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import { databaseErrorOf } from '../../../platform/postgres/index.ts';
import {
  fetchKeys,
  findSearchTable,
  listSearchTables,
  listTablesToSearch,
  type SearchTable,
  setNotSearched,
  type TableKey,
} from './searchable-tables.sql.ts';
import { searchPage } from './search-page.sql.ts';
import { endSearch, findSearch, setListed } from './searches.sql.ts';
import { patternsOf } from './terms.ts';

type Searching = Pick<App, 'db' | 'store' | 'now'>;

export interface SearchWatch {
  readonly signal: AbortSignal;
  /** Called before each page. */
  readonly note: (progress: { readonly step: string; readonly done: number; readonly total: number }) => void;
}

/** undefined_table, undefined_column. */
const goneCodes = new Set(['42P01', '42703']);

async function searchTable(
  app: Searching,
  table: SearchTable,
  { key, patterns }: { readonly key: TableKey | undefined; readonly patterns: readonly string[] },
  beforePage: () => void,
): Promise<void> {
  if (!key) return setNotSearched(app.db, table.id, 'gone');
  try {
    for (let at: SearchTable | undefined = table; at && !at.isDone;) {
      beforePage();
      const page = await searchPage(app.db, at, key, patterns);
      if (page?.next === null) return;
      at = page ? { ...at, position: page.next } : await findSearchTable(app.db, table.id);
    }
  } catch (error) {
    if (!goneCodes.has(databaseErrorOf(error)?.code ?? '')) throw error;
    await setNotSearched(app.db, table.id, 'gone');
  }
}

/**
 * Does a search, or what is left of it. @returns how many rows were read and found.
 * @throws TielineError INTERNAL where there is no such search; the signal's reason.
 */
export async function runPrivacySearch(
  app: Searching,
  id: number,
  watch: SearchWatch,
): Promise<{ readonly read: number; readonly found: number }> {
  const search = await findSearch(app.db, id);
  if (!search) throw new TielineError('INTERNAL', `There is no search ${id}.`);
  if (search.listedAt === null)
    await app.store.transaction(async ({ db }) => {
      await listTablesToSearch(db, id);
      await setListed(db, id, app.now());
    });
  const patterns = patternsOf(search.terms);
  const all = (await listSearchTables(app.db, id)).filter((table) => table.notSearchedBecause === null);
  const keys = await fetchKeys(app.db, id);
  let done = all.filter((table) => table.isDone).length;
  for (const table of all.filter((each) => !each.isDone)) {
    await searchTable(app, table, { key: keys.get(table.id), patterns }, () => {
      watch.note({ step: table.table, done, total: all.length });
      watch.signal.throwIfAborted();
    });
    done += 1;
  }
  await endSearch(app.db, id);
  const tables = await listSearchTables(app.db, id);
  const sum = (of: (table: SearchTable) => number): number => tables.reduce((n, table) => n + of(table), 0);
  return { read: sum((table) => table.rowsRead), found: sum((table) => table.rowsFound) };
}
