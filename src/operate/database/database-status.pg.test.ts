import { afterEach, beforeEach, expect, test } from 'vitest';
import { cloneDatabase } from '../../../test/support/database.ts';
import { fetchDatabaseStatus, type IndexStatus, type TableStatus } from './database-status.sql.ts';
import { openDatabase } from '../../platform/postgres/database.ts';
import { ensurePartitions } from '../../platform/postgres/partitions.ts';

let database: Awaited<ReturnType<typeof cloneDatabase>>;
beforeEach(async () => {
  database = await cloneDatabase();
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

const tableNamed = async (name: string): Promise<TableStatus | undefined> =>
  (await fetchDatabaseStatus(database.db)).tables.find((table) => table.name === name);
const indexNamed = async (name: string): Promise<IndexStatus | undefined> =>
  (await fetchDatabaseStatus(database.db)).indexes.find((index) => index.name === name);

test('the database status reports server, database, connections and migrations', async () => {
  await database.pool.query(
    `do $$ begin execute format('alter database %I set timezone = %L', current_database(), 'Asia/Tokyo'); end $$`,
  );
  const { rows } = await database.pool.query<{ version: string; name: string }>(
    `select current_setting('server_version') as version, current_database() as name`,
  );
  const other = await openDatabase(database.url);
  const status = await fetchDatabaseStatus(other.db);
  await other.close();
  expect(status).toMatchObject({
    serverVersion: rows[0]?.version,
    database: rows[0]?.name,
    encoding: 'UTF8',
    timeZone: 'Asia/Tokyo',
  });
  expect(status.bytes).toBeGreaterThan(1_000_000);
  expect(status.connections.here).toBeGreaterThanOrEqual(2);
  expect(status.connections.used).toBeLessThanOrEqual(status.connections.max);
  expect(status.migrations[0]?.name).toMatch(/^0001_/);
  expect(status.migrations[0]?.appliedAt).toBeInstanceOf(Date);
});

test('the database status adds up the partitions of a table, and lists none on its own', async () => {
  await ensurePartitions(database.db, 2);
  await database.pool.query(`
    insert into api_call_logs (method, endpoint, called_at)
      select 'GET', repeat('x', 400), now() + make_interval(months => n % 2) from generate_series(1, 2000) n;
    analyze api_call_logs`);
  const table = await tableNamed('api_call_logs');
  expect(table).toMatchObject({ schema: 'public', partitions: 4, rows: 2000, deadRows: 0 });
  expect(table?.heapBytes).toBeGreaterThan(800_000);
  expect(table?.indexBytes).toBeGreaterThan(2000 * 16);
  expect(table?.lastAnalyze).toBeInstanceOf(Date);
  const names = (await fetchDatabaseStatus(database.db)).tables.map((each) => each.name);
  expect(names).toContain('ingestion_assets');
  expect(names).toContain('sync_outbox');
  expect(names.filter((name) => /_\d{4}_\d\d$|_default$/.test(name))).toEqual([]);
});

test('the database status estimates the share of dead rows and what they take', async () => {
  const client = await database.pool.connect();
  await client.query(`
    alter table ingestion_systems set (autovacuum_enabled = off);
    insert into ingestion_systems (system_id, name, uuid) select n, 'S' || n, gen_random_uuid() from generate_series(1, 1000) n`);
  await client.query('delete from ingestion_systems where system_id::int > 250');
  client.release(true); // a session hands in its counts when it ends
  await expect
    .poll(async () => (await tableNamed('ingestion_systems'))?.deadRows, { timeout: 15_000 })
    .toBe(750);
  const table = await tableNamed('ingestion_systems');
  expect(table?.deadShare).toBe(0.75);
  expect(table?.bloatBytes).toBeCloseTo((table?.heapBytes ?? 0) * (table?.deadShare ?? 0), -1);
  expect(await tableNamed('alerts')).toMatchObject({
    rows: null,
    deadRows: 0,
    deadShare: null,
    bloatBytes: 0,
  });
});

test('the database status counts the text that is stored beside a table', async () => {
  await database.pool.query(`
    insert into report_templates (template_name, template_type, report_format, template_definition)
      select 'big', 'x', 'pdf', jsonb_build_object('text', string_agg(md5(n::text), '')) from generate_series(1, 5000) n`);
  expect((await tableNamed('report_templates'))?.toastBytes).toBeGreaterThan(100_000);
});

test('the database status distinguishes an index that was never used from one that was, that enforces a rule, or that is invalid', async () => {
  await ensurePartitions(database.db, 0);
  await database.pool.query(`
    create table ingestion_extra (id int primary key, a int, b int);
    insert into ingestion_extra select n, n, 1 from generate_series(1, 10000) n;
    create index extra_a on ingestion_extra (a);
    create index extra_b on ingestion_extra (b);
    analyze ingestion_extra`);
  await expect(
    database.pool.query('create unique index concurrently extra_broken on ingestion_extra (b)'),
  ).rejects.toThrow('could not create unique index');
  const client = await database.pool.connect();
  await client.query('set enable_seqscan = off; select * from ingestion_extra where a = 7');
  client.release(true); // a session hands in its counts when it ends
  await expect.poll(async () => (await indexNamed('extra_a'))?.scans, { timeout: 15_000 }).toBeGreaterThan(0);
  expect(await indexNamed('extra_a')).toMatchObject({ isNeverUsed: false, isInvalid: false });
  expect(await indexNamed('extra_b')).toMatchObject({ scans: 0, isNeverUsed: true, isInvalid: false });
  expect(await indexNamed('extra_broken')).toMatchObject({ isInvalid: true });
  expect(await indexNamed('ingestion_extra_pkey')).toMatchObject({ isUnique: true, isNeverUsed: false });
  const ofPartitions = await indexNamed('idx_api_call_logs_operation');
  expect(ofPartitions).toMatchObject({ table: 'api_call_logs', isInvalid: false });
  expect(ofPartitions?.bytes).toBeGreaterThanOrEqual(2 * 8192); // of the month and of the default partition
});

test('the database status answers while a session holds a table exclusively', async () => {
  const client = await database.pool.connect();
  await client.query('begin; lock table ingestion_assets, api_call_logs in access exclusive mode');
  const status = await fetchDatabaseStatus(database.db); // would wait until the test's time is up
  expect(status.tables.map((table) => table.name)).toContain('ingestion_assets');
  await client.query('rollback');
  client.release();
});

test('the database status finds the tables of the host application in another schema of the search path', async () => {
  await database.pool.query(`
    do $$ begin execute format('alter database %I set search_path = public, app', current_database()); end $$;
    create schema app; create table app.ingestion_theirs (id int); create table app.unrelated (id int)`);
  const other = await openDatabase(database.url);
  const { tables } = await fetchDatabaseStatus(other.db);
  await other.close();
  expect(tables.filter((table) => table.schema === 'app').map((table) => table.name)).toEqual([
    'ingestion_theirs',
  ]);
});
