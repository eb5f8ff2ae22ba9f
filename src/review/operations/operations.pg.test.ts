import { afterAll, beforeAll, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { fetchOperation } from './operations.ts';

let database: ClonedDatabase;
const id = '00000000-0000-4000-8000-000000000001';
beforeAll(async () => {
  database = await cloneDatabase();
  await database.pool.query(
    `insert into ingestion_batches (batch_id, source_system) values ($1, 'tieline')`,
    [id],
  );
  await database.pool.query(
    `insert into ingestion_errors (batch_id, table_name, record_identifier, error_type, error_message)
     select $1, 'ingestion_assets', 'asset ' || n, 'mapping', 'no' from generate_series(1, 51) n`,
    [id],
  );
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

it('an operation says which of its lists are cut, and shows all where so many are asked for', async () => {
  const some = await fetchOperation(database, id);
  expect([some.held.length, some.cut]).toEqual([50, ['held']]);
  const all = await fetchOperation(database, id, { limit: 60 });
  expect([all.held.length, all.cut]).toEqual([51, []]);
});
