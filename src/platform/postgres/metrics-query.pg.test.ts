import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
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
  it('a metrics query gives its rows, up to the limit', async () => {
    expect(await run('select 1 as value')).toEqual([{ value: 1 }]);
    expect(await run('select count(*)::int as assets from ingestion_assets')).toEqual([{ assets: 0 }]);
    expect(await run('select generate_series(1, 50)', 7)).toHaveLength(7);
    expect(await run('select session_user::text as who')).toEqual([{ who: role }]);
  });

  it('a metrics query runs at the same time as others under the same role', async () => {
    const all = await Promise.all(
      [1, 2, 3, 4].map((n) => run(`select ${n}::int as n, pg_sleep(0.05)::text`)),
    );
    expect(all.map(([row]) => row?.['n'])).toEqual([1, 2, 3, 4]);
  });

  it('a metrics query does not run as a role that may do more than read, nor without a login', async () => {
    const mighty = `mighty_${role}`;
    await database.pool.query(`create role ${mighty} createrole`);
    const options = { timeoutMs: 300, limit: 1 };
    for (const given of [{ role: mighty }, { role: 'nobody_of_that_name' }, {}])
      await expect(
        runMetricsQuery(database.pool, 'select 1', { ...options, ...given }),
      ).rejects.toMatchObject({
        code: 'SETTING_INVALID',
      });
    await database.pool.query(`drop role ${mighty}`);
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
    [
      'puts its role away',
      `select set_config('role','none',true), query_to_xml('select connection_config from external_systems', true, false, '')::text`,
    ],
    ['puts its role away, and reads nothing then', `select set_config('role','none',true)`],
    ['takes its time limit away', `select set_config('statement_timeout','0',true), pg_sleep(2)`],
    ['writes a file of the server', `select lo_export(0, '/dev/null')`],
    ['reads a file of the server', `select pg_read_file('PG_VERSION')`],
    ['is no query', 'update ingestion_assets set hostname = null'],
  ])('a metrics query is refused when it %s', async (_what, query) => {
    await expect(run(query)).rejects.toMatchObject({ code: 'USAGE' });
    expect((await database.pool.query('select count(*)::int as n from ingestion_assets')).rows).toEqual([
      { n: 0 },
    ]);
  });
});
