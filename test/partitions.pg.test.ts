/** The SQL function tieline_ensure_partitions of migration 0002. */
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cloneDatabase } from './support/database.ts';

const parents = [
  'api_call_logs',
  'data_access_logs',
  'metrics_values',
  'performance_metrics',
  'security_events_extended',
  'sync_changes',
];

let database: Awaited<ReturnType<typeof cloneDatabase>>;
beforeEach(async () => {
  database = await cloneDatabase();
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

/** Tries again when a lock was not free at once, as the function asks its callers to. */
async function ensurePartitions(aheadMonths: number, attempts = 5): Promise<string[]> {
  try {
    const { rows } = await database.pool.query<{ name: string }>(
      'select * from tieline_ensure_partitions($1) as made(name)',
      [aheadMonths],
    );
    return rows.map((row) => row.name);
  } catch (error) {
    const lockNotAvailable = error instanceof pg.DatabaseError && error.code === '55P03';
    if (!lockNotAvailable || attempts === 1) throw error;
    return ensurePartitions(aheadMonths, attempts - 1);
  }
}

/** `_YYYY_MM` of the month so many months from now, in UTC, by the database's clock. */
async function monthSuffix(monthsFromNow: number): Promise<string> {
  const { rows } = await database.pool.query<{ suffix: string }>(
    `select to_char((now() at time zone 'UTC') + make_interval(months => $1), '_YYYY_MM') as suffix`,
    [monthsFromNow],
  );
  return rows[0]?.suffix ?? '';
}

test('partitioning makes this and the next months of every partitioned table, once', async () => {
  const suffixes = await Promise.all([0, 1, 2].map(monthSuffix));
  await ensurePartitions(2); // whoever migrated may have made some
  const { rows } = await database.pool.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_inherits i on i.inhrelid = c.oid
      where c.relispartition and c.relkind = 'r' order by 1`,
  );
  const wanted = parents.flatMap((parent) => ['_default', ...suffixes].map((suffix) => `${parent}${suffix}`));
  expect(rows.map((row) => row.name)).toEqual(wanted.toSorted());
  expect(await ensurePartitions(2)).toEqual([]);
  expect(await ensurePartitions(3)).toHaveLength(parents.length);
});

test('partitioning moves rows out of the default partition and loses none, whatever the time zone of the session', async () => {
  const { pool } = database;
  const client = await pool.connect();
  try {
    await client.query(`set timezone = 'Pacific/Kiritimati'; set datestyle = 'German'`);
    await client.query(`
      insert into ingestion_batches (batch_id, source_system) values (gen_random_uuid(), 'tieline');
      insert into sync_changes (operation_id, entity_type, entity_id, direction, decided_by_kind, rule_code, changed_at)
        select b.batch_id, 'poam', m::text, 'internal', 'rule', 'outbox',
               (date_trunc('month', now() at time zone 'UTC') + make_interval(months => m, secs => s)) at time zone 'UTC'
          from ingestion_batches b, generate_series(3, 4) m, (values (0), (-0.000001)) edge(s);
      insert into metrics_values (calculated_at, value)
        select date_trunc('month', now() at time zone 'UTC') + interval '3 months', 1`);
    await client.query('select tieline_ensure_partitions(3)');
  } finally {
    client.release(true); // with its time zone
  }
  const { rows } = await pool.query(`
    select 'changes' as of, tableoid::regclass::text as partition, count(*)::int as rows from sync_changes group by 2
    union all select 'values', tableoid::regclass::text, count(*)::int from metrics_values group by 2 order by 1, 2`);
  const [second, third] = await Promise.all([monthSuffix(2), monthSuffix(3)]);
  expect(rows).toEqual([
    { of: 'changes', partition: `sync_changes${second}`, rows: 1 }, // a microsecond before the third month
    { of: 'changes', partition: `sync_changes${third}`, rows: 2 }, // its first and its last instant
    { of: 'changes', partition: 'sync_changes_default', rows: 1 },
    { of: 'values', partition: `metrics_values${third}`, rows: 1 },
  ]);
});

test('partitioning is safe to call from several sessions while rows come in', async () => {
  const { pool } = database;
  const insert = `insert into api_call_logs (method, endpoint, called_at) values ('GET', '/', now() + interval '62 days')`;
  const writers = Array.from({ length: 20 }, () => pool.query(insert));
  const makers = [1, 2, 3, 3].map((ahead) => ensurePartitions(ahead));
  await Promise.all([...writers, ...makers]);
  const made = (await Promise.all(makers)).flat();
  expect(new Set(made).size).toBe(made.length);
  const { rows } = await pool.query(
    `select count(*)::int as n, count(distinct id)::int as ids from api_call_logs`,
  );
  expect(rows).toEqual([{ n: 20, ids: 20 }]);
});

test('partitioning gives up soon, and without effect, while a long transaction has written to a table', async () => {
  const client = await database.pool.connect();
  try {
    await client.query(`begin; insert into api_call_logs (method, endpoint) values ('GET', '/')`);
    await expect(ensurePartitions(12, 1)).rejects.toMatchObject({
      code: 'DATABASE_BUSY',
      cause: { code: '55P03' },
    });
    await client.query(`insert into api_call_logs (method, endpoint) values ('GET', '/again'); commit`);
  } finally {
    client.release();
  }
  expect(await ensurePartitions(12)).toContain(`api_call_logs${await monthSuffix(12)}`);
});

test('a partitioned table accepts a row of a month without a partition', async () => {
  await ensurePartitions(0);
  const { rows } = await database.pool.query(
    `insert into api_call_logs (method, endpoint, called_at) values ('GET', '/', '1999-12-31') returning tableoid::regclass::text as partition`,
  );
  expect(rows).toEqual([{ partition: 'api_call_logs_default' }]);
});

test('partitioning refuses a number of months that makes no sense', async () => {
  await expect(ensurePartitions(-1)).rejects.toThrow('ahead_months must be from 0 to 120');
});
