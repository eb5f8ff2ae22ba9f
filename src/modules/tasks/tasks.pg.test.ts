import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commandOver, commandText } from '../../../test/support/command-over.ts';
import { composeApp, type TestApp } from '../../../test/support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase, emptyTables } from '../../../test/support/database.ts';
import { everywhere, localOperator, type Scope } from '../../canonical/access/index.ts';
import { taskList } from '../../canonical/lists/index.ts';
import { parseFilter } from '../../platform/lists/index.ts';
import { countInbox } from '../../review/inbox/index.ts';
import { addTask, changeTask, countTasks, listTasks, settleTask } from './index.ts';

let database: ClonedDatabase;
let app: TestApp;
const now = new Date('2026-11-27T09:00:00Z');
const by = { name: 'issm' };
const first: Scope = { kind: 'boundaries', systemIds: ['SYS-1'], unassigned: false };
const asset = '00000000-0000-0000-0000-000000000001';
const finding = '00000000-0000-0000-0000-0000000000f1';

beforeAll(async () => {
  database = await cloneDatabase();
  app = { ...composeApp(database, Buffer.alloc(32, 1).toString('base64')), now: () => now };
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await emptyTables(database.pool);
  await database.pool.query(`
    insert into principals (id, kind, name, created_by) values ('00000000-0000-0000-0000-0000000000a1', 'person', 'ann', 'test'), ('00000000-0000-0000-0000-0000000000a2', 'person', 'bob', 'test');
    insert into grants (principal_id, role, reach, system_ids, granted_by) values
      ('00000000-0000-0000-0000-0000000000a1', 'analyst', 'boundaries', '{SYS-1}', 'test'), ('00000000-0000-0000-0000-0000000000a2', 'analyst', 'everywhere', '{}', 'test');
    insert into ingestion_systems (system_id, name, uuid) select 'SYS-' || n, 'System ' || n, gen_random_uuid() from generate_series(1, 2) n;
    insert into ingestion_assets (asset_uuid, hostname, system_id) values ('${asset}', 'web1', 'SYS-1');
    insert into ingestion_poams (poam_id, system_id, status) values ('P-1', 'SYS-1', 'Open'), ('P-2', 'SYS-2', 'Open');
    insert into ingestion_vulnerabilities (finding_key, state, plugin_id, vulnerability_name, severity, asset_uuid, asset_ref, port, protocol, lifecycle_state, severity_rank)
    values ('${finding}', 'Open', '100', 'flaw', 'High', '${asset}', '${asset}', 443, 'tcp', 'open', 3)`);
});
const filterOf = (pairs: Readonly<Record<string, string>>) =>
  parseFilter(taskList.filters, Object.entries(pairs), now);

describe('a task', () => {
  it('is about a record of the scope, and in its boundary', async () => {
    const abouts = [
      { kind: 'poam', id: 'P-1' },
      { kind: 'asset', id: asset },
      { kind: 'finding', id: finding },
      { kind: 'system', id: 'SYS-1' },
    ] as const;
    for (const about of abouts)
      expect(await addTask(app, first, { what: 'look', about }, by)).toMatchObject({
        about: about.kind,
        recordId: about.id,
        systemId: 'SYS-1',
        assignedTo: null,
        madeBy: 'issm',
      });
    for (const about of [{ kind: 'poam', id: 'P-2' } as const, { kind: 'finding', id: 'nonsense' } as const])
      await expect(addTask(app, first, { what: 'look', about }, by)).rejects.toMatchObject({
        code: 'RECORD_UNKNOWN',
      });
    const second: Scope = { kind: 'boundaries', systemIds: ['SYS-2'], unassigned: false };
    expect(await countTasks(database.db, second, {})).toMatchObject({ count: 0 });
  });

  it('is given to nobody who does not see its boundary', async () => {
    const wish = { what: 'ask', about: { kind: 'poam', id: 'P-2' }, to: 'ann' } as const;
    await expect(addTask(app, everywhere, wish, by)).rejects.toMatchObject({
      fields: [{ field: 'to', message: expect.stringContaining('does not see SYS-2') as string }],
    });
    expect(await addTask(app, everywhere, { ...wish, to: 'BOB' }, by)).toMatchObject({ assignedTo: 'bob' });
  });

  it('waits in the inbox of whom it is for, or of everybody, until it is done, as many as its list', async () => {
    const about = { kind: 'poam', id: 'P-1' } as const;
    const mine = await addTask(app, everywhere, { what: 'mine', about, to: 'ann' }, by);
    await addTask(app, everywhere, { what: 'theirs', about, to: 'bob' }, by);
    await addTask(app, everywhere, { what: 'anybody', about }, by);
    const waiting = async (name: string) => {
      const counts = await countInbox(database.db, everywhere, { actor: localOperator(name), now });
      const listed = await countTasks(database.db, everywhere, filterOf({ waits: name }));
      expect(counts.find(({ kind }) => kind === 'task')?.count).toBe(listed.count);
      return listed.count;
    };
    expect(await waiting('ann')).toBe(2);
    const done = await settleTask(app, first, { id: mine.id, done: true, note: 'was easy' }, { name: 'ann' });
    expect(done).toMatchObject({ doneBy: 'ann', doneAt: now, doneNote: 'was easy' });
    expect(await waiting('ann')).toBe(1);
    expect(await settleTask(app, first, { id: mine.id, done: true }, { name: 'bob' })).toMatchObject({
      doneBy: 'ann',
    });
    await settleTask(app, first, { id: mine.id, done: false }, { name: 'bob' });
    expect(await waiting('ann')).toBe(2);
    const { rows } = await database.pool.query(
      `select before_value, after_value, decided_by from sync_changes where entity_type = 'task' and entity_id = $1 order by id`,
      [String(mine.id)],
    );
    expect(rows).toEqual([
      { before_value: null, after_value: 'open', decided_by: 'issm' },
      { before_value: 'open', after_value: 'done', decided_by: 'ann' },
      { before_value: 'done', after_value: 'open', decided_by: 'bob' },
    ]);
  });

  it('is given to another, and keeps what was not said', async () => {
    const about = { kind: 'poam', id: 'P-1' } as const;
    const made = await addTask(app, everywhere, { what: 'ask', about, to: 'ann', due: '2026-12-01' }, by);
    expect(await changeTask(app, first, { id: made.id, to: 'bob', note: 'since Monday' }, by)).toMatchObject({
      what: 'ask',
      assignedTo: 'bob',
      due: '2026-12-01',
      note: 'since Monday',
    });
    expect(await changeTask(app, first, { id: made.id, to: null, due: null }, by)).toMatchObject({
      assignedTo: null,
      due: null,
      note: 'since Monday',
    });
    const { rows } = await database.pool.query(
      `select field_name as field, before_value as before, after_value as after from sync_changes
        where entity_type = 'task' and entity_id = $1 and field_name <> 'state' order by id`,
      [String(made.id)],
    );
    expect(rows).toEqual([
      { field: 'assigned_to', before: 'ann', after: 'bob' },
      { field: 'note', before: null, after: 'since Monday' },
      { field: 'assigned_to', before: 'bob', after: null },
      { field: 'due', before: '2026-12-01', after: null },
    ]);
    const second: Scope = { kind: 'boundaries', systemIds: ['SYS-2'], unassigned: false };
    await expect(changeTask(app, second, { id: made.id, what: 'mine' }, by)).rejects.toMatchObject({
      code: 'RECORD_UNKNOWN',
    });
    const other = await addTask(app, everywhere, { what: 'ask', about: { kind: 'poam', id: 'P-2' } }, by);
    await expect(changeTask(app, everywhere, { id: other.id, to: 'ann' }, by)).rejects.toMatchObject({
      fields: [{ field: 'to' }],
    });
  });

  it('is listed by when it is due, by state, person and record', async () => {
    const about = { kind: 'poam', id: 'P-1' } as const;
    await addTask(app, everywhere, { what: 'later', about, due: '2026-12-20' }, by);
    await addTask(app, everywhere, { what: 'sooner', about, due: '2026-12-01', to: 'ann' }, by);
    await addTask(app, everywhere, { what: 'whenever', about: { kind: 'system', id: 'SYS-2' } }, by);
    const listed = async (pairs: Readonly<Record<string, string>>) =>
      (
        await listTasks(database.db, everywhere, {
          filter: filterOf(pairs),
          sort: { by: 'due', descending: false },
          limit: 10,
        })
      ).items.map(({ what }) => what);
    expect(await listed({})).toEqual(['sooner', 'later', 'whenever']);
    expect(await listed({ assigned: 'ann' })).toEqual(['sooner']);
    expect(await listed({ assigned: 'none' })).toEqual(['later', 'whenever']);
    expect(await listed({ about: 'system' })).toEqual(['whenever']);
    expect(await listed({ record: 'P-1', due: '..2026-12-10' })).toEqual(['sooner']);
    expect(await listed({ waits: '!ann' })).toEqual([]);
  });

  it('is given, finished and listed on the command line', async () => {
    const added = await commandOver(app, [
      'tasks',
      'add',
      'ask the vendor',
      '--poam',
      'P-1',
      '--to',
      'ann',
      '--due',
      '2026-12-01',
    ]);
    expect(added).toMatchObject({ code: 0, json: { what: 'ask the vendor', assignedTo: 'ann' } });
    const { id } = added.json as { id: number };
    expect((await commandText(app, ['tasks', 'list'])).out).toMatch(
      /ask the vendor[\s\S]*poam P-1[\s\S]*ann/,
    );
    expect(
      (await commandText(app, ['tasks', 'change', String(id), '--to', 'nobody', '--due', 'none'])).out,
    ).toContain('is for anybody, without a day');
    expect((await commandText(app, ['tasks', 'done', String(id), '--by', 'ann'])).out).toContain(
      'was done by ann',
    );
    expect((await commandOver(app, ['tasks', 'list'])).json).toMatchObject({ total: 0 });
    expect((await commandText(app, ['tasks', 'add', 'about nothing'])).code).toBe(2);
    expect((await commandText(app, ['tasks', 'done', '99'])).code).toBe(2);
  });
});
