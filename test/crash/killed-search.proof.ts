/** `tieline worker` is killed in the middle of a privacy search: the next one continues it, and it ends as one that nobody disturbed. */
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Actor, everywhere } from '../../src/canonical/access/index.ts';
import {
  acknowledgePrivacyRequest,
  findPrivacySearch,
  identifySubject,
  receivePrivacyRequest,
  type SearchView,
} from '../../src/modules/privacy/index.ts';
import { actorOf, addAccount, giveGrant } from '../../src/operate/accounts/index.ts';
import { requestPrivacySearch } from '../../src/operate/jobs/index.ts';
import { tieline } from '../support/command.ts';
import { composeApp, type TestApp } from '../support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase } from '../support/database.ts';
import { machine } from '../support/http-world.ts';

const notes = 1_500_000;
const ofPerson = notes / 1000;

let database: ClonedDatabase;
let app: TestApp;
let env: Record<string, string>;
let officer: Actor;
let worker: ChildProcess | undefined;

beforeAll(async () => {
  database = await cloneDatabase();
  const masterKey = randomBytes(32).toString('base64');
  env = { DATABASE_URL: String(database.url), TIELINE_MASTER_KEY: masterKey };
  app = composeApp(database, masterKey);
  await database.pool.query(`
    create schema elsewhere;
    create table elsewhere.notes (id integer primary key, note text);
    insert into elsewhere.notes select n, repeat('A flaw. ', 12) || case when n % 1000 = 0 then 'Seen by jdoe.' else '' end from generate_series(1, ${notes}) n`);
  await addAccount(app, { kind: 'service', name: 'desk' }, machine);
  await giveGrant(app, 'desk', { gives: { role: 'privacy_officer' }, scope: everywhere }, machine);
  const found = await actorOf(app, 'desk');
  if (!found) throw new Error('no account');
  officer = found;
}, 120_000);
afterAll(async () => {
  await stopWorker();
  await database?.[Symbol.asyncDispose]();
});

/** Resolves when the process is there: its search is watched in the database. */
const startWorker = (): Promise<void> =>
  new Promise((resolve, reject) => {
    tieline(['worker'], env, (child) => {
      worker = child;
      resolve();
    }).catch(reject);
  });
async function stopWorker(): Promise<void> {
  if (worker?.exitCode !== null || worker.signalCode !== null) return;
  const ended = new Promise((resolve) => worker?.once('exit', resolve));
  worker.kill('SIGKILL');
  await ended;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 240_000;
  while (Date.now() < end) {
    if (await holds()) return;
    await delay(20);
  }
  throw new Error(`did not come: ${what}`);
}

/** Receives a request of the person, identifies them, and asks a worker for the search. @returns the number of the request. */
async function askForSearch(): Promise<number> {
  const { id } = await receivePrivacyRequest(app, { type: 'access', subjectId: 'jdoe' }, officer);
  await acknowledgePrivacyRequest(app, id, { by: officer });
  await identifySubject(app, id, { how: 'smart_card', consent: 'the_person', by: officer });
  await requestPrivacySearch(app, officer, { id, terms: [] });
  return id;
}
async function searchOf(request: number): Promise<SearchView> {
  const search = await findPrivacySearch(app, request);
  if (!search) throw new Error('no search');
  return search;
}
const ended = (request: number): Promise<void> =>
  until('the end of the search', async () => (await searchOf(request)).endedAt !== null);
/** How many notes a search has read. */
async function notesRead(searchId: number): Promise<number> {
  const { rows } = await database.pool.query<{ read: number }>(
    `select rows_read::int as read from privacy_search_tables where search_id = $1 and table_name = 'notes'`,
    [searchId],
  );
  return rows[0]?.read ?? 0;
}
/** What it found where no search adds anything, and that it says of every table what was done. */
async function resultOf(request: number) {
  const { id, problem, tables } = await searchOf(request);
  const { rows: hits } = await database.pool.query<{ key: object; n: number }>(
    `select h.row_key as key, count(*)::int as n from privacy_search_hits h join privacy_search_tables t on t.id = h.search_table_id
      where t.search_id = $1 and t.schema_name = 'elsewhere' group by h.row_key order by h.row_key`,
    [id],
  );
  const [own] = tables.filter(({ schema }) => schema === 'elsewhere');
  return {
    problem,
    read: own?.rowsRead,
    found: own?.rowsFound,
    looked: tables
      .map(({ schema, table, isDone, notSearchedBecause }) => [
        `${schema}.${table}`,
        isDone,
        notSearchedBecause,
      ])
      .toSorted(([one], [other]) => String(one).localeCompare(String(other))),
    hits,
  };
}

it('a search whose worker is killed twice in the middle of a table ends as one that nobody disturbed', async () => {
  await startWorker();
  const calm = await askForSearch();
  await ended(calm);
  const undisturbed = await resultOf(calm);
  expect(undisturbed).toMatchObject({ problem: null, read: notes, found: ofPerson });
  expect(undisturbed.hits).toHaveLength(ofPerson);
  expect(undisturbed.hits.every(({ n }) => n === 1)).toBe(true);

  const id = await askForSearch();
  const { id: searchId } = await searchOf(id);
  let before = 0;
  for (let kill = 1; kill <= 2; kill += 1) {
    const from = before;
    await until('a further part of the table', async () => (await notesRead(searchId)) > from);
    await stopWorker();
    before = await notesRead(searchId);
    expect([kill, before > from, before < notes]).toEqual([kill, true, true]);
    expect((await searchOf(id)).endedAt).toBeNull();
    await startWorker();
  }
  await ended(id);
  expect((await searchOf(id)).id).toBe(searchId);
  expect(await resultOf(id)).toEqual(undisturbed);
}, 900_000);
