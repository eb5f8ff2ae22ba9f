import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commandOver, commandText } from '../../../test/support/command-over.ts';
import { composeApp, type TestApp } from '../../../test/support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase, emptyTables } from '../../../test/support/database.ts';
import { everywhere, localOperator, type Scope } from '../../canonical/access/index.ts';
import { findingList } from '../../canonical/lists/index.ts';
import { remediationStatuses, settledBy } from '../../canonical/vocabulary/index.ts';
import { withOperation } from '../../ledger/operations/index.ts';
import { parseFilter, withMe } from '../../platform/lists/index.ts';
import { countFindings } from '../../record/finding-lists/index.ts';
import { countInbox } from '../../review/inbox/index.ts';
import {
  changeRemediation,
  fetchPoamRemediation,
  fetchRemediation,
  settleRemediation,
  tryRemediation,
  type WorkWish,
} from './index.ts';

let database: ClonedDatabase;
let app: TestApp;
let today: Date;
const by = { name: 'issm' };
const key = (n: number): string => `00000000-0000-0000-0000-0000000000f${n}`;
const firstOnly: Scope = { kind: 'boundaries', systemIds: ['SYS-1'], unassigned: false };

beforeAll(async () => {
  database = await cloneDatabase();
  app = { ...composeApp(database, Buffer.alloc(32, 1).toString('base64')), now: () => today };
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await emptyTables(database.pool);
  today = new Date('2026-11-27T09:00:00Z');
  await database.pool.query(`
    insert into principals (id, kind, name, created_by) values
      ('00000000-0000-0000-0000-0000000000a1', 'person', 'ann', 'test'), ('00000000-0000-0000-0000-0000000000a2', 'person', 'bob', 'test'),
      ('00000000-0000-0000-0000-0000000000a3', 'person', 'cid', 'test');
    insert into users (id, username) values (77, 'ann.owner');
    update principals set user_id = 77 where name = 'ann';
    insert into grants (principal_id, role, reach, system_ids, granted_by) values
      ('00000000-0000-0000-0000-0000000000a1', 'analyst', 'everywhere', '{}', 'test'),
      ('00000000-0000-0000-0000-0000000000a2', 'viewer', 'boundaries', '{SYS-1}', 'test');
    insert into teams (id, name, created_by) values ('00000000-0000-0000-0000-0000000000b1', 'Web team', 'test'), ('00000000-0000-0000-0000-0000000000b2', 'Nobody', 'test');
    insert into team_members values ('00000000-0000-0000-0000-0000000000b1', '00000000-0000-0000-0000-0000000000a1');
    insert into ingestion_systems (system_id, name, uuid) select 'SYS-' || n, 'System ' || n, gen_random_uuid() from generate_series(1, 2) n;
    insert into ingestion_assets (asset_uuid, hostname, system_id) select ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'web' || n, 'SYS-' || n from generate_series(1, 2) n;
    insert into ingestion_poams (poam_id, system_id, status) values ('P-1', 'SYS-1', 'Open');
    insert into ingestion_vulnerabilities (finding_key, state, plugin_id, vulnerability_name, severity, asset_uuid, asset_ref, port, protocol, lifecycle_state, severity_rank, first_found, last_found, last_fixed, poam_id)
    select ('00000000-0000-0000-0000-0000000000f' || n)::uuid, 'Open', '100', 'flaw ' || n, 'High', ('00000000-0000-0000-0000-00000000000' || 1 + n / 4)::text,
           ('00000000-0000-0000-0000-00000000000' || 1 + n / 4)::uuid, 443 + n, 'tcp', case when n = 3 then 'fixed' else 'open' end, 3, '2026-11-01', '2026-11-20',
           case when n = 3 then timestamp '2026-11-21' end, case when n < 4 then (select id from ingestion_poams) end
      from generate_series(1, 5) n`);
});

const all = { filter: parseFilter(findingList.filters, [['plugin', '100']], new Date()) };
const attempt = (wish: WorkWish, scope: Scope = everywhere) =>
  tryRemediation(app, scope, { selection: all, wish }, by);
const change = (wish: WorkWish, keys = [key(1)]) =>
  changeRemediation(app, everywhere, { selection: { keys }, wish, reason: 'as agreed' }, by);
const detail = async (n = 1) => {
  const found = await fetchRemediation(database.db, everywhere, key(n));
  if (!found) throw new Error('no finding');
  return found;
};
const settle = () =>
  withOperation(database.db, { type: 'update', system: 'test' }, ({ id }) =>
    settleRemediation(database.db, { operationId: id, at: today }),
  );
const scanned = (state: string, at: string) =>
  database.pool.query(
    `update ingestion_vulnerabilities set lifecycle_state = $1::text, last_fixed = case when $1::text = 'fixed' then $2::timestamp else last_fixed end,
            last_found = case when $1::text <> 'fixed' then $2::timestamp else last_found end where finding_key = $3`,
    [state, at, key(1)],
  );

describe('work on findings', () => {
  it('is tried first with its number, and done for just those that were shown', async () => {
    const tried = await attempt({ to: 'ann', due: '2026-12-15' });
    expect(tried).toMatchObject({ matched: 5, willChange: 4, fixed: 1, unseen: 0, unchanged: 0 });
    const asked = { selection: all, wish: { to: 'ann', due: '2026-12-15' }, token: tried.token };
    expect(await changeRemediation(app, everywhere, asked, by)).toMatchObject({
      matched: 5,
      changed: 4,
      fixed: 1,
    });
    await expect(changeRemediation(app, everywhere, asked, by)).rejects.toMatchObject({
      code: 'SELECTION_MOVED',
    });
    expect(await attempt({ to: 'ANN', due: '2026-12-15' })).toMatchObject({ willChange: 0, unchanged: 4 });
    expect(await attempt({ note: 'x' }, firstOnly)).toMatchObject({ matched: 3, willChange: 2 });
  });

  it('is repeated in the row of the finding, for readers of that table, in the same transaction', async () => {
    await change({ to: 'ann', due: '2026-12-15', status: 'in_progress' });
    const row = async () =>
      (
        await database.pool.query(
          `select remediation_status, remediation_assigned_to, remediation_due_date::text from ingestion_vulnerabilities where finding_key = $1`,
          [key(1)],
        )
      ).rows[0] as unknown;
    expect(await row()).toEqual({
      remediation_status: 'in_progress',
      remediation_assigned_to: 77,
      remediation_due_date: '2026-12-15',
    });
    await change({ to: null, due: null });
    expect(await row()).toMatchObject({ remediation_assigned_to: null, remediation_due_date: null });
  });

  it('is given to nobody who would not see it: their systems are looked up', async () => {
    expect(await attempt({ to: 'bob' })).toMatchObject({ matched: 5, willChange: 2, unseen: 2, fixed: 1 });
    await expect(attempt({ to: 'cid' })).rejects.toMatchObject({
      fields: [{ field: 'to', message: expect.stringContaining('sees no findings') as string }],
    });
    await expect(attempt({ to: 'Nobody' })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(attempt({ to: 'dan' })).rejects.toMatchObject({
      fields: [{ field: 'to', message: 'there is no person or team dan' }],
    });
    expect(await attempt({ to: 'web TEAM' })).toMatchObject({ willChange: 4 });
  });

  it('keeps each change with before, after, who and why', async () => {
    await change({ to: 'web team', plan: 'patch it', effortHours: 3, cost: 120.5 });
    const { history, ...now } = await detail();
    expect(now).toMatchObject({
      status: 'open',
      assignedTo: 'Web team',
      isTeam: true,
      plan: 'patch it',
      effortHours: 3,
      cost: 120.5,
    });
    expect(history).toContainEqual(
      expect.objectContaining({
        field: 'assigned_to',
        before: null,
        after: 'Web team',
        by: 'issm',
        reason: 'as agreed',
      }),
    );
  });

  it('names a finding that is not there, or not in the scope', async () => {
    const other = { selection: { keys: [key(5)] }, wish: { note: 'x' } };
    await expect(changeRemediation(app, firstOnly, other, by)).rejects.toMatchObject({
      code: 'RECORD_UNKNOWN',
    });
    await expect(change({ note: 'x' }, ['nonsense'])).rejects.toMatchObject({ code: 'RECORD_UNKNOWN' });
    await expect(change({})).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('a fix that its owner reports', () => {
  it('waits for a scan, and is done when one shows it fixed', async () => {
    await change({ status: 'fix_reported' });
    expect(await detail()).toMatchObject({
      status: 'fix_reported',
      validation: 'waiting',
      fixReportedBy: 'issm',
    });
    expect(await settle()).toBe(0);
    await scanned('fixed', '2026-11-28T01:00:00');
    expect(await settle()).toBe(1);
    expect(await settle()).toBe(0);
    expect(await detail()).toMatchObject({
      status: 'fixed',
      validation: 'shown_fixed',
      validatedAt: new Date('2026-11-28T01:00:00Z'),
      fixReportedAt: today,
    });
  });

  it('is refuted by a sighting after the report, not by one before it, and is work again', async () => {
    await change({ status: 'fix_reported' });
    await scanned('open', '2026-11-27T08:59:59');
    expect(await settle()).toBe(0);
    await scanned('open', '2026-11-27T09:00:01');
    expect(await settle()).toBe(1);
    const { history, ...now } = await detail();
    expect(now).toMatchObject({ status: 'in_progress', validation: 'refuted', fixReportedAt: null });
    expect(
      history.find(({ field, by: who }) => field === 'remediation_status' && who === null),
    ).toMatchObject({
      before: 'fix_reported',
      after: 'in_progress',
    });
  });

  it('is read of the rows that Tieline made only: those of the host application stay as they are', async () => {
    await database.pool.query(
      `insert into vulnerability_remediation (vulnerability_id, remediation_status) select id, 'Mitigated' from ingestion_vulnerabilities cross join generate_series(1, 2) where finding_key = $1`,
      [key(1)],
    );
    expect(await detail()).toMatchObject({ status: null });
    await change({ note: 'begun' });
    await scanned('fixed', '2026-11-28T01:00:00');
    expect(await settle()).toBe(1);
    const { rows } = await database.pool.query(
      `select remediation_status as status, count(*)::int as n from vulnerability_remediation group by 1 order by 1`,
    );
    expect(rows).toEqual([
      { status: 'Mitigated', n: 2 },
      { status: 'fixed', n: 1 },
    ]);
  });

  it('that came back is open work again', async () => {
    await change({ note: 'begun' });
    await scanned('fixed', '2026-11-28T01:00:00');
    await settle();
    await scanned('reopened', '2026-12-01T01:00:00');
    await settle();
    expect(await detail()).toMatchObject({ status: 'open', validation: 'refuted' });
  });

  it('keeps the time of the first report, and is taken back by its owner', async () => {
    await change({ status: 'fix_reported' });
    const first = today;
    today = new Date('2026-11-28T09:00:00Z');
    expect(await change({ status: 'fix_reported' })).toMatchObject({ changed: 0, unchanged: 1 });
    expect(await detail()).toMatchObject({ fixReportedAt: first });
    await change({ status: 'in_progress' });
    expect(await detail()).toMatchObject({ status: 'in_progress', validation: null, fixReportedAt: null });
  });

  it('is judged by the store as by the rule, whatever the times', async () => {
    await change({ note: 'begun' });
    const time = fc.option(fc.integer({ min: 0, max: 5 }), { nil: null });
    const at = (n: number | null): Date | null => (n === null ? null : new Date(Date.UTC(2026, 10, 20 + n)));
    const status = fc.constantFrom(...remediationStatuses);
    const state = fc.constantFrom(...(['open', 'reopened', 'fixed', 'missing', 'gone'] as const));
    await fc.assert(
      fc.asyncProperty(status, time, state, time, time, async (before, reported, now, found, fixed) => {
        await database.pool.query(
          `update vulnerability_remediation set remediation_status = $1, validation_status = null, fix_reported_at = $2`,
          [before, at(reported)],
        );
        await database.pool.query(
          `update ingestion_vulnerabilities set lifecycle_state = $1, last_found = $2::timestamptz at time zone 'UTC', last_fixed = $3::timestamptz at time zone 'UTC' where finding_key = $4`,
          [now, at(found), at(fixed), key(1)],
        );
        const expected = settledBy(
          { status: before, validation: null, fixReportedAt: at(reported) },
          { state: now, lastFound: at(found), lastFixed: at(fixed) },
        );
        expect(await settle()).toBe(expected === undefined ? 0 : 1);
        const then = await detail();
        expect({
          status: then.status,
          validation: then.validation,
          fixReportedAt: then.fixReportedAt,
        }).toEqual(
          expected === undefined
            ? { status: before, validation: null, fixReportedAt: at(reported) }
            : {
                status: expected.status,
                validation: expected.validation,
                fixReportedAt: expected.fixReportedAt,
              },
        );
      }),
      { numRuns: 80 },
    );
  });
});

describe('who looks at the work', () => {
  it('finds in the inbox what is theirs, as many as the list that it leads to', async () => {
    await change({ to: 'ann' }, [key(1), key(2)]);
    await change({ to: 'Web team' }, [key(4)]);
    await change({ status: 'fix_reported' }, [key(2)]);
    const actor = { ...localOperator('ann') };
    const counts = await countInbox(database.db, everywhere, { actor, now: today });
    const mine = counts.find(({ kind }) => kind === 'assigned_finding');
    expect(mine).toMatchObject({ count: 2, words: 'findings that are your work' });
    const pairs = withMe(findingList.filters, Object.entries(mine?.list.filter ?? {}), 'ann');
    const filter = parseFilter(findingList.filters, pairs, today);
    expect(await countFindings(database.db, everywhere, filter, { now: today })).toMatchObject({ count: 2 });
  });

  it('sees it added up for a POA&M', async () => {
    await change({ to: 'ann', due: '2026-11-20', effortHours: 2, cost: 10 }, [key(1)]);
    await change({ status: 'blocked', effortHours: 4 }, [key(2)]);
    expect(await fetchPoamRemediation(database.db, everywhere, { poamId: 'P-1', now: today })).toEqual({
      poamId: 'P-1',
      findings: 3,
      byStatus: { none: 0, open: 1, in_progress: 0, blocked: 1, fix_reported: 0, fixed: 1, missing: 0 },
      unassigned: 1,
      late: 1,
      lastDue: '2026-11-20',
      effortHours: 6,
      cost: 10,
      assignees: [{ name: 'ann', findings: 1 }],
    });
    const second = { kind: 'boundaries', systemIds: ['SYS-2'], unassigned: false } as const;
    expect(await fetchPoamRemediation(database.db, second, { poamId: 'P-1', now: today })).toBeUndefined();
  });
});

describe('remediation on the command line', () => {
  it('tries without --yes, changes with it, and lists, shows and adds up', async () => {
    const assign = ['remediation', 'assign', '--filter', 'plugin=100', '--to', 'bob'];
    const tried = await commandText(app, assign);
    expect(tried.out).toContain('5 findings matched, 2 would change.');
    expect(tried.out).toContain('2 left as they are: in no system that they may see');
    expect(await commandOver(app, [...assign, '--yes', '--by', 'issm'])).toMatchObject({
      code: 3,
      json: { matched: 5, changed: 2, unseen: 2, fixed: 1 },
    });
    const list = await commandText(app, ['remediation', 'list', '--filter', 'assigned=bob']);
    expect(list.out).toMatch(/flaw 1[\s\S]*open[\s\S]*bob/);
    const reported = await commandText(app, ['remediation', 'report-fixed', key(1), '--yes']);
    expect(reported.out).toContain('1 of 1 finding changed.');
    const shown = await commandText(app, ['remediation', 'show', key(1)]);
    expect(shown.out).toMatch(/Work +fix reported[\s\S]*waits for a scan that begins after the report/);
    expect((await commandOver(app, ['remediation', 'poam', 'P-1'])).json).toMatchObject({
      findings: 3,
      unassigned: 0,
    });
    expect((await commandOver(app, ['remediation', 'people'])).json).toContainEqual({
      kind: 'person',
      name: 'bob',
      title: 'bob',
    });
    const wrong = await commandText(app, ['remediation', 'status', 'fixed', key(1)]);
    expect(wrong.code).toBe(2);
  });
});
