import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { openDatabase } from '../postgres/database.ts';
import { migrate } from './migrate.ts';

let database: ClonedDatabase;
let folder: string;
beforeEach(async () => {
  database = await emptyDatabase();
  folder = await mkdtemp(join(tmpdir(), 'tieline-migrations-'));
});
afterEach(async () => {
  await database[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

async function tables(): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    `SELECT schemaname || '.' || tablename AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  );
  return rows.map((row) => row.name);
}

const fruit = {
  '0001_create_apples.sql': 'CREATE TABLE apples (id int);\nCREATE TABLE cores (id int);',
  '0002_create_pears.sql': 'CREATE TABLE pears (id int);',
};

describe('migrations', () => {
  it('migrations are applied in order, once', async () => {
    await write(fruit);
    const names = Object.keys(fruit);
    expect(await migrate(database.pool, { folder })).toMatchObject({ applied: names, already: [] });
    expect(await migrate(database.pool, { folder })).toMatchObject({ applied: [], already: names });
    await write({ '0003_create_plums.sql': 'CREATE TABLE plums (id int);' });
    expect(await migrate(database.pool, { folder })).toMatchObject({ applied: ['0003_create_plums.sql'] });
    expect(await tables()).toEqual([
      'public.apples',
      'public.cores',
      'public.pears',
      'public.plums',
      'public.tieline_migrations',
    ]);
  });

  it('migrations correct rows of ours in a database that is there, where no table is to be locked', async () => {
    await write({ ...fruit, '0003_name_apples.sql': 'INSERT INTO apples (id) VALUES (1),\n (2);' });
    await migrate(database.pool, { folder });
    const renaming = { '0004_rename_apples.sql': 'UPDATE apples SET id = id + 10;' };
    await write(renaming);
    expect(await migrate(database.pool, { folder })).toMatchObject({ applied: Object.keys(renaming) });
    const { rows } = await database.pool.query('SELECT id FROM apples ORDER BY id');
    expect(rows).toEqual([{ id: 11 }, { id: 12 }]);
  });

  it('migrations correct, in a first installation too, the rows that an earlier one put into a table of ours', async () => {
    await write({
      ...fruit,
      '0003_name_apples.sql': 'INSERT INTO apples (id) VALUES (1),\n (2);',
      '0004_rename_apples.sql': 'UPDATE apples SET id = id + 10;',
    });
    await migrate(database.pool, { folder });
    const { rows } = await database.pool.query('select id from apples order by id');
    expect(rows).toEqual([{ id: 11 }, { id: 12 }]);
  });

  it('migrations go into the schema that was asked for', async () => {
    await write(fruit);
    await migrate(database.pool, { folder, schema: 'tieline' });
    expect(await tables()).toEqual([
      'tieline.apples',
      'tieline.cores',
      'tieline.pears',
      'tieline.tieline_migrations',
    ]);
  });

  it('migrations leave the database as it was when a file fails, and name the file and the place', async () => {
    await write({
      ...fruit,
      '0002_create_pears.sql': 'CREATE TABLE pears (id int);\nCREATE TABLE x (id ínt);',
    });
    await expect(migrate(database.pool, { folder })).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: '0002_create_pears.sql, line 2: type "ínt" does not exist',
    });
    expect(await tables()).toEqual([]);
    await write(fruit);
    expect(await migrate(database.pool, { folder })).toMatchObject({ applied: Object.keys(fruit) });
  });

  it('migrations wait for another process that migrates, and then find nothing to do', async () => {
    await write({ ...fruit, '0002_create_pears.sql': 'SELECT pg_sleep(0.3); CREATE TABLE pears (id int);' });
    const other = await openDatabase(database.url);
    const results = await Promise.all([migrate(database.pool, { folder }), migrate(other.pool, { folder })]);
    await other.close();
    expect(results.map((result) => result.applied.length)).toEqual(expect.arrayContaining([0, 2]));
  });

  it("migrations of a further folder are applied after Tieline's own, under the name of their set, in an order of their own", async () => {
    await write(fruit);
    const further = await mkdtemp(join(tmpdir(), 'tieline-migrations-'));
    const sets = [{ name: 'nuts', folder: further }];
    try {
      await migrate(database.pool, { folder });
      await writeFile(join(further, '0001_create_nuts.sql'), 'CREATE TABLE nuts (id int);');
      expect(await migrate(database.pool, { folder, sets })).toMatchObject({
        applied: ['nuts/0001_create_nuts.sql'],
        already: Object.keys(fruit),
      });
      await write({ '0003_create_plums.sql': 'CREATE TABLE plums (id int);' });
      expect(await migrate(database.pool, { folder, sets })).toMatchObject({
        applied: ['0003_create_plums.sql'],
      });
      await writeFile(join(further, '0001_create_nuts.sql'), 'CREATE TABLE nuts (id bigint);');
      await expect(migrate(database.pool, { folder, sets })).rejects.toMatchObject({
        message: expect.stringContaining('nuts/0001_create_nuts.sql was changed') as string,
      });
      await expect(migrate(database.pool, { folder })).rejects.toMatchObject({
        code: 'DATABASE_UNSUITABLE',
        message: expect.stringContaining('nuts/0001_create_nuts.sql') as string,
      });
    } finally {
      await rm(further, { recursive: true, force: true });
    }
  });

  it('migrations give up on a table that a session holds, instead of queueing everybody behind them', async () => {
    await write(fruit);
    await migrate(database.pool, { folder });
    const holder = await database.pool.connect();
    await holder.query('BEGIN; LOCK TABLE apples');
    await write({ '0003_alter_apples.sql': 'ALTER TABLE apples ADD weight int;' });
    await expect(migrate(database.pool, { folder, lockTimeoutMs: 100 })).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: expect.stringContaining('lock timeout') as string,
    });
    holder.release(true);
  });
});

describe('a folder is refused', () => {
  const cases: [string, Record<string, string>, string][] = [
    [
      'when an applied file was changed',
      { '0001_create_apples.sql': 'CREATE TABLE apples (id bigint);' },
      'was changed',
    ],
    ['when a new file comes before an applied one', { '0000_create_seeds.sql': 'SELECT 1;' }, 'comes before'],
    ['when two files have one number', { '0002_create_nuts.sql': 'SELECT 1;' }, 'number of another file'],
    ['when a file has no number', { 'create_nuts.sql': 'SELECT 1;' }, 'NNNN_verb_noun.sql'],
    [
      'when a file ends the transaction itself',
      { '0003_add_nuts.sql': 'SELECT 1;\nCOMMIT;' },
      'transaction itself',
    ],
  ];
  it.each(cases)('a migration folder is refused: %s', async (_when, change, message) => {
    await write(fruit);
    await migrate(database.pool, { folder });
    await write(change);
    await expect(migrate(database.pool, { folder })).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: expect.stringContaining(message) as string,
    });
  });

  it('a migration folder is refused when the database was migrated by a newer version', async () => {
    await write(fruit);
    await migrate(database.pool, { folder });
    await rm(join(folder, '0002_create_pears.sql'));
    await expect(migrate(database.pool, { folder })).rejects.toMatchObject({ code: 'DATABASE_UNSUITABLE' });
  });
});
