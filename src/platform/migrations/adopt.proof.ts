import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { wholeCatalog } from '../../../test/schema/whole-catalog.ts';
import { cloneDatabase, emptyDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { checkDatabase, removeFromDatabase, showMigration } from '../../operate/database/adoption.ts';
import { openDatabase } from '../postgres/database.ts';
import { readMigrationFiles } from './files.ts';
import { migrate } from './migrate.ts';

const folder = join(import.meta.dirname, '../../../migrations');
let database: ClonedDatabase;
const opened: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  database = await emptyDatabase();
  const [base] = await readMigrationFiles(folder);
  for (const statement of base?.statements ?? [])
    if (statement.is.kind === 'table') await database.pool.query(statement.sql);
  await database.pool.query(`
    insert into users (username) values ('owner');
    insert into ingestion_systems (system_id, name, uuid) select 'S' || n, 'System ' || n, gen_random_uuid() from generate_series(1, 3) n;
    insert into ingestion_assets (asset_uuid, hostname, system_id) select gen_random_uuid(), 'host' || n, 'S1' from generate_series(1, 20) n;
    insert into ingestion_vulnerabilities (plugin_id, vulnerability_name, severity, asset_uuid)
      select '1000', 'Weak', 'High', asset_uuid::text from ingestion_assets`);
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  await database[Symbol.asyncDispose]();
});

const access = () => ({ pool: database.pool, migrationsFolder: folder });
const check = () => checkDatabase(access(), { countRows: true, countLimitMs: 10_000 });
/** A pool of after the migration: it finds where Tieline's own tables are. */
async function reopen(): Promise<pg.Pool> {
  const fresh = await openDatabase(database.url);
  opened.push(fresh);
  return fresh.pool;
}

describe('moving into a database', () => {
  it('adopting a database gives every table the columns that a fresh database has', async () => {
    await migrate(database.pool, { folder });
    await using fresh = await cloneDatabase();
    const columns = (lines: string[]): string[] =>
      lines
        .filter((line) => line.startsWith('column '))
        .map((line) => line.replace(/^(column \S+) \d+ /, '$1 '))
        .toSorted();
    expect(columns(await wholeCatalog(database.pool))).toEqual(columns(await wholeCatalog(fresh.pool)));
  });

  it('adopting a database changes nothing the second, third and fourth time', async () => {
    await migrate(database.pool, { folder });
    const after = await wholeCatalog(database.pool);
    for (let again = 0; again < 3; again += 1)
      expect(await migrate(database.pool, { folder })).toMatchObject({ applied: [], indexes: [] });
    expect(await wholeCatalog(database.pool)).toEqual(after);
  });

  it('adopting a database compares rows and checksums over the columns that were there', async () => {
    const { verified } = await migrate(database.pool, { folder });
    expect(verified.find((each) => each.table === 'public.ingestion_vulnerabilities')).toMatchObject({
      rowsBefore: 20,
      rowsAfter: 20,
      verdict: 'equal',
    });
    expect(verified.every((each) => each.checksumBefore === each.checksumAfter)).toBe(true);
  });

  it('adopting a database puts a table whose name is taken into its own schema, leaves the other as it is, and finds its own', async () => {
    await database.pool.query(
      `create table dashboards (id serial primary key, name text); insert into dashboards (name) values ('theirs'); create view alerts as select 1 as one`,
    );
    await migrate(database.pool, { folder });
    expect((await database.pool.query('select name from public.dashboards')).rows).toEqual([
      { name: 'theirs' },
    ]);
    const pool = await reopen();
    await pool.query(`insert into dashboards (dashboard_name, dashboard_type) values ('ours', 'view')`);
    await pool.query(`insert into alerts (alert_type, severity, title) values ('x', 'Low', 'ours')`);
    expect((await pool.query('select dashboard_name from tieline.dashboards')).rows).toHaveLength(1);
    expect((await check()).tables.filter((each) => each.status === 'taken')).toEqual([]);
  });

  it("adopting a database puts all of Tieline's tables into the requested schema, and finds them there", async () => {
    await migrate(database.pool, { folder, schema: 'tl' });
    const { rows } = await database.pool.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' and tablename !~ '^(ingestion_|users$)'`,
    );
    expect(rows).toEqual([]);
    const pool = await reopen();
    expect((await pool.query('select count(*)::int as n from control_rules')).rows[0]).toMatchObject({
      n: 12,
    });
    expect(await migrate(pool, { folder })).toMatchObject({ applied: [] });
  });

  it('adopting a database refuses to use a second schema, and names the first', async () => {
    await migrate(database.pool, { folder });
    await expect(migrate(database.pool, { folder, schema: 'tl' })).rejects.toMatchObject({
      code: 'DATABASE_UNSUITABLE',
      message: expect.stringContaining('schema public') as string,
    });
  });

  it('adopting a database shows the SQL that it will run, and running that SQL by hand gives the same result', async () => {
    const before = await wholeCatalog(database.pool);
    const sql = await showMigration(access());
    expect(await wholeCatalog(database.pool)).toEqual(before);
    await using twin = await emptyDatabase();
    const [base] = await readMigrationFiles(folder);
    for (const statement of base?.statements ?? [])
      if (statement.is.kind === 'table') await twin.pool.query(statement.sql);
    const client = await twin.pool.connect();
    const [transaction = '', ...later] = sql.split(/^COMMIT;$/m);
    await client.query(`${transaction}COMMIT;`);
    for (const statement of later
      .join('')
      .split(/;$/m)
      .map((each) => each.replaceAll(/^--.*$/gm, '').trim()))
      if (statement !== '') await client.query(statement);
    client.release(true);
    await migrate(database.pool, { folder });
    expect(await wholeCatalog(twin.pool)).toEqual(await wholeCatalog(database.pool));
  });

  it('adopting a database lets the application continue to insert and update without the new columns', async () => {
    await migrate(database.pool, { folder });
    const outcome = database.pool.query(
      `insert into ingestion_vulnerabilities (plugin_id, vulnerability_name, severity, asset_uuid) values ('1', 'x', 'Low', 'host-7');
       update ingestion_assets set hostname = 'renamed' where id = 1;
       delete from ingestion_batches; delete from ingestion_assets where id = 2`,
    );
    await expect(outcome).resolves.toHaveLength(4);
  });

  it('adopting a database builds an index again whose build was interrupted, and refuses nothing meanwhile', async () => {
    await migrate(database.pool, { folder });
    const name = 'idx_ingestion_vulnerabilities_finding_key';
    await database.pool.query(
      `update pg_index set indisvalid = false where indexrelid = '${name}'::regclass`,
    );
    await database.pool.query('drop index idx_ingestion_assets_tenable_uuid');
    expect((await check()).unfinishedIndexes.toSorted()).toEqual(['idx_ingestion_assets_tenable_uuid', name]);
    expect((await migrate(database.pool, { folder })).indexes.toSorted()).toEqual([
      'idx_ingestion_assets_tenable_uuid',
      name,
    ]);
    expect((await check()).unfinishedIndexes).toEqual([]);
  });

  it('adopting a database blocks no reader or writer for a second, though a session holds the tables for a while', async () => {
    const holder = await database.pool.connect();
    await holder.query(
      'begin; select count(*) from ingestion_vulnerabilities; update ingestion_systems set name = name',
    );
    let longest = 0;
    let stop = false;
    const work = async (sql: string): Promise<void> => {
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      while (!stop) {
        const started = performance.now();
        await client.query(sql);
        longest = Math.max(longest, performance.now() - started);
        await delay(2);
      }
      await client.end();
    };
    const working = [
      work('select count(*) from ingestion_vulnerabilities'),
      work(
        `insert into ingestion_vulnerabilities (plugin_id, vulnerability_name, severity, asset_uuid) values ('2', 'y', 'Low', 'a')`,
      ),
      work(`update ingestion_assets set hostname = hostname where id = 3`),
    ];
    const migrating = migrate(database.pool, { folder });
    // Until the migration has waited for the tables, given up, and waited again, however slow the machine is.
    let waits = 0;
    let wasWaiting = false;
    for (let looks = 0; waits < 2 && looks < 5_000; looks += 1) {
      const { rows } = await database.pool.query<{ waiting: boolean }>(
        `select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and application_name ~* 'tieline') as waiting`,
      );
      const isWaiting = rows[0]?.waiting ?? false;
      if (isWaiting && !wasWaiting) waits += 1;
      wasWaiting = isWaiting;
      await delay(5);
    }
    await holder.query('commit');
    holder.release();
    const result = await migrating;
    stop = true;
    await Promise.all(working);
    expect(result.lockAttempts).toBeGreaterThan(1);
    expect(longest).toBeLessThan(1000);
    // The application wrote meanwhile, and the migration says so instead of claiming equality.
    expect(result.verified.find((each) => each.table === 'public.ingestion_vulnerabilities')?.verdict).toBe(
      'written by others',
    );
  });

  it('adopting a database gives up in the end where the tables cannot be locked, and leaves everything as it was', async () => {
    const before = await wholeCatalog(database.pool);
    const holder = await database.pool.connect();
    await holder.query('begin; lock table ingestion_assets in row exclusive mode');
    await expect(migrate(database.pool, { folder, lockTimeoutMs: 700 })).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: expect.stringContaining('ingestion_assets') as string,
    });
    holder.release(true);
    expect(await wholeCatalog(database.pool)).toEqual(before);
  });

  it('adopting a database leaves everything as it was where the database forbids a change', async () => {
    await database.pool.query(
      `create function no() returns event_trigger language plpgsql as $$ begin raise exception 'change control forbids it'; end $$;
       create event trigger no on ddl_command_start when tag in ('ALTER TABLE') execute function no()`,
    );
    const before = await wholeCatalog(database.pool);
    await expect(migrate(database.pool, { folder })).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: expect.stringContaining('change control forbids it') as string,
    });
    expect(await wholeCatalog(database.pool)).toEqual(before);
  });
});

describe('what stands in the way is refused with the remedy, and nothing is changed', () => {
  it.each<[string, string, string]>([
    [
      'a view in the place of a table',
      'alter table ingestion_poam_cves rename to p; create view ingestion_poam_cves as select * from p',
      'kind:ingestion_poam_cves',
    ],
    [
      'a key column of another type',
      `alter table ingestion_assets add column sync_status integer`,
      'type:ingestion_assets.sync_status',
    ],
    [
      'an identity that is not unique',
      'alter table ingestion_assets drop constraint ingestion_assets_asset_uuid_key cascade',
      'unique:ingestion_assets',
    ],
    [
      'a trigger that copies whole rows',
      `create table history (like ingestion_assets); create function h() returns trigger language plpgsql as $$ begin insert into history select new.*; return new; end $$; create trigger h after update on ingestion_assets for each row execute function h()`,
      'trigger:ingestion_assets.h',
    ],
    [
      'a column that Tieline could not fill',
      'alter table ingestion_poams add column office text not null',
      'column:ingestion_poams.office',
    ],
    [
      'a table without its key column',
      'alter table ingestion_controls drop column control_id',
      'column:ingestion_controls.control_id',
    ],
  ])(
    'an obstacle to adopting a database is refused with the remedy, and nothing is changed: %s',
    async (_what, sql, id) => {
      await database.pool.query(sql);
      const before = await wholeCatalog(database.pool);
      const found = await check();
      expect(found.canMigrate).toBe(false);
      expect(found.problems.map((problem) => problem.id)).toEqual([id]);
      expect(found.problems[0]?.remedy).not.toBe('');
      await expect(migrate(database.pool, { folder })).rejects.toMatchObject({ code: 'DATABASE_UNSUITABLE' });
      expect(await wholeCatalog(database.pool)).toEqual(before);
    },
  );

  it('an obstacle to adopting a database is accepted on request where it is a trigger or a column, and reported', async () => {
    await database.pool.query('alter table ingestion_poams add column office text not null');
    const accept = ['column:ingestion_poams.office'];
    expect((await migrate(database.pool, { folder, accept })).applied.length).toBeGreaterThan(0);
  });

  it('a role that owns neither the tables nor a schema is refused with the remedy, and nothing is changed', async () => {
    const role = `passer_by_${Date.now()}`;
    await database.pool.query(
      `create role ${role} login password 'x'; grant select on all tables in schema public to ${role}`,
    );
    try {
      const url = new URL(database.url);
      url.username = role;
      url.password = 'x';
      const theirs = await openDatabase(url.href);
      opened.push(theirs);
      const found = await checkDatabase(
        { pool: theirs.pool, migrationsFolder: folder },
        { countRows: false, countLimitMs: 1000 },
      );
      expect(found.problems.map((problem) => problem.id)).toEqual(
        expect.arrayContaining(['privilege:create', 'owner:ingestion_assets']),
      );
    } finally {
      await opened.pop()?.close();
      await database.pool.query(`drop owned by ${role}; drop role ${role}`);
    }
  });
});

describe('an upgrade from the schema of the first release', () => {
  it('an upgrade from the first release ends like a fresh database of today, with the new columns filled', async () => {
    const earlier = await mkdtemp(join(tmpdir(), 'tieline-earlier-'));
    for (const file of (await readMigrationFiles(folder)).slice(0, 3))
      await cp(join(folder, file.name), join(earlier, file.name));
    await using old = await emptyDatabase();
    await migrate(old.pool, { folder: earlier });
    await rm(earlier, { recursive: true });
    await old.pool.query(
      `insert into ingestion_vulnerabilities (plugin_id, vulnerability_name, severity, asset_uuid, finding_key)
       values ('1', 'x', 'High', 'AAAAAAAA-0000-4000-8000-000000000001', gen_random_uuid()), ('1', 'x', 'Low', 'no uuid', null)`,
    );
    expect((await migrate(old.pool, { folder })).applied).toContain('0004_adopt_existing_tables.sql');
    expect(
      (
        await old.pool.query(
          'select asset_ref::text, severity_rank from ingestion_vulnerabilities order by id',
        )
      ).rows,
    ).toEqual([
      { asset_ref: 'aaaaaaaa-0000-4000-8000-000000000001', severity_rank: 3 },
      { asset_ref: null, severity_rank: null },
    ]);
    await using fresh = await cloneDatabase();
    expect(await wholeCatalog(old.pool)).toEqual(await wholeCatalog(fresh.pool));
    const tables = async (pool: pg.Pool) =>
      (await pool.query(`select object_name from tieline_objects where object_kind = 'table' order by 1`))
        .rows;
    expect(await tables(old.pool)).toEqual(await tables(fresh.pool));
  });
});

describe('taking Tieline out again', () => {
  it.each([undefined, 'tl'])(
    'removing Tieline leaves the database as it was before (schema %s)',
    async (schema) => {
      await database.pool.query(
        'create table dashboards (id int); create index idx_ingestion_assets_tenable_uuid on users (email)',
      );
      const before = await wholeCatalog(database.pool);
      await migrate(database.pool, { folder, ...(schema === undefined ? {} : { schema }) });
      const pool = await reopen();
      await pool.query(`select tieline_ensure_partitions(2)`);
      const name = new URL(database.url).pathname.slice(1);
      const there = { pool, migrationsFolder: folder };
      expect((await removeFromDatabase(there, { patienceMs: 5000 })).removed).toBe(false);
      await expect(removeFromDatabase(there, { confirm: 'other', patienceMs: 5000 })).rejects.toMatchObject({
        code: 'USAGE',
      });
      expect((await removeFromDatabase(there, { confirm: name, patienceMs: 5000 })).removed).toBe(true);
      expect(await wholeCatalog(database.pool)).toEqual(before);
      expect((await migrate(database.pool, { folder })).applied.length).toBeGreaterThan(0);
    },
  );

  it('removing Tieline is refused while a view of the owner uses what would be dropped', async () => {
    await migrate(database.pool, { folder });
    await database.pool.query(
      'create view due as select id, remediation_due_date from ingestion_vulnerabilities',
    );
    const name = new URL(database.url).pathname.slice(1);
    await expect(removeFromDatabase(access(), { confirm: name, patienceMs: 1000 })).rejects.toMatchObject({
      code: 'DATABASE_UNSUITABLE',
      fields: [{ field: 'public.due' }],
    });
  });
});
