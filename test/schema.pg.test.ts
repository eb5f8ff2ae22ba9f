/** The migrated schema held against the plan, and what else must be true of it. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderSchemaTypes } from '../tools/generate-schema-types.ts';
import { listForeignKeysWithoutIndex, listTablesWithoutComment, readColumns } from './schema/catalog.ts';
import { leastColumns, plannedColumns } from './schema/planned-columns.ts';
import { readAddedColumns, readCreateTables, readExistingSchema } from './schema/reference-documents.ts';
import { cloneDatabase } from './support/database.ts';

const reference = new URL('../../shared/reference/', import.meta.url);
const referencePresent = existsSync(new URL('requirements.md', reference));

let database: Awaited<ReturnType<typeof cloneDatabase>>;
let columns: Map<string, string[]>;
beforeAll(async () => {
  database = await cloneDatabase();
  columns = await readColumns(database.pool);
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

const nameOf = (line: string): string => line.split(' ')[0] ?? '';

/** The lines of the table's columns that bear one of the wanted lines' names, in the table's order. */
function actualOf(table: string, wanted: readonly string[]): string[] {
  const names = new Set(wanted.map(nameOf));
  return (columns.get(table) ?? []).filter((line) => names.has(nameOf(line)));
}

describe('the plan', () => {
  test.each([...plannedColumns])(
    '%s has the columns, types and defaults that were planned',
    (table, planned) => {
      expect(actualOf(table, planned)).toEqual(planned);
    },
  );

  test.each(Object.entries(leastColumns))('%s holds at least what the design asks', (table, least) => {
    expect(actualOf(table, least.split(' ')).map(nameOf).toSorted()).toEqual(least.split(' ').toSorted());
  });

  test('columns that are ours alone have time zones', () => {
    const ours = Object.keys(leastColumns).filter((table) => !plannedColumns.has(table));
    const without = ours.flatMap((table) =>
      (columns.get(table) ?? []).filter((line) => / timestamp(!| |$)/.test(line)),
    );
    expect(without).toEqual([]);
  });
});

describe.skipIf(!referencePresent)(
  'the reference pages (skipped where ../shared/reference is absent)',
  () => {
    // The deviations that planned-columns.ts explains.
    const otherwise: Readonly<Record<string, string>> = {
      'ingestion_systems system_id varchar(50)!': 'system_id varchar(50)! unique',
      'api_call_logs id serial! pk': 'id serial!',
      'api_call_logs called_at timestamp = now()': 'called_at timestamp! = now()',
      'metrics_values id serial! pk': 'id serial!',
    };
    const pages = [
      ['existing-schema.md', 'existing tables', readExistingSchema, 21],
      ['requirements.md', 'new tables', readCreateTables, 11],
      ['requirements.md', 'added columns', readAddedColumns, 6],
    ] as const;

    test.each(pages)(
      'the %s of %s are in the database word by word',
      async (page, _what, read, tableCount) => {
        const tables = read(await readFile(new URL(page, reference), 'utf8'));
        expect(tables.size).toBe(tableCount);
        for (const [table, lines] of tables) {
          const wanted = lines.map((line) => otherwise[`${table} ${line}`] ?? line);
          expect(wanted.length).toBeGreaterThan(3);
          expect({ table, columns: actualOf(table, wanted) }).toEqual({ table, columns: wanted });
        }
      },
    );
  },
);

describe('the schema as a whole', () => {
  test('the schema needs no extension', async () => {
    const { rows } = await database.pool.query(`select extname from pg_extension where extname <> 'plpgsql'`);
    expect(rows).toEqual([]);
  });

  test('the schema has a comment on every table', async () => {
    const withoutComment = await listTablesWithoutComment(database.pool);
    // The migration runner makes this one before any migration can comment on it.
    expect(withoutComment.filter((table) => table !== 'tieline_migrations')).toEqual([]);
  });

  test('the schema has an index for every foreign key', async () => {
    expect(await listForeignKeysWithoutIndex(database.pool)).toEqual([]);
  });

  test('the schema notices a foreign key whose index is gone', async () => {
    const client = await database.pool.connect();
    try {
      await client.query('begin');
      await client.query('drop index idx_ingestion_batches_parent, idx_api_call_logs_operation');
      const single = { query: client.query.bind(client) } as typeof database.pool; // the function only queries
      expect(await listForeignKeysWithoutIndex(single)).toEqual([
        'api_call_logs(operation_id)',
        'ingestion_batches(parent_operation_id)',
      ]);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });

  test('the schema has the two indexes that the plan names', async () => {
    const { rows } = await database.pool.query<{ definition: string }>(`
      select regexp_replace(indexdef, '^.* ON (public\\.)?', '') as definition from pg_indexes
       where indexname in ('idx_ingestion_assets_tenable_uuid', 'idx_sync_conflicts_entity') order by 1`);
    expect(rows.map((row) => row.definition)).toEqual([
      'ingestion_assets USING btree (tenable_asset_uuid)',
      'sync_conflicts USING btree (entity_type, entity_id)',
    ]);
  });

  test('the schema is what src/platform/postgres/schema.ts was generated from', async () => {
    const generated = await readFile(new URL('../src/platform/postgres/schema.ts', import.meta.url), 'utf8');
    // Compared as a word: a difference of a thousand lines helps nobody.
    const stands = generated === (await renderSchemaTypes(database.pool)) ? 'fresh' : 'stale';
    expect({ 'src/platform/postgres/schema.ts': stands, by: 'tools/generate-schema-types.ts' }).toMatchObject(
      {
        'src/platform/postgres/schema.ts': 'fresh',
      },
    );
  });

  test('the schema stores objects, JSON text and dates through its types and gives them back', async () => {
    const { db } = database;
    await db
      .insertInto('external_systems')
      .values({
        system_name: 'typed',
        system_type: 'tenable',
        api_base_url: 'https://tenable.example',
        connection_config: { pageSize: 100 },
        created_at: new Date('2026-05-01T00:30:00Z'),
      })
      .execute();
    const system = await db
      .selectFrom('external_systems')
      .select(['id', 'connection_config', 'created_at', 'sync_enabled'])
      .where('system_name', '=', 'typed')
      .executeTakeFirstOrThrow();
    expect(system.connection_config).toEqual({ pageSize: 100 });
    expect(system.created_at).toEqual(new Date('2026-05-01T00:30:00Z'));
    expect(system.sync_enabled).toBe(true);
  });
});
