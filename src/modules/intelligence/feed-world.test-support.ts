/** A database, a folder, and what a test of feeds does with them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cloneDatabase, emptyTables } from '../../../test/support/database.ts';
import type { Feed } from '../../record/intelligence/index.ts';
import { openFeedFile } from './feed-file.ts';
import { fileIn } from './feed-files.test-support.ts';
import { loadFeed, type LoadOutcome } from './load-feed.ts';

/** To be disposed of in `afterAll`. */
export async function openFeedWorld() {
  const database = await cloneDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'feeds-'));
  const { signal } = new AbortController();
  const app = { store: database.store, db: database.db, now: () => new Date('2026-11-21T06:00:00Z') };
  let files = 0;
  return {
    app,
    folder,
    options: { by: 'tester', signal },
    query: async (text: string, ...values: unknown[]): Promise<Record<string, unknown>[]> =>
      (await database.pool.query<Record<string, unknown>>(text, values)).rows,
    empty: () => emptyTables(database.pool),
    async load(
      feed: Feed,
      text: string,
      given: { force?: string; name?: string } = {},
    ): Promise<LoadOutcome> {
      const path = await fileIn(folder, given.name ?? `${(files += 1)}.json`, text);
      return loadFeed(app, feed, await openFeedFile(path, signal), {
        by: 'tester',
        signal,
        force: given.force,
      });
    },
    async row(cve: string): Promise<Record<string, unknown> | undefined> {
      const { rows } = await database.pool.query<Record<string, unknown>>(
        'select * from cve_intelligence where cve = $1',
        [cve],
      );
      return rows[0];
    },
    async count(table: string): Promise<number> {
      const { rows } = await database.pool.query<{ n: number }>(`select count(*)::int as n from ${table}`);
      return rows[0]?.n ?? -1;
    },
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
export type FeedWorld = Awaited<ReturnType<typeof openFeedWorld>>;
