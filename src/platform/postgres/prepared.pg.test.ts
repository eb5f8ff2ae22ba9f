import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { prepared } from './index.ts';

let database: ClonedDatabase;
beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

it('a statement that is marked so is planned once a connection, whatever its parameters', async () => {
  await database.store.transaction(async ({ db }) => {
    const twice = async (n: number) =>
      (await sql<{ n: number }>`${prepared} select ${n}::int * 2 as n`.execute(db)).rows;
    for (const n of [1, 2, 3]) expect(await twice(n)).toEqual([{ n: 2 * n }]);
    await sql`select ${4}::int * 2 as n`.execute(db);
    const { rows } = await sql<{ text: string; calls: number }>`
      select statement as text, (generic_plans + custom_plans)::int as calls from pg_prepared_statements`.execute(
      db,
    );
    expect(rows).toEqual([{ text: '/* prepared */ select $1::int * 2 as n', calls: 3 }]);
  });
});
