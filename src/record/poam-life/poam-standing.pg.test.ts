/** What other readers of the database see of how a POA&M stands. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandOver } from '../../../test/support/command-over.ts';
import { composeApp, type TestApp } from '../../../test/support/compose-app.ts';
import { cloneDatabase, type ClonedDatabase } from '../../../test/support/database.ts';
import { endRequest, requestApproval } from '../../engine/approvals/index.ts';
import { expireRequests } from '../../modules/requests/index.ts';
import { followStanding } from './index.ts';

let database: ClonedDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await cloneDatabase();
  app = composeApp(database, Buffer.alloc(32, 1).toString('base64'));
  await database.pool.query(`
    insert into ingestion_systems (system_id, name, uuid) values ('SYS-1', 'One', gen_random_uuid());
    insert into ingestion_poams (poam_id, system_id, status, weakness_description, workflow_status, milestone_schedule) values
      ('P-1', 'SYS-1', 'Pending Verification', 'Weak', null, null), ('P-2', 'SYS-1', 'Open', 'Theirs', 'Awaiting CAB', '{"sprint": 7}');
    insert into ingestion_poam_milestones (poam_id, milestone_description, scheduled_completion, status) values ('P-1', 'Test', '2026-12-05', 'Pending');
    insert into approvals (subject_kind, subject_id, system_id, severity, asked, content_sha256, levels, requested_action, requested_by, status, requested_at) values
      ('extension', 'P-1', 'SYS-1', 'High', '{}', repeat('0', 64), '[]', 'extend P-1', 'ann', 'withdrawn', '2026-11-01T08:00Z'),
      ('completion', 'P-1', 'SYS-1', 'High', '{}', repeat('0', 64), '[]', 'complete P-1', 'ann', 'pending', '2026-11-20T08:00Z')`);
});
afterAll(() => database[Symbol.asyncDispose]());

const rows = async () =>
  (
    await database.pool.query(
      `select poam_id, workflow_status as workflow, approval_status as approval, milestone_schedule as schedule, xmin::text from ingestion_poams order by 1`,
    )
  ).rows as Record<string, unknown>[];

it('the state of its life, its newest request and its milestones follow; what another application wrote stays', async () => {
  await followStanding(database.db, { boundary: 'SYS-1' });
  const first = await rows();
  expect(first).toMatchObject([
    {
      workflow: 'pending_verification',
      approval: 'pending',
      schedule: [{ milestone: 'Test', due: '2026-12-05', status: 'Pending' }],
    },
    { workflow: 'Awaiting CAB', approval: null, schedule: { sprint: 7 } },
  ]);
  const pending = await commandOver(app, ['poams', 'list', '--filter', 'approval=pending']);
  expect(pending.json).toMatchObject({
    items: [{ poamId: 'P-1', approval: 'pending', workflow: 'pending_verification' }],
  });
  // Nothing moved: nothing is written.
  await followStanding(database.db, { boundary: 'SYS-1' });
  expect(await rows()).toEqual(first);
  await database.pool.query(
    `update approvals set status = 'rejected', decided_by = 'bob', decided_at = now() where status = 'pending'; update ingestion_poams set status = 'In Progress' where poam_id = 'P-1'`,
  );
  await followStanding(database.db, { boundary: 'SYS-1' });
  expect((await rows())[0]).toMatchObject({ workflow: 'in_progress', approval: 'rejected' });
});

it('the newest request is said as soon as it is asked, withdrawn or over, of its POA&M and no other', async () => {
  const day = 86_400_000;
  const asked = new Date('2026-11-25T08:00:00Z');
  await database.pool.query(
    `update ingestion_poams set approval_status = null, status = 'Open' where poam_id = 'P-1'`,
  );
  const others = (await rows()).slice(1);
  const subject = { kind: 'extension', id: 'P-1' } as const;
  const ask = (now: Date) =>
    requestApproval(database.db, {
      subject,
      boundary: 'SYS-1',
      severity: 'High',
      action: 'extend P-1',
      rationale: 'parts are late',
      lines: [],
      by: { name: 'ann', principalId: 'local:ann' },
      now,
    });
  const approval = async () => (await rows())[0]?.['approval'];
  await ask(asked);
  expect(await approval()).toBe('pending');
  await endRequest(database.db, subject, { how: 'withdrawn', at: asked });
  expect(await approval()).toBe('withdrawn');
  await ask(new Date(asked.getTime() + day));
  await database.pool.query(`update approvals set expires_at = requested_at where status = 'pending'`);
  const late = new Date(asked.getTime() + 3 * day);
  expect(await expireRequests({ store: database.store, now: () => late })).toHaveLength(1);
  expect(await approval()).toBe('expired');
  expect((await rows()).slice(1)).toEqual(others);
});
