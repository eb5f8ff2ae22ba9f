/** `tieline serve --worker` is killed in the middle of a privacy search: the next one continues it, and it ends as one that nobody disturbed. */
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { everywhere } from '../../src/canonical/access/index.ts';
import { addAccount, giveGrant, makeToken } from '../../src/operate/accounts/index.ts';
import { composeApp } from '../support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase } from '../support/database.ts';
import { machine } from '../support/http-world.ts';
import type { ServeProcess } from '../support/serve-process.ts';
import { startServe } from '../support/served.ts';

const notes = 1_500_000;
const ofPerson = notes / 1000;

let database: ClonedDatabase;
let served: ServeProcess;
let env: Record<string, string>;
let token: string;

beforeAll(async () => {
  database = await cloneDatabase();
  const masterKey = randomBytes(32).toString('base64');
  env = { DATABASE_URL: String(database.url), TIELINE_MASTER_KEY: masterKey };
  await database.pool.query(`
    create schema elsewhere;
    create table elsewhere.notes (id integer primary key, note text);
    insert into elsewhere.notes select n, repeat('A flaw. ', 12) || case when n % 1000 = 0 then 'Seen by jdoe.' else '' end from generate_series(1, ${notes}) n`);
  const app = composeApp(database, masterKey);
  await addAccount(app, { kind: 'service', name: 'desk' }, machine);
  await giveGrant(app, 'desk', { gives: { role: 'privacy_officer' }, scope: everywhere }, machine);
  ({ token } = await makeToken(app, 'desk', { name: 'desk', scope: everywhere }, machine));
  served = await startServe(env);
}, 120_000);
afterAll(async () => {
  await served?.stop();
  await database?.[Symbol.asyncDispose]();
});

async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(`${served.address}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'idempotency-key': randomUUID(), 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

interface Table {
  readonly schema: string;
  readonly table: string;
  readonly rowsRead: number;
  readonly rowsFound: number;
  readonly isDone: boolean;
  readonly notSearchedBecause: string | null;
}
interface Search {
  readonly id: number;
  readonly endedAt: string | null;
  readonly problem: object | null;
  readonly tables: readonly Table[];
}

const searchOf = async (request: number): Promise<Search> => {
  const { search } = await ask<{ search: Search | null }>('GET', `/privacy/${request}/search`);
  if (!search) throw new Error('no search');
  return search;
};
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 120_000; waited += 20) {
    if (await holds()) return;
    await delay(20);
  }
  throw new Error(`did not come: ${what}`);
}

/** Receives a request of the person, identifies them, and starts the search. @returns the number of the request. */
async function startSearch(): Promise<number> {
  const { id } = await ask<{ id: number }>('POST', '/privacy', { type: 'access', subjectId: 'jdoe' });
  await ask('POST', `/privacy/${id}/acknowledge`, {});
  await ask('POST', `/privacy/${id}/identify`, { how: 'smart_card', consent: 'the_person' });
  await ask('POST', `/privacy/${id}/search`, { terms: [] });
  return id;
}
const ended = (request: number): Promise<void> =>
  until('the end of the search', async () => (await searchOf(request)).endedAt !== null);
/** How many notes the latest search has read. Not over the API, which is slower than the search. */
async function notesRead(): Promise<number> {
  const { rows } = await database.pool.query<{ read: number }>(
    `select rows_read::int as read from privacy_search_tables where table_name = 'notes' order by id desc limit 1`,
  );
  return rows[0]?.read ?? 0;
}
/** What it found where no search adds anything. */
async function resultOf(request: number) {
  const search = await searchOf(request);
  const { rows: hits } = await database.pool.query<{ key: object; n: number }>(
    `select h.row_key as key, count(*)::int as n from privacy_search_hits h join privacy_search_tables t on t.id = h.search_table_id
      where t.search_id = $1 and t.schema_name = 'elsewhere' group by h.row_key order by h.row_key`,
    [search.id],
  );
  return {
    tables: search.tables.filter(({ schema }) => schema === 'elsewhere'),
    looked: search.tables.map(({ schema, table, isDone, notSearchedBecause }) => ({
      table: `${schema}.${table}`,
      isDone,
      notSearchedBecause,
    })),
    hits,
  };
}

it('a search whose worker is killed twice in the middle of a table ends as one that nobody disturbed', async () => {
  const calm = await startSearch();
  await ended(calm);
  const undisturbed = await resultOf(calm);
  expect(undisturbed.hits).toHaveLength(ofPerson);
  expect(undisturbed.hits.every(({ n }) => n === 1)).toBe(true);

  const id = await startSearch();
  const { id: searchId } = await searchOf(id);
  let before = 0;
  for (const share of [0.1, 0.5]) {
    const from = before;
    await until('a part of the table', async () => (await notesRead()) > Math.max(from, share * notes));
    await served.stop('SIGKILL');
    before = await notesRead();
    expect(before).toBeLessThan(notes);
    expect((await database.pool.query(`select from privacy_searches where ended_at is null`)).rowCount).toBe(
      1,
    );
    served = await startServe(env);
  }
  await ended(id);
  expect(await searchOf(id)).toMatchObject({ id: searchId, problem: null });
  const sorted = ({ looked, ...rest }: Awaited<ReturnType<typeof resultOf>>) => ({
    ...rest,
    looked: looked.toSorted((one, other) => one.table.localeCompare(other.table)),
  });
  expect(sorted(await resultOf(id))).toEqual(sorted(undisturbed));
}, 300_000);
