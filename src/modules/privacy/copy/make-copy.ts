/** Makes the copy of a record for its person, as HTML and as JSON, and keeps both in the store of files. */
import { Readable } from 'node:stream';
import type { Kysely } from 'kysely';
import type { App } from '../../../engine/run/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import type { Database } from '../../../platform/postgres/index.ts';
import type { JsonObject } from '../../../platform/values/index.ts';
import { listDisclosures } from '../disclosures.sql.ts';
import {
  type By,
  fetchPrivacyRequest,
  noteStep,
  type PrivacyRequest,
  refused,
  requireSearched,
} from '../requests.ts';
import { fetchKeys, type TableKey } from '../search/searchable-tables.sql.ts';
import { fetchReviewMark, findSearchOf, listHits } from '../search/searches.sql.ts';
import { findPrivacySearch, type SearchView } from '../search/start-search.ts';
import { lockRequest, setCopies } from '../write-request.sql.ts';
import type { CopyParts } from './copy-parts.ts';
import { htmlCopy } from './html-copy.ts';
import { jsonCopy } from './json-copy.ts';

type Copying = Pick<App, 'db' | 'store' | 'files' | 'papers' | 'now'>;

const rowsAtOnce = 500;
const mostBytes = 2 ** 31;
/** More than anybody's: a copy that would be cut says so instead. */
const mostDisclosures = 100_000;

function storeOf({ files }: Pick<App, 'files'>): NonNullable<App['files']>['store'] {
  if (files) return files.store;
  throw new TielineError('INTERNAL', 'This build of Tieline keeps no files.');
}

async function* keptRows(
  app: Copying,
  table: SearchView['tables'][number],
  key: TableKey | undefined,
): AsyncGenerator<JsonObject | null> {
  for (let after = '0'; ;) {
    const page = await listHits(app.db, table, key, { after, limit: rowsAtOnce, isKept: true });
    for (const { row } of page) yield row;
    const last = page.at(-1);
    if (last === undefined || page.length < rowsAtOnce) return;
    after = last.id;
  }
}

const namesOf = ({ subjectId, name, mail }: PrivacyRequest): string[] =>
  [subjectId, name, mail].filter((each) => each !== null);

function requireInReview(request: PrivacyRequest): PrivacyRequest {
  if (request.status === 'review' || request.status === 'appealed') return request;
  throw refused('status', 'the copy is made while the request is in review: `tieline privacy review`');
}

/**
 * Long files take long: what they were made from must still be what holds. To be called with the request locked.
 * @throws TielineError USAGE.
 */
async function requireUnchanged(
  db: Kysely<Database>,
  id: number,
  made: { readonly searchId: number; readonly reviewMark: string },
): Promise<void> {
  if ((await findSearchOf(db, id))?.id !== made.searchId)
    throw refused('search', 'a new search began while the copy was made: make it again when it has ended');
  if ((await fetchReviewMark(db, made.searchId)) !== made.reviewMark)
    throw refused('copy', 'rows were left out or taken in while the copy was made: make it again');
}

/**
 * Makes both copies of what the latest search found and nobody left out, with the disclosures, the statements, and what was left out or not searched.
 * A new copy takes the place of the one before. @throws TielineError USAGE where it is not in review, its search has not ended, or what is in the
 * copy changed while it was made.
 */
export async function makePrivacyCopy(app: Copying, id: number, by: By): Promise<PrivacyRequest> {
  const request = requireInReview(await fetchPrivacyRequest(app.db, id, app.now()));
  await requireSearched(app.db, id);
  const search = await findPrivacySearch(app, id);
  if (!search) throw refused('search', 'search first: `tieline privacy search`');
  const made = { searchId: search.id, reviewMark: await fetchReviewMark(app.db, search.id) };
  const keys = await fetchKeys(app.db, search.id);
  const parts: CopyParts = {
    request,
    search,
    disclosures: await listDisclosures(app.db, { of: namesOf(request), limit: mostDisclosures }),
    generator: app.papers?.generator ?? 'Tieline',
    marking: app.papers?.marking ?? '',
    at: app.now(),
    rowsOf: (table) => keptRows(app, table, keys.get(table.id)),
  };
  const store = storeOf(app);
  const readable = await store.keep(Readable.from(htmlCopy(parts)), { maxBytes: mostBytes });
  const json = await store.keep(Readable.from(jsonCopy(parts)), { maxBytes: mostBytes });
  return app.store.transaction(async ({ db }) => {
    await lockRequest(db, id);
    const present = requireInReview(await fetchPrivacyRequest(db, id, app.now()));
    await requireUnchanged(db, id, made);
    await setCopies(db, id, { readable: readable.sha256, json: json.sha256 });
    const details = { html: readable.sha256, json: json.sha256, bytes: readable.bytes };
    await noteStep(db, present, { step: 'copy', details, by, now: app.now() });
    return fetchPrivacyRequest(db, id, app.now());
  });
}

/** A copy that was made, checked against its hash. @throws TielineError RECORD_UNKNOWN, FILE_UNKNOWN, FILE_DAMAGED. */
export async function openPrivacyCopy(
  app: Pick<Copying, 'db' | 'files' | 'now'>,
  id: number,
  form: 'html' | 'json',
): Promise<{
  readonly stream: Readable;
  readonly sha256: string;
  readonly bytes: number;
  readonly fileName: string;
}> {
  const request = await fetchPrivacyRequest(app.db, id, app.now());
  const sha256 = form === 'html' ? request.readableSha256 : request.jsonSha256;
  if (sha256 === null) throw refused('copy', 'no copy was made yet: `tieline privacy review --copy`');
  const { stream, bytes } = await storeOf(app).open(sha256);
  return { stream, sha256, bytes, fileName: `privacy-request-${id}.${form}` };
}
