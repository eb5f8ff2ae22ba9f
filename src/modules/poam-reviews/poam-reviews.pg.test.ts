import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commandOver, commandText } from '../../../test/support/command-over.ts';
import { composeApp, type TestApp } from '../../../test/support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase, emptyTables } from '../../../test/support/database.ts';
import { everywhere, localOperator, type Scope } from '../../canonical/access/index.ts';
import { poamList } from '../../canonical/lists/index.ts';
import { parseFilter } from '../../platform/lists/index.ts';
import { countPoams, listPoams } from '../../record/poams/index.ts';
import { countInbox } from '../../review/inbox/index.ts';
import { listReviewIntervals, reviewPoams, setReviewInterval, tryReviews } from './index.ts';

let database: ClonedDatabase;
let app: TestApp;
let today: Date;
const by = { name: 'issm' };
const first: Scope = { kind: 'boundaries', systemIds: ['SYS-1'], unassigned: false };

beforeAll(async () => {
  database = await cloneDatabase();
  app = { ...composeApp(database, Buffer.alloc(32, 1).toString('base64')), now: () => today };
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await emptyTables(database.pool);
  today = new Date('2026-11-27T09:00:00Z');
  await database.pool.query(`
    insert into ingestion_systems (system_id, name, uuid) select 'SYS-' || n, 'System ' || n, gen_random_uuid() from generate_series(1, 2) n;
    insert into ingestion_poams (poam_id, system_id, status, created_at) values
      ('P-1', 'SYS-1', 'Open', '2026-10-01'), ('P-2', 'SYS-1', 'Completed', '2026-10-01'), ('P-3', 'SYS-2', 'Open', '2026-10-01'), ('P-4', 'SYS-1', 'Open', '2026-11-26')`);
});
const filterOf = (pairs: Readonly<Record<string, string>>) =>
  parseFilter(poamList.filters, Object.entries(pairs), today);
/** What is late, as the inbox and as its list have it. */
async function late(): Promise<string[]> {
  const filter = filterOf({ open: 'yes', unreviewed: 'yes' });
  const { items } = await listPoams(database.db, everywhere, {
    filter,
    sort: { by: 'id', descending: false },
    limit: 10,
    now: today,
  });
  const counts = await countInbox(database.db, everywhere, { actor: localOperator('root'), now: today });
  expect(counts.find(({ kind }) => kind === 'overdue_review')?.count).toBe(items.length);
  expect(await countPoams(database.db, everywhere, { filter, now: today })).toBe(items.length);
  return items.map(({ poamId }) => poamId);
}

describe('the review of POA&Ms', () => {
  it('is asked for by the interval of the boundary, else of all, of open ones, from the last one or when they were made', async () => {
    expect(await late()).toEqual([]);
    await setReviewInterval(app, { boundary: null, days: 30 }, by);
    expect(await late()).toEqual(['P-1', 'P-3']);
    await setReviewInterval(app, { boundary: 'SYS-2', days: 90 }, by);
    expect(await late()).toEqual(['P-1']);
    await setReviewInterval(app, { boundary: 'SYS-1', days: null }, by);
    expect(await late()).toEqual([]);
    expect(await listReviewIntervals(database.db, first)).toMatchObject([
      { boundary: null, days: 30 },
      { boundary: 'SYS-1', days: null, setBy: 'issm' },
    ]);
    await expect(setReviewInterval(app, { boundary: 'SYS-9', days: 1 }, by)).rejects.toMatchObject({
      code: 'RECORD_UNKNOWN',
    });
  });

  it('is said of many at once, after a look at how many, and again falls due', async () => {
    await setReviewInterval(app, { boundary: null, days: 30 }, by);
    const selection = { filter: filterOf({ unreviewed: 'yes', open: 'yes' }) };
    const tried = await tryReviews(app, everywhere, selection);
    expect(tried.matched).toBe(2);
    const review = { selection, token: tried.token, note: 'no change' };
    expect(await reviewPoams(app, everywhere, review, by)).toMatchObject({ reviewed: 2 });
    await expect(reviewPoams(app, everywhere, review, by)).rejects.toMatchObject({ code: 'SELECTION_MOVED' });
    expect(await late()).toEqual([]);
    const { items } = await listPoams(database.db, everywhere, {
      filter: filterOf({ reviewed: 'any' }),
      sort: { by: 'id', descending: false },
      limit: 10,
      now: today,
    });
    expect(items.map(({ poamId, reviewedBy, reviewedOn }) => [poamId, reviewedBy, reviewedOn])).toEqual([
      ['P-1', 'issm', today],
      ['P-3', 'issm', today],
    ]);
    today = new Date('2026-12-27T08:59:00Z');
    expect(await late()).toEqual(['P-4']);
    today = new Date('2026-12-27T09:01:00Z');
    expect(await late()).toEqual(['P-1', 'P-3', 'P-4']);
  });

  it('is said of nothing outside of the scope', async () => {
    await expect(reviewPoams(app, first, { selection: { ids: ['P-1', 'P-3'] } }, by)).rejects.toMatchObject({
      code: 'RECORD_UNKNOWN',
    });
    expect(await reviewPoams(app, first, { selection: { filter: {} } }, by)).toMatchObject({ reviewed: 3 });
  });

  it('is done on the command line', async () => {
    await commandOver(app, ['poams', 'review-every', '30', '--by', 'issm']);
    const asked = ['poams', 'reviewed', '--filter', 'unreviewed=yes open=yes'];
    expect((await commandText(app, asked)).out).toContain('2 POA&Ms would be marked as reviewed');
    expect((await commandOver(app, [...asked, '--yes'])).json).toMatchObject({ reviewed: 2 });
    expect((await commandText(app, ['poams', 'review-intervals'])).out).toMatch(/every other +30 days +issm/);
    expect((await commandText(app, ['poams', 'reviewed'])).code).toBe(2);
  });
});
