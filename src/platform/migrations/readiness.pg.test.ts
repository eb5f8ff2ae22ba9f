import { appendFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, emptyDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { fetchReadiness } from './migrate.ts';
import { isSchemaCurrent } from './readiness.ts';

const folder = join(import.meta.dirname, '../../../migrations');
let database: ClonedDatabase;
let copy: string;
beforeAll(async () => {
  database = await cloneDatabase();
  copy = await mkdtemp(join(tmpdir(), 'tieline-migrations-'));
});
afterAll(async () => {
  await rm(copy, { recursive: true });
  await database[Symbol.asyncDispose]();
});

describe('the version query', () => {
  it('the version query finds a migrated database current, as the whole plan of a migration does', async () => {
    expect(await isSchemaCurrent(database.pool, folder)).toBe(true);
    expect(await fetchReadiness(database.pool, folder)).toMatchObject({ state: 'current' });
  });

  it('the version query does not find a database current that was never migrated', async () => {
    await using empty = await emptyDatabase();
    expect(await isSchemaCurrent(empty.pool, folder)).toBe(false);
  });

  it('the version query does not find a database current where a migration is new, or was changed after it was applied', async () => {
    await cp(folder, copy, { recursive: true });
    await writeFile(join(copy, '9999_add_nothing.sql'), 'SELECT 1;\n');
    expect(await isSchemaCurrent(database.pool, copy)).toBe(false);
    await rm(join(copy, '9999_add_nothing.sql'));
    expect(await isSchemaCurrent(database.pool, copy)).toBe(true);
    await appendFile(join(copy, '0002_extend_and_create_planned_tables.sql'), '\n-- changed\n');
    expect(await isSchemaCurrent(database.pool, copy)).toBe(false);
  });

  it('the version query does not find a database current where an index of ours is missing, and finds it so again once it is built', async () => {
    const { pool } = database;
    // As the migration of an owner's database lists it.
    await pool.query(`create index tieline_probe on external_systems (created_at)`);
    await pool.query(
      `insert into tieline_objects (object_kind, schema_name, table_name, object_name, making_sql)
       values ('index', 'public', 'external_systems', 'tieline_probe', 'create index tieline_probe on external_systems (created_at)')`,
    );
    expect(await isSchemaCurrent(pool, folder)).toBe(true);
    await pool.query('drop index tieline_probe');
    expect(await isSchemaCurrent(database.pool, folder)).toBe(false);
    expect(await fetchReadiness(database.pool, folder)).toMatchObject({ unfinishedIndexes: 1 });
    await pool.query('create index tieline_probe on external_systems (created_at)');
    expect(await isSchemaCurrent(database.pool, folder)).toBe(true);
  });
});
