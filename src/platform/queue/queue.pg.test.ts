import { afterAll, beforeAll, expect, it } from 'vitest';
import { composeApp } from '../../../test/support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { enqueueJob, ensureQueue } from './index.ts';

let database: ClonedDatabase;
beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

it('a job can be asked for while a worker that has just started is still making the queue', async () => {
  const { queue } = composeApp(database, Buffer.alloc(32, 1).toString('base64'));
  // What the library makes first, in a transaction of its own.
  await database.pool.query(
    'create schema tieline_jobs; create table tieline_jobs.migrations (id integer primary key, ts timestamptz not null default now(), breaking boolean not null default false)',
  );
  await ensureQueue(queue);
  await enqueueJob(database.db, {
    task: 'anything',
    payload: {},
    key: 'one',
    queue: undefined,
    attempts: 1,
  });
  const { rows } = await database.pool.query('select key from tieline_jobs.jobs');
  expect(rows).toEqual([{ key: 'one' }]);
});
