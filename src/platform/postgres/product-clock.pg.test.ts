import { afterAll, beforeAll, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { openDatabase } from './database.ts';
import { ProductClock } from './product-clock.ts';

let database: ClonedDatabase;
beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const timeInSql = async ({ pool }: Pick<ClonedDatabase, 'pool'>): Promise<number> =>
  (await pool.query<{ at: Date }>('select tieline_now() as at')).rows[0]?.at.getTime() ?? 0;
const near = (left: number, right: number): boolean => Math.abs(left - right) < 5000;

it('a clock that was moved is moved in SQL too, for transactions and single statements, until it is put back', async () => {
  database.clock.moveTo(() => new Date('2031-05-06T07:00:00Z'));
  const there = Date.parse('2031-05-06T07:00:00Z');
  expect(near(await timeInSql(database), there)).toBe(true);
  const within = await database.store.transaction(
    async ({ client }) => (await client.query<{ at: Date }>('select tieline_now() as at')).rows[0]?.at,
  );
  expect(near(within?.getTime() ?? 0, there)).toBe(true);
  expect(near(database.clock.now().getTime(), there)).toBe(true);
  database.clock.moveTo(undefined);
  expect(near(await timeInSql(database), Date.now())).toBe(true);
});

it('what the database sets as its clock moves no connection of a start', async () => {
  await database.pool.query(
    `do $$ begin execute format('alter database %I set tieline.clock_ahead = %L', current_database(), '30 days'); end $$`,
  );
  const opened = await openDatabase(database.url);
  expect(near(await timeInSql(opened), Date.now())).toBe(true);
  expect(near(opened.clock.now().getTime(), Date.now())).toBe(true);
  await opened.close();
});

it('a server whose clock is ahead by more than the way to it and back takes the product with it', () => {
  const clock = new ProductClock();
  const asked = Date.now();
  clock.note({ asked, answered: asked + 100, server: asked + 3_600_050 });
  expect(near(clock.now().getTime(), Date.now() + 3_600_000)).toBe(true);
  clock.note({ asked, answered: asked + 2000, server: asked + 2900 });
  expect(near(clock.now().getTime(), Date.now())).toBe(true);
});
