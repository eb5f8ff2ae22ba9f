import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOver, commandText } from '../../../../test/support/command-over.ts';
import { composeApp, type TestApp } from '../../../../test/support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase } from '../../../../test/support/database.ts';
import { everywhere } from '../../../canonical/access/index.ts';
import { addTask } from '../../../modules/tasks/index.ts';
import { addTeam, changeTeam, listTeams, removeTeam } from '../index.ts';

let database: ClonedDatabase;
let app: TestApp;
const by = { name: 'admin' };

beforeAll(async () => {
  database = await cloneDatabase();
  app = composeApp(database, Buffer.alloc(32, 1).toString('base64'));
  await database.pool.query(`
    insert into principals (id, kind, name, created_by) values ('00000000-0000-0000-0000-0000000000a1', 'person', 'ann', 'test'), ('00000000-0000-0000-0000-0000000000a2', 'person', 'bob', 'test');
    insert into grants (principal_id, role, reach, system_ids, granted_by) values ('00000000-0000-0000-0000-0000000000a1', 'analyst', 'everywhere', '{}', 'test');
    insert into ingestion_systems (system_id, name, uuid) values ('SYS-1', 'System 1', gen_random_uuid());
    insert into ingestion_poams (poam_id, system_id, status) values ('P-1', 'SYS-1', 'Open')`);
});
afterAll(() => database[Symbol.asyncDispose]());

describe('a team', () => {
  const wish = { name: 'Web team', mail: 'web@agency.example', systemIds: ['SYS-1'], members: ['Ann'] };

  it('has people, systems and a mail address that there are, and a name of its own', async () => {
    await expect(
      addTeam(app, { name: 'ann', mail: 'nowhere', systemIds: ['SYS-9'], members: ['zoe'] }, by),
    ).rejects.toMatchObject({
      fields: [
        { field: 'name', message: 'there is an account or a team ann already' },
        { field: 'mail' },
        { field: 'members', message: 'there is no person zoe' },
        { field: 'systemIds', message: 'there is no system SYS-9' },
      ],
    });
    const made = await addTeam(app, wish, by);
    expect(made).toMatchObject({
      name: 'Web team',
      mail: 'web@agency.example',
      systemIds: ['SYS-1'],
      members: [{ name: 'ann', isActive: true }],
      createdBy: 'admin',
    });
    expect(await changeTeam(app, 'web TEAM', { members: ['bob', 'ann'], mail: null }, by)).toMatchObject({
      mail: null,
      systemIds: ['SYS-1'],
      members: [{ name: 'ann' }, { name: 'bob' }],
    });
    const { rows } = await database.pool.query(
      `select before_value ->> 'mail' as before, after_value ->> 'mail' as after from sync_changes where entity_type = 'team' order by id`,
    );
    expect(rows).toEqual([
      { before: null, after: 'web@agency.example' },
      { before: 'web@agency.example', after: null },
    ]);
  });

  it('is removed only where it was never given work', async () => {
    await addTask(app, everywhere, { what: 'look', about: { kind: 'poam', id: 'P-1' }, to: 'Web team' }, by);
    expect(await listTeams(database.db)).toMatchObject([{ work: { findings: 0, tasks: 1 } }]);
    await expect(removeTeam(app, 'Web team', by)).rejects.toMatchObject({
      fields: [{ field: 'team', message: '1 findings and tasks were given to it' }],
    });
  });

  it('is kept on the command line', async () => {
    const added = await commandOver(app, ['teams', 'add', 'Night shift', '--member', 'bob', '--by', 'admin']);
    expect(added).toMatchObject({ code: 0, json: { name: 'Night shift', members: [{ name: 'bob' }] } });
    await commandOver(app, [
      'teams',
      'change',
      'night shift',
      '--name',
      'Day shift',
      '--mail',
      'd@x.example',
    ]);
    expect((await commandText(app, ['teams'])).out).toMatch(/Day shift +bob +– +d@x\.example/);
    expect((await commandText(app, ['teams', 'remove', 'Day shift'])).out).toContain('was removed');
    expect((await commandText(app, ['teams', 'remove', 'Day shift'])).code).toBe(2);
  });
});
