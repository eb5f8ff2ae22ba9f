import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeApp, type TestApp } from '../../../test/support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import type { LockKey } from '../../platform/postgres/lock-session.ts';
import { everywhere, localOperator, nowhere } from '../../canonical/access/index.ts';
import { poamList } from '../../canonical/lists/index.ts';
import { parseFilter } from '../../platform/lists/index.ts';
import { editRecords, tryRecords, type BulkEdit } from './edit-records.ts';

let database: ClonedDatabase;
let app: TestApp;
const jane = { ...localOperator('jane'), name: 'J. Doe' };
const many = 450;
beforeAll(async () => {
  database = await cloneDatabase();
  app = {
    ...composeApp(database, randomBytes(32).toString('base64')),
    now: () => new Date('2026-11-26T12:00:00Z'),
  };
  await database.pool.query(
    `insert into ingestion_systems (system_id, name, uuid) select 'S-' || n, 'System ' || n, gen_random_uuid() from generate_series(0, 1) n`,
  );
  await database.pool.query(`
    insert into ingestion_poams (poam_id, system_id, weakness_description, status, scheduled_completion, poc, source_of_discovery, resources_required, risk_rating)
    select 'P-' || lpad(n::text, 4, '0'), 'S-' || (n % 2), 'Weakness ' || n, 'Open', timestamp '2026-12-01', case when n % 5 = 0 then 'A. Lee' end, 'scan', 'one person', 'High' from generate_series(1, ${many}) n`);
  await database.pool.query(`
    insert into ingestion_poam_milestones (poam_id, milestone_description, scheduled_completion, status)
    select poam_id, 'Patch', timestamp '2026-11-30', 'Pending' from ingestion_poams where id % 10 > 0`);
});
afterAll(() => database[Symbol.asyncDispose]());

const count = async (query: string, ...values: unknown[]): Promise<number> =>
  Number((await database.pool.query(query, values)).rows[0]?.n);
const open = (pairs: Readonly<Record<string, string>> = {}) =>
  ({ entity: 'poam', filter: parseFilter(poamList.filters, Object.entries(pairs), app.now()) }) as const;

// One story in order: each step begins where the one before ended.
describe('editing many records', () => {
  it('a try counts what would change and what is refused, and changes nothing', async () => {
    const tried = await tryRecords(app, everywhere, {
      selection: open(),
      approves: everywhere,
      changes: { poc: 'A. Lee', status: 'In Progress' },
    });
    expect(tried).toMatchObject({ matched: many, willChange: many - many / 10 });
    expect(tried.refused).toHaveLength(many / 10);
    expect(tried.refused[0]).toMatchObject({
      code: 'EDIT_REFUSED',
      faults: [{ field: 'milestones', message: expect.stringContaining('at least one is needed') as string }],
    });
    expect(await count(`select count(*) as n from sync_changes`)).toBe(0);
  });

  it('a run that was interrupted continues with its token: one operation, and no record twice', async () => {
    const edit: BulkEdit = {
      selection: open({ system: 'S-1' }),
      approves: everywhere,
      changes: { poc: 'A. Lee' },
      reason: 'new owner',
    };
    const { token, willChange, matched } = await tryRecords(app, everywhere, edit);
    expect({ matched, willChange }).toEqual({ matched: 225, willChange: 180 });
    const stop = new AbortController();
    const counted = {
      ...app,
      store: {
        db: app.store.db,
        takeLock: (key: LockKey) => app.store.takeLock(key),
        transaction: async <T>(work: Parameters<typeof app.store.transaction<T>>[0]) => {
          const result = await app.store.transaction(work);
          if (await count(`select count(*) as n from sync_changes`)) stop.abort(new Error('killed'));
          return result;
        },
      },
    } as unknown as typeof app;
    await expect(
      editRecords(counted, jane, everywhere, { ...edit, token, signal: stop.signal }),
    ).rejects.toThrow('killed');
    const halfway = await count(`select count(*) as n from sync_changes`);
    expect(halfway).toBeGreaterThan(100);
    expect(halfway).toBeLessThan(180);
    const outcome = await editRecords(app, jane, everywhere, { ...edit, token });
    expect(outcome).toMatchObject({ matched: 225, changed: 180, refused: 0 });
    expect(outcome.outcomes.filter((each) => each.outcome === 'unchanged')).toHaveLength(45);
    expect(
      await count(
        `select count(*) as n from sync_changes where decided_by = 'J. Doe' and reason = 'new owner'`,
      ),
    ).toBe(180);
    expect(await count(`select count(distinct operation_id) as n from sync_changes`)).toBe(1);
    expect(
      await count(
        `select count(*) as n from ingestion_batches where batch_type = 'bulk edit' and status = 'completed' and metadata #>> '{counts,updated}' = '180'`,
      ),
    ).toBe(1);
    // Asked once more, it says what became of it.
    expect(await editRecords(app, jane, everywhere, { ...edit, token })).toEqual(outcome);
    expect(await count(`select count(*) as n from sync_changes`)).toBe(180);
  });

  it('two calls with one token at the same time do it once', async () => {
    const edit: BulkEdit = {
      selection: open({ system: 'S-0' }),
      approves: everywhere,
      changes: { comments: 'together' },
    };
    const { token } = await tryRecords(app, everywhere, edit);
    const both = await Promise.all([
      editRecords(app, jane, everywhere, { ...edit, token }),
      editRecords(app, jane, everywhere, { ...edit, token }),
    ]);
    expect(new Set(both.map((each) => each.operationId)).size).toBe(1);
    expect(
      await count(`select count(*) as n from sync_changes where operation_id = $1`, both[0].operationId),
    ).toBe(225);
  });

  it('a run is refused where the records are no longer those that were shown', async () => {
    const edit: BulkEdit = {
      selection: open({ system: 'S-1' }),
      approves: everywhere,
      changes: { comments: 'x' },
    };
    const { token } = await tryRecords(app, everywhere, edit);
    await database.pool.query(`update ingestion_poams set poc = 'B. May' where poam_id = 'P-0001'`);
    await expect(editRecords(app, jane, everywhere, { ...edit, token })).rejects.toMatchObject({
      code: 'SELECTION_MOVED',
    });
  });

  it('dates are moved nearer by days with a reason, and records outside of the scope are refused as unknown', async () => {
    const scope = { kind: 'boundaries', systemIds: ['S-1'], unassigned: false } as const;
    const edit: BulkEdit = {
      selection: { entity: 'poam', ids: ['P-0001', 'P-0002', 'P-0003', 'NONE'] },
      approves: everywhere,
      changes: {},
      shiftDays: -3,
    };
    expect((await tryRecords(app, scope, edit)).refused.map(({ id, code }) => `${id} ${code}`)).toEqual([
      'NONE RECORD_UNKNOWN',
      'P-0001 EDIT_REFUSED',
      'P-0002 RECORD_UNKNOWN',
      'P-0003 EDIT_REFUSED',
    ]);
    const { token, willChange } = await tryRecords(app, scope, { ...edit, reason: 'vendor' });
    expect(willChange).toBe(2);
    expect(await editRecords(app, jane, scope, { ...edit, reason: 'vendor', token })).toMatchObject({
      matched: 4,
      changed: 2,
      refused: 2,
    });
    expect(
      await count(
        `select count(*) as n from ingestion_poams where scheduled_completion = timestamp '2026-11-28'`,
      ),
    ).toBe(2);
  });

  it('an edit of many neither puts a date off nor completes any, whoever makes it: each says what does', async () => {
    const edit = { selection: { entity: 'poam', ids: ['P-0005'] }, reason: 'as agreed' } as const;
    const tried = (shiftDays: number, approves: BulkEdit['approves'], changes = {}) =>
      tryRecords(app, everywhere, { ...edit, changes, shiftDays, approves });
    expect(await tried(-1, nowhere)).toMatchObject({ willChange: 1, refused: [] });
    for (const approves of [nowhere, everywhere]) {
      const extension = 'ask for an extension (tieline poams extend P-0005 --to 2026-12-02';
      expect(await tried(1, approves)).toMatchObject({
        willChange: 0,
        refused: [
          {
            id: 'P-0005',
            faults: [
              { field: 'scheduled_completion', message: expect.stringContaining(extension) as string },
            ],
          },
        ],
      });
      expect((await tried(-1, approves, { status: 'Completed' })).refused).toMatchObject([
        { faults: [{ field: 'status', message: expect.stringContaining('complete it') as string }] },
      ]);
    }
    expect((await tried(-1, nowhere, { status: 'Cancelled' })).refused).toMatchObject([
      { faults: [{ field: 'status', message: expect.stringContaining('to end') as string }] },
    ]);
    expect(await tried(-1, everywhere, { status: 'Cancelled' })).toMatchObject({
      willChange: 1,
      refused: [],
    });
  });
});
