import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../test/support/database.ts';
import { runMetricsQuery } from './metrics-query.ts';

let database: ClonedDatabase;
const role = `reader_${Date.now()}`;
beforeAll(async () => {
  database = await cloneDatabase();
  await database.pool.query(`create role ${role}; grant select on ingestion_assets to ${role}`);
});
afterAll(async () => {
  await database.pool.query(`drop owned by ${role}; drop role ${role}`);
  await database[Symbol.asyncDispose]();
});

const run = (query: string, limit = 100) =>
  runMetricsQuery(database.pool, query, { role, timeoutMs: 300, limit });

describe('a metrics query', () => {
  it('gives its rows, so many at most', async () => {
    expect(await run('select 1 as value')).toEqual([{ value: 1 }]);
    expect(await run('select count(*)::int as assets from ingestion_assets')).toEqual([{ assets: 0 }]);
    expect(await run('select generate_series(1, 50)', 7)).toHaveLength(7);
  });

  it.each([
    [
      'writes',
      `with x as (insert into ingestion_assets (asset_uuid) values (gen_random_uuid()) returning 1) select * from x`,
    ],
    ['reads what the reading role may not', 'select connection_config from external_systems'],
    ['takes too long', 'select pg_sleep(2)'],
    ['is more than one statement', 'select 1; drop table ingestion_assets'],
    ['ends the transaction', 'select 1; commit'],
    ['is no query', 'update ingestion_assets set hostname = null'],
  ])('is refused when it %s', async (_what, query) => {
    await expect(run(query)).rejects.toMatchObject({ code: 'USAGE' });
    expect((await database.pool.query('select count(*)::int as n from ingestion_assets')).rows).toEqual([
      { n: 0 },
    ]);
  });
});
