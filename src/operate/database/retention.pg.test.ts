/** Months are dropped when they are past what their table keeps; nothing else is. */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cloneDatabase } from '../../../test/support/database.ts';
import { ensurePartitions } from '../../platform/postgres/partitions.ts';
import { applyRetention, type RetentionOutcome } from './apply-retention.sql.ts';
import { planRetention, setRetention } from './retention.sql.ts';

let database: Awaited<ReturnType<typeof cloneDatabase>>;
beforeEach(async () => {
  database = await cloneDatabase();
  await ensurePartitions(database.db, 2);
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
});

/** Makes a month the way tieline_ensure_partitions does, with two rows: its first and its last instant. */
async function makeMonth(table: string, month: string): Promise<string> {
  const name = `${table}_${month.replace('-', '_')}`;
  await database.pool.query(`
    create table ${name} partition of ${table} for values from ('${month}-01 00:00+00') to ('${nextMonth(month)}-01 00:00+00');
    comment on table ${name} is 'Rows of ${table} of ${month} (UTC).'`);
  await insertRow(table, `${month}-01 00:00`);
  await insertRow(table, `${nextMonth(month)}-01 00:00`, '1 microsecond');
  return name;
}

const nextMonth = (month: string): string =>
  new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)))).toISOString().slice(0, 7);

async function insertRow(table: string, at: string, before = '0'): Promise<void> {
  const inserts: Record<string, string> = {
    api_call_logs: `insert into api_call_logs (method, endpoint, called_at) values ('GET', '/', $1::timestamp - $2::interval)`,
    performance_metrics: `insert into performance_metrics (metric_type, component, operation, value, unit, recorded_at)
      values ('t', 'c', 'o', 1, 'ms', ($1 || '+00')::timestamptz - $2::interval)`,
    sync_changes: `with b as (insert into ingestion_batches (batch_id, source_system) values (gen_random_uuid(), 'tieline') returning batch_id)
      insert into sync_changes (operation_id, entity_type, entity_id, direction, decided_by_kind, rule_code, changed_at)
      select batch_id, 'poam', '1', 'internal', 'rule', 'outbox', ($1 || '+00')::timestamptz - $2::interval from b`,
  };
  await database.pool.query(inserts[table] ?? '', [at, before]);
}

const run = async (now: string): Promise<RetentionOutcome> =>
  applyRetention(database.store, await planRetention(database.db, new Date(now)));

const namesOf = (outcome: RetentionOutcome): string[] => outcome.dropped.map((each) => each.name);

async function monthsOf(table: string): Promise<Record<string, number>> {
  const { rows } = await database.pool.query<{ name: string; n: number }>(
    `select tableoid::regclass::text as name, count(*)::int as n from ${table} group by 1 order by 1`,
  );
  return Object.fromEntries(rows.map((row) => [row.name, row.n]));
}

const tableExists = async (name: string): Promise<boolean> => {
  const { rows } = await database.pool.query<{ there: boolean }>(
    'select to_regclass($1) is not null as there',
    [name],
  );
  return rows[0]?.there ?? false;
};

test('retention drops a month that ended before the months kept, with its rows, and nothing else', async () => {
  for (const month of ['2025-05', '2025-06', '2025-07']) await makeMonth('api_call_logs', month); // keeps 3
  const outcome = await run('2025-09-30T23:59:59.999Z');
  expect(namesOf(outcome)).toEqual(['api_call_logs_2025_05']);
  expect(outcome.notDone).toEqual([]);
  expect(await monthsOf('api_call_logs')).toEqual({ api_call_logs_2025_06: 2, api_call_logs_2025_07: 2 });
  expect(await tableExists('api_call_logs_2025_05')).toBe(false);
});

test('retention drops a month in the first instant of the month after, not before, over the turn of the year', async () => {
  await makeMonth('performance_metrics', '2024-11'); // keeps 1, and holds instants with time zone
  await makeMonth('performance_metrics', '2024-12');
  expect(namesOf(await run('2024-12-31T23:59:59.999Z'))).toEqual([]);
  expect(namesOf(await run('2025-01-01T00:00:00.000Z'))).toEqual(['performance_metrics_2024_11']);
  expect(namesOf(await run('2025-01-31T23:59:59.999Z'))).toEqual([]);
  expect(namesOf(await run('2025-02-01T00:00:00.000Z'))).toEqual(['performance_metrics_2024_12']);
});

test('retention keeps for ever what has no limit: the journal', async () => {
  await makeMonth('sync_changes', '2001-01');
  await insertRow('sync_changes', '1999-06-01 00:00'); // in the default partition
  const outcome = await run('2090-01-15T00:00:00Z');
  expect(namesOf(outcome).filter((name) => name.startsWith('sync_changes'))).toEqual([]);
  expect(await monthsOf('sync_changes')).toEqual({ sync_changes_2001_01: 2, sync_changes_default: 1 });
});

test('retention leaves tables alone that are not a month of ours', async () => {
  await database.pool.query(`
    create table api_call_logs_2019 partition of api_call_logs for values from ('2019-01-01') to ('2020-01-01');
    create table api_call_logs_2020_01 partition of api_call_logs for values from ('2020-01-01') to ('2020-03-01');
    comment on table api_call_logs_2020_01 is 'Rows of api_call_logs of 2020-01 (UTC).';
    create table api_call_logs_2020_04 partition of api_call_logs for values from ('2020-04-01') to ('2020-05-01');
    create table api_call_logs_2018_01 (note text)`);
  expect(namesOf(await run('2025-09-15T00:00:00Z'))).toEqual([]);
  expect(await tableExists('api_call_logs_2018_01')).toBe(true);
});

test('retention blocks no session for more than a second while a reader holds the table, and succeeds afterwards', async () => {
  await makeMonth('api_call_logs', '2025-01');
  const reader = await database.pool.connect();
  await reader.query('begin; select count(*) from api_call_logs');
  const running = run('2025-09-15T00:00:00Z');
  let longestMs = 0;
  const until = Date.now() + 4000;
  while (Date.now() < until) {
    const startedAt = performance.now();
    await database.pool.query('select count(*) from api_call_logs');
    await insertRow('api_call_logs', '2025-09-15 00:00');
    longestMs = Math.max(longestMs, performance.now() - startedAt);
    await delay(20);
  }
  expect(await tableExists('api_call_logs_2025_01')).toBe(true);
  await reader.query('commit');
  reader.release();
  const outcome = await running;
  expect(namesOf(outcome)).toEqual(['api_call_logs_2025_01']);
  expect(outcome.notDone).toEqual([]);
  expect(longestMs).toBeLessThan(1000);
});

test('retention reports which session is in the way when it gives up on a month, and continues with the others', async () => {
  await makeMonth('api_call_logs', '2025-01');
  await makeMonth('performance_metrics', '2025-01');
  const reader = await database.pool.connect();
  const { rows } = await reader.query<{ pid: number }>('select pg_backend_pid() as pid');
  await reader.query('begin; select count(*) from api_call_logs');
  const plan = await planRetention(database.db, new Date('2025-09-15T00:00:00Z'));
  const waits: string[] = [];
  const outcome = await applyRetention(database.store, plan, {
    tries: 3,
    pause: async (what) => void waits.push(what),
  });
  await reader.query('commit');
  reader.release();
  expect(namesOf(outcome)).toEqual(['performance_metrics_2025_01']);
  expect(outcome.notDone).toMatchObject([
    { step: 'detach', name: 'api_call_logs_2025_01', holders: [{ pid: rows[0]?.pid }] },
  ]);
  expect(waits).toEqual(['api_call_logs_2025_01', 'api_call_logs_2025_01']);
});

test('retention does not wait longer for the tables that its foreign keys name', async () => {
  await makeMonth('api_call_logs', '2025-01');
  await database.pool.query('alter table api_call_logs detach partition api_call_logs_2025_01');
  const reader = await database.pool.connect();
  await reader.query('begin; select count(*) from ingestion_batches');
  const plan = await planRetention(database.db, new Date('2025-09-15T00:00:00Z'));
  const outcome = await applyRetention(database.store, plan, { tries: 1, pause: () => Promise.resolve() });
  expect(outcome.notDone).toMatchObject([{ step: 'drop', name: 'api_call_logs_2025_01' }]);
  await reader.query('commit');
  reader.release();
  expect(namesOf(await run('2025-09-15T00:00:00Z'))).toEqual(['api_call_logs_2025_01']);
});

test('retention finishes what a killed run had detached and not dropped', async () => {
  const name = await makeMonth('api_call_logs', '2025-01');
  await makeMonth('api_call_logs', '2025-08');
  await database.pool.query(`
    alter table api_call_logs detach partition ${name};
    alter table api_call_logs detach partition api_call_logs_2025_08`); // not past the limit: somebody's wish
  const outcome = await run('2025-09-15T00:00:00Z');
  expect(namesOf(outcome)).toEqual([name]);
  expect(await tableExists(name)).toBe(false);
  expect(await tableExists('api_call_logs_2025_08')).toBe(true);
});

test('retention continues after its connection was killed in the middle', async () => {
  await makeMonth('api_call_logs', '2025-01');
  await makeMonth('api_call_logs', '2025-02');
  const reader = await database.pool.connect();
  await reader.query('begin; select count(*) from api_call_logs');
  const broken = run('2025-09-15T00:00:00Z');
  await killWaiting(database.pool);
  await reader.query('commit');
  reader.release();
  expect((await broken).notDone).toMatchObject([{ step: 'detach', name: 'api_call_logs_2025_01' }]);
  await run('2025-09-15T00:00:00Z');
  expect(await tableExists('api_call_logs_2025_01')).toBe(false);
  expect(await tableExists('api_call_logs_2025_02')).toBe(false);
});

async function killWaiting(pool: pg.Pool): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const { rowCount } = await pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where query like '%detach partition%' and pid <> pg_backend_pid() and wait_event_type = 'Lock'`,
    );
    if ((rowCount ?? 0) > 0) return;
    await delay(10);
  }
  throw new Error('nobody waited to detach');
}

test('retention reports a month that something else depends on, and continues', async () => {
  await makeMonth('api_call_logs', '2025-01');
  await makeMonth('api_call_logs', '2025-02');
  await database.pool.query('create view of_january as select id from api_call_logs_2025_01');
  const outcome = await run('2025-09-15T00:00:00Z');
  expect(namesOf(outcome)).toEqual(['api_call_logs_2025_02']);
  expect(outcome.notDone).toMatchObject([{ step: 'drop', name: 'api_call_logs_2025_01', holders: [] }]);
});

test('retention drops what is due also where the months ahead cannot be made', async () => {
  await makeMonth('api_call_logs', '2025-01');
  const { rows } = await database.pool.query<{ name: string }>(
    `select to_char((now() at time zone 'UTC') + interval '2 months', '"metrics_values_"YYYY_MM') as name`,
  );
  const name = rows[0]?.name ?? '';
  await database.pool.query(`drop table ${name}; create table ${name} (note text)`);
  const outcome = await run('2025-09-15T00:00:00Z');
  expect(namesOf(outcome)).toEqual(['api_call_logs_2025_01']);
  expect(outcome.notDone).toMatchObject([{ step: 'make', reason: expect.stringContaining(name) as unknown }]);
});

test('retention deletes rows past the limit from the default partition, and only those', async () => {
  await database.pool.query(`
    insert into api_call_logs (method, endpoint, called_at) select 'GET', '/', '2025-05-31 23:59:59.999999' from generate_series(1, 20001);
    insert into api_call_logs (method, endpoint, called_at) values ('GET', '/', '2025-06-01')`);
  const plan = await planRetention(database.db, new Date('2025-09-15T00:00:00Z'));
  expect(plan.tables.find((table) => table.table === 'api_call_logs')?.overdueRows).toBe(20_001);
  const outcome = await applyRetention(database.store, plan);
  expect(outcome.deleted).toEqual([{ table: 'api_call_logs', rows: 20_001 }]);
  expect(await monthsOf('api_call_logs')).toEqual({ api_call_logs_default: 1 });
});

test('retention makes the months ahead that are missing', async () => {
  const now = new Date();
  const ahead = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 2)).toISOString().slice(0, 7);
  const name = `metrics_values_${ahead.replace('-', '_')}`;
  await database.pool.query(`drop table ${name}`);
  const plan = await planRetention(database.db, now);
  expect(plan.tables.flatMap((table) => table.missing)).toEqual([name]);
  expect((await applyRetention(database.store, plan)).made).toEqual([name]);
});

test('retention names the missing months over the turn of the year', async () => {
  const plan = await planRetention(database.db, new Date('2019-11-30T23:59:59Z'));
  expect(plan.tables.find((table) => table.table === 'sync_changes')?.missing).toEqual([
    'sync_changes_2019_11',
    'sync_changes_2019_12',
    'sync_changes_2020_01',
  ]);
});

test('retention does nothing the second time, and two at once do it once', async () => {
  for (const month of ['2025-01', '2025-02', '2025-03']) await makeMonth('api_call_logs', month);
  const both = await Promise.all([run('2025-09-15T00:00:00Z'), run('2025-09-15T00:00:00Z')]);
  expect(both.flatMap((outcome) => outcome.notDone)).toEqual([]);
  expect(await monthsOf('api_call_logs')).toEqual({});
  expect(await run('2025-09-15T00:00:00Z')).toEqual({ made: [], dropped: [], deleted: [], notDone: [] });
});

test('retention does nothing for a table whose retention was changed after the plan was made', async () => {
  await makeMonth('api_call_logs', '2025-01');
  await insertRow('api_call_logs', '2024-01-01 00:00');
  const plan = await planRetention(database.db, new Date('2025-09-15T00:00:00Z'));
  await setRetention(database.db, 'api_call_logs', null);
  const outcome = await applyRetention(database.store, plan);
  expect(outcome).toMatchObject({ dropped: [], deleted: [], notDone: [{ name: 'api_call_logs_2025_01' }] });
  expect(await monthsOf('api_call_logs')).toEqual({ api_call_logs_2025_01: 2, api_call_logs_default: 1 });
});

test('retention reads months whatever the date style, and finds tables in another schema of the search path', async () => {
  const { pool, db } = database;
  await makeMonth('api_call_logs', '2025-01');
  await pool.query(`
    create schema tieline;
    alter table api_call_logs set schema tieline;
    alter table api_call_logs_2025_01 set schema tieline;
    alter table api_call_logs_default set schema tieline`);
  const plan = await db.connection().execute(async (one) => {
    await sql`set datestyle = 'German'`.execute(one);
    await sql`set search_path = public, tieline`.execute(one);
    const planned = await planRetention(one, new Date('2025-09-15T00:00:00Z'));
    await sql`reset datestyle`.execute(one);
    return planned;
  });
  const due = plan.tables.flatMap((table) => table.partitions.filter((each) => each.isDue));
  expect(due).toMatchObject([
    { schema: 'tieline', name: 'api_call_logs_2025_01', from: new Date('2025-01-01T00:00:00Z') },
  ]);
  expect(namesOf(await applyRetention(database.store, { tables: plan.tables }))).toEqual([
    'api_call_logs_2025_01',
  ]);
});

test('retention changes what a table keeps, and names the tables when it knows none of that name', async () => {
  await setRetention(database.db, 'api_call_logs', 12);
  const plan = await planRetention(database.db, new Date('2025-09-15T00:00:00Z'));
  expect(plan.tables.find((table) => table.table === 'api_call_logs')).toMatchObject({
    keepMonths: 12,
    limit: new Date('2024-09-01T00:00:00Z'),
  });
  await expect(setRetention(database.db, 'users', 1)).rejects.toMatchObject({
    code: 'USAGE',
    remedy: expect.stringContaining('api_call_logs, data_access_logs') as unknown,
  });
  await expect(setRetention(database.db, 'api_call_logs', 0)).rejects.toMatchObject({ code: 'USAGE' });
});
