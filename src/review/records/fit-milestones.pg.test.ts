/** Milestones that lie after the day which their POA&M promises: on their list, in the inbox with the same number, and moved in one action. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandOver, commandText } from '../../../test/support/command-over.ts';
import { composeApp, type TestApp } from '../../../test/support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';

let database: ClonedDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await cloneDatabase();
  app = {
    ...composeApp(database, Buffer.alloc(32, 1).toString('base64')),
    now: () => new Date('2026-12-01T09:00:00Z'),
  };
  await database.pool.query(`
    insert into ingestion_systems (system_id, name, uuid) values ('SYS-1', 'One', gen_random_uuid());
    insert into ingestion_poams (poam_id, system_id, status, scheduled_completion, weakness_description) values
      ('P-1', 'SYS-1', 'Open', '2026-12-20', 'Weak'), ('P-2', 'SYS-1', 'Completed', '2026-12-20', 'Done');
    insert into ingestion_poam_milestones (poam_id, milestone_description, scheduled_completion, status) values
      ('P-1', 'Test', '2026-12-05', 'Pending'), ('P-1', 'Apply', '2026-12-25', 'Pending'), ('P-1', 'Verify', '2027-01-04', 'Pending'),
      ('P-1', 'Order', '2026-12-30', 'Completed'), ('P-1', 'Extension to 2027-02-01: parts', '2027-02-01', 'Pending'), ('P-2', 'Old', '2026-12-31', 'Pending');
    insert into poam_lives (poam_id, extension_milestone_id) select 'P-1', id from ingestion_poam_milestones where milestone_description like 'Extension%'`);
});
afterAll(() => database[Symbol.asyncDispose]());

const listed = async (...args: string[]) =>
  ((await commandOver(app, args)).json as { items: Record<string, unknown>[] }).items;

it('what lies beyond is on its list and in the inbox with the same number; one that is done, asks for an extension, or is of an ended POA&M is not', async () => {
  const beyond = await listed('poams', 'milestones', '--filter', 'beyond=yes');
  expect(beyond.map(({ description }) => description)).toEqual(['Apply', 'Verify']);
  const waits = await listed('inbox', '--kind', 'milestone_beyond');
  expect(waits).toHaveLength(beyond.length);
  expect(JSON.stringify(waits)).toContain('planned for 2027-01-04, its POA&M promises 2026-12-20');
});

it('they are moved in proportion with a reason, each with its note, and then nothing lies beyond', async () => {
  expect((await commandText(app, ['poams', 'milestone', 'fit', 'P-1'])).err).toContain('--reason is needed');
  const fitted = await commandOver(app, ['poams', 'milestone', 'fit', 'P-1', '--reason', 'due earlier: KEV']);
  expect(fitted.json).toMatchObject({
    poamId: 'P-1',
    promised: '2026-12-20',
    moved: [
      { from: '2026-12-25', to: '2026-12-15' },
      { from: '2027-01-04', to: '2026-12-20' },
    ],
  });
  const { rows } = await database.pool.query(
    `select milestone_description as said, scheduled_completion::date::text as day, comments from ingestion_poam_milestones where poam_id = 'P-1' order by id`,
  );
  expect(rows).toMatchObject([
    { said: 'Test', day: '2026-12-05', comments: null },
    { said: 'Apply', day: '2026-12-15', comments: expect.stringContaining('due earlier: KEV') },
    { said: 'Verify', day: '2026-12-20' },
    { said: 'Order', day: '2026-12-30', comments: null },
    { day: '2027-02-01', comments: null },
  ]);
  expect(await listed('inbox', '--kind', 'milestone_beyond')).toEqual([]);
  expect((await commandText(app, ['poams', 'milestone', 'fit', 'P-1', '--reason', 'again'])).err).toContain(
    'all lie within the day that the POA&M promises, 2026-12-20',
  );
});
