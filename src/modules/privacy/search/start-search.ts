/** Starts a search, and shows how far it is and what it found. */
import type { PrivacyReason } from '../../../canonical/vocabulary/index.ts';
import {
  type By,
  fetchPrivacyRequest,
  type Handling,
  type PrivacyRequest,
  refused,
  takeStep,
} from '../requests.ts';
import {
  type Hit,
  countLeftOut,
  findSearchOf,
  insertSearch,
  listHits,
  type SearchRow,
  setLeftOut,
} from './searches.sql.ts';
import { nextStatus } from '../states.ts';
import { lockRequest, setCopies } from '../write-request.sql.ts';
import { fetchKeys, listSearchTables, type SearchTable } from './searchable-tables.sql.ts';
import { shortestTerm, termsOf } from './terms.ts';

/** @throws TielineError USAGE. */
function checkedTerms(request: PrivacyRequest, more: readonly string[]): readonly string[] {
  const short = more.find((term) => term.trim().length < shortestTerm);
  if (short !== undefined)
    throw refused('terms', `"${short}" is too short to search for: at least ${shortestTerm} letters`);
  const terms = [...new Set([...termsOf(request), ...more.map((term) => term.trim())])];
  if (terms.length === 0) throw refused('terms', 'give a name, mail address or user id to search for');
  return terms;
}

/**
 * Starts the search for the person of a request: its name, mail address and user id, and further terms. A search for the same terms that was
 * not finished continues. @returns the number of the search. @throws TielineError USAGE, RECORD_UNKNOWN.
 */
export async function startPrivacySearch(
  app: Handling,
  id: number,
  { terms: more, by }: { readonly terms: readonly string[]; readonly by: By },
): Promise<{ readonly searchId: number; readonly request: PrivacyRequest }> {
  const present = await fetchPrivacyRequest(app.db, id, app.now());
  const terms = checkedTerms(present, more);
  const next = nextStatus(present, 'search');
  if ('refused' in next) throw refused('status', next.refused);
  const unfinished = await findSearchOf(app.db, id);
  if (unfinished?.endedAt === null && unfinished.terms.join('\n') === terms.join('\n'))
    return { searchId: unfinished.id, request: present };
  let searchId = 0;
  const request = await takeStep(app, {
    id,
    step: 'search',
    by,
    details: { terms: [...terms] },
    async also(db) {
      await setCopies(db, id, undefined);
      searchId = await insertSearch(db, { request: id, terms, askedAt: app.now(), askedBy: by.name });
      return { search: searchId };
    },
  });
  return { searchId, request };
}

export interface SearchView extends SearchRow {
  readonly tables: readonly (SearchTable & {
    readonly leftOut: readonly { readonly because: PrivacyReason; readonly rows: number }[];
  })[];
}

/** The latest search of a request, table by table, with what was not searched and why. */
export async function findPrivacySearch(
  { db }: Pick<Handling, 'db'>,
  id: number,
): Promise<SearchView | undefined> {
  const search = await findSearchOf(db, id);
  if (!search) return undefined;
  const left = Map.groupBy(await countLeftOut(db, search.id), (each) => each.tableId);
  const tables = await listSearchTables(db, search.id);
  return {
    ...search,
    tables: tables.map((table) => ({
      ...table,
      leftOut: (left.get(table.id) ?? []).map(({ because, rows }) => ({ because, rows })),
    })),
  };
}

/** @throws TielineError USAGE where there is no search. */
async function latestSearch({ db }: Pick<Handling, 'db'>, id: number): Promise<SearchRow> {
  const search = await findSearchOf(db, id);
  if (!search) throw refused('search', 'search first: `tieline privacy search`');
  return search;
}

/** @throws TielineError USAGE where the search looked through no such table. */
async function tableNamed(
  { db }: Pick<Handling, 'db'>,
  search: SearchRow,
  name: string,
): Promise<SearchTable> {
  const tables = await listSearchTables(db, search.id);
  const table = tables.find((each) => `${each.schema}.${each.table}` === name || each.table === name);
  if (!table) throw refused('table', `the search looked through no table "${name}"`);
  return table;
}

/** What the search found in one table, row by row. @param table with or without its schema. @param after number of the last row. */
export async function listPrivacyHits(
  app: Pick<Handling, 'db' | 'now'>,
  id: number,
  {
    table: name,
    after,
    limit,
  }: { readonly table: string; readonly after?: string | undefined; readonly limit: number },
): Promise<readonly Hit[]> {
  await fetchPrivacyRequest(app.db, id, app.now());
  const search = await latestSearch(app, id);
  const table = await tableNamed(app, search, name);
  return listHits(app.db, table, (await fetchKeys(app.db, search.id)).get(table.id), { after, limit });
}

/**
 * Leaves rows out of the copy for the person, with the reason, or takes them into it again. A copy that was made before is none any more.
 * @throws TielineError USAGE where none fits.
 */
export async function leaveOutHits(
  app: Pick<Handling, 'store' | 'now'>,
  id: number,
  left: {
    readonly table?: string | undefined;
    readonly hits?: readonly string[] | undefined;
    readonly because: PrivacyReason | null;
    readonly note?: string | null | undefined;
    readonly by: By;
  },
): Promise<{ readonly rows: number }> {
  const { table, hits, because, note = null, by } = left;
  if ((table === undefined) === (hits === undefined))
    throw refused('table', 'name either a table or rows by number');
  return app.store.transaction(async ({ db }) => {
    await lockRequest(db, id);
    const request = await fetchPrivacyRequest(db, id, app.now());
    if (request.status !== 'review' && request.status !== 'appealed')
      throw refused('status', 'rows are left out while the request is in review');
    const search = await latestSearch({ db }, id);
    const which =
      table === undefined ? { hits: hits ?? [] } : { tableId: (await tableNamed({ db }, search, table)).id };
    const rows = await setLeftOut(db, search.id, which, { because, note, by: by.name, at: app.now() });
    if (rows === 0) throw refused('hits' in which ? 'hits' : 'table', 'the search found no such row');
    await setCopies(db, id, undefined);
    return { rows };
  });
}
