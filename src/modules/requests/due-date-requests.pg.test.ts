/** An earlier obligation that asks those who decide before the promised date moves, from the obligation to what the POA&M promises. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase, emptyTables } from '../../../test/support/database.ts';
import { commandOver } from '../../../test/support/command-over.ts';
import { composeApp, type TestApp } from '../../../test/support/compose-app.ts';
import { type Actor, everywhere, type Role } from '../../canonical/access/index.ts';
import type { EarlierRule } from '../../canonical/due-dates/index.ts';
import { listRequests } from '../../engine/approvals/index.ts';
import { explainDueDate, followObligations, setPolicyUse } from '../due-dates/index.ts';
import { decideRequest, expireRequests } from './index.ts';

let database: ClonedDatabase;
let app: TestApp;
let today: Date;
const run = '00000000-0000-0000-0000-000000000009';
beforeAll(async () => {
  database = await cloneDatabase();
  app = { ...composeApp(database, Buffer.alloc(32, 1).toString('base64')), now: () => today };
});
afterAll(() => database[Symbol.asyncDispose]());

const person = (name: string, ...roles: Role[]): Actor => ({
  principalId: name,
  name,
  kind: 'person',
  grants: roles.map((role) => ({
    gives: { role },
    scope: { kind: 'boundaries', systemIds: ['SYS-1'], unassigned: false },
  })),
});
const isso = person('Ben', 'isso');
const analyst = person('Ann', 'analyst');

/** What becomes of promised dates in SYS-1 when the organization's matrix gives an earlier one. */
const say = (whenEarlier: EarlierRule | null, systemId: string | null = 'SYS-1'): Promise<void> =>
  setPolicyUse(app, isso, {
    systemId,
    policyId: 'org-default',
    applies: true,
    coversOpen: false,
    whenEarlier,
    reason: null,
  });
/** The POA&M is obliged by a day from now on. */
async function obliged(by: string): Promise<void> {
  await database.pool.query(
    `insert into poam_due_dates (poam_ref, obliged_by, since) select id, $1, $2 from ingestion_poams
     on conflict (poam_ref) do update set obliged_by = excluded.obliged_by, since = excluded.since`,
    [by, today],
  );
  await database.pool.query(
    `insert into poam_obligations (poam_ref, weakness_id, obliged_by, policy_id, version, reason, inputs, since, operation_id)
     select p.id, w.id, $1, 'org-default', 1, 'critical within 7 days', '{"days": 7, "unknown": []}', $2, $3 from ingestion_poams p join weaknesses w on w.poam_id = p.id`,
    [by, today, run],
  );
}
/** As a sync does after it recorded obligations. */
const follow = (): Promise<number> =>
  database.store.transaction((tx) => followObligations(tx, { operationId: run, now: today }));
const waiting = () => listRequests(database.db, { status: 'pending', kind: 'due_date' }, 10);
const one = async () => {
  const [request] = await waiting();
  if (!request) throw new Error('nothing waits');
  return request;
};
const decide = (id: string, approved: boolean, actor = isso) =>
  decideRequest(app, actor, everywhere, {
    id,
    approved,
    reason: approved ? undefined : 'the vendor is late',
  });
const promised = async (): Promise<unknown> =>
  (await database.pool.query(`select scheduled_completion::date::text as day from ingestion_poams`)).rows[0];
async function inbox(kind: string): Promise<number> {
  const { json } = await commandOver(app, ['inbox', '--kind', kind]);
  return (json as { items: unknown[] }).items.length;
}

beforeEach(async () => {
  await emptyTables(database.pool);
  await database.pool.query(`delete from due_date_policy_uses where system_id is not null`);
  today = new Date('2026-11-27T09:00:00Z');
  for (const statement of [
    `insert into ingestion_systems (system_id, name, uuid) values ('SYS-1', 'One', gen_random_uuid())`,
    `insert into ingestion_batches (batch_id, source_system) values ('${run}', 'test')`,
    `insert into ingestion_poams (poam_id, system_id, status, scheduled_completion, weakness_description) values ('P-1', 'SYS-1', 'Open', '2027-03-01', 'Weak')`,
    `insert into weaknesses (system_id, identifier, severity, detected_on, due_on, due_reason, control_reason, poam_id)
     select 'SYS-1', '7', 'Critical', '2026-11-27', '2026-12-04', 'critical within 7 days', 'any', id from ingestion_poams`,
  ])
    await database.pool.query(statement);
});

describe('a policy that asks for approval of an earlier date', () => {
  it('asks the ISSO once, in place of the row of the inbox that asks anybody, and moves nothing before', async () => {
    await say('approve');
    await obliged('2026-12-04');
    expect(await inbox('late_obligation')).toBe(1);
    expect(await follow()).toBe(0);
    expect(await follow()).toBe(0);
    expect(await waiting()).toMatchObject([
      {
        subject: { kind: 'due_date', id: 'P-1' },
        requestedBy: 'Tieline',
        boundary: 'SYS-1',
        severity: 'Critical',
        rationale: 'obliged by 2026-12-04: critical within 7 days',
        lines: [{ field: 'scheduled_completion', before: '2027-03-01', after: '2026-12-04' }],
        expiresAt: new Date('2026-12-11T09:00:00Z'),
      },
    ]);
    expect(await promised()).toEqual({ day: '2027-03-01' });
    expect(await inbox('late_obligation')).toBe(0);
    expect(await inbox('approval')).toBe(1);
    expect((await explainDueDate(app, everywhere, 'P-1')).asked).toMatchObject({ on: '2026-12-04' });
    await expect(decide((await one()).approvalId, true, analyst)).rejects.toMatchObject({
      code: 'APPROVAL_ROLE',
    });
  });

  it('approved, the promised date moves and is to be sent, and the first one is kept beside it', async () => {
    await say('approve');
    await obliged('2026-12-04');
    await follow();
    await database.pool.query(
      `insert into external_systems (system_name, system_type, api_base_url, connection_config) values ('X', 'xacta', 'https://x.example', '{}') on conflict do nothing`,
    );
    await database.pool.query(
      `insert into sync_links (external_system_id, entity_type, entity_id, external_id) select id, 'poam', 'P-1', 'X-1' from external_systems limit 1`,
    );
    const { approvalId } = await one();
    expect(await decide(approvalId, true)).toMatchObject({ status: 'approved' });
    expect(await promised()).toEqual({ day: '2026-12-04' });
    expect((await explainDueDate(app, everywhere, 'P-1')).isLate).toBe(false);
    const { rows } = await database.pool.query(
      `select (select edited_at is not null from sync_links) as to_be_sent, (select original_completion::date::text from poam_lives) as first,
              (select decided_by from sync_changes where field_name = 'scheduled_completion') as by`,
    );
    expect(rows).toEqual([{ to_be_sent: true, first: '2027-03-01', by: 'Ben' }]);
    await follow();
    expect(await waiting()).toEqual([]);
  });

  it('refused, the POA&M stays late against its obligation, with who said so and why, and is not asked again', async () => {
    await say('approve');
    await obliged('2026-12-04');
    await follow();
    await decide((await one()).approvalId, false);
    await follow();
    expect(await waiting()).toEqual([]);
    expect(await promised()).toEqual({ day: '2027-03-01' });
    expect(await explainDueDate(app, everywhere, 'P-1')).toMatchObject({
      isLate: true,
      standsFor: '2026-12-04',
      standsBy: 'Ben',
      standsReason: 'the vendor is late',
    });
    const { json } = await commandOver(app, ['poams', 'list', '--filter', 'late=yes']);
    expect(json).toMatchObject({ items: [{ poamId: 'P-1' }] });
    // Another obligation is another question.
    today = new Date('2026-11-28T09:00:00Z');
    await obliged('2026-12-01');
    await follow();
    expect(await waiting()).toMatchObject([{ lines: [{ after: '2026-12-01' }] }]);
  });

  it('undecided, it falls back to the inbox after its days, and is not asked again for the same obligation', async () => {
    await say('approve');
    await obliged('2026-12-20');
    await follow();
    today = new Date('2026-12-12T09:00:00Z');
    expect(await expireRequests(app)).toHaveLength(1);
    await follow();
    expect(await waiting()).toEqual([]);
    expect(await inbox('late_obligation')).toBe(1);
  });

  it('a request whose dates moved lapses, and the present ones are asked about', async () => {
    await say('approve');
    await obliged('2026-12-20');
    await follow();
    const { approvalId } = await one();
    await database.pool.query(`update ingestion_poams set scheduled_completion = '2027-02-01'`);
    await follow();
    expect(await listRequests(database.db, { approvalId }, 1)).toMatchObject([{ status: 'withdrawn' }]);
    expect(await waiting()).toMatchObject([{ lines: [{ before: '2027-02-01' }] }]);
    await database.pool.query(`update ingestion_poams set scheduled_completion = '2026-12-15'`);
    await follow();
    expect(await waiting()).toEqual([]);
  });

  it('a day that is past cannot be promised: approval is asked for the days of the policy from now, and a late promise stands by it', async () => {
    await say('approve');
    await obliged('2026-11-20');
    await follow();
    const request = await one();
    expect(request.lines).toMatchObject([{ after: '2026-12-04' }]);
    await decide(request.approvalId, true);
    expect(await promised()).toEqual({ day: '2026-12-04' });
    expect(await explainDueDate(app, everywhere, 'P-1')).toMatchObject({ isLate: true, standsBy: 'Ben' });
    await follow();
    expect(await waiting()).toEqual([]);
  });
});

describe('where the GRC system alone decides the promised date', () => {
  it('nobody is asked, what waits lapses, nothing moves, and the POA&M stays a row of the inbox', async () => {
    const through = (mayMove: boolean) =>
      database.store.transaction((tx) =>
        followObligations(
          tx,
          { operationId: run, now: today },
          { systemId: 1, readMayMove: async () => () => mayMove },
        ),
      );
    await database.pool.query(
      `insert into external_systems (system_name, system_type, api_base_url, connection_config) values ('X', 'xacta', 'https://x.example', '{}');
       insert into sync_links (external_system_id, entity_type, entity_id, external_id) select id, 'system', 'SYS-1', 'X-1' from external_systems`,
    );
    await say('approve');
    await obliged('2026-12-04');
    await through(true);
    expect(await waiting()).toHaveLength(1);
    await through(false);
    expect(await waiting()).toEqual([]);
    expect(await inbox('late_obligation')).toBe(1);
    await say('follow');
    expect(await through(false)).toBe(0);
    expect(await promised()).toEqual({ day: '2027-03-01' });
  });
});

describe('where two GRC connections have the boundary', () => {
  it('one of them asks about its dates, and the run of the other changes nothing about that', async () => {
    await database.pool.query(
      `insert into external_systems (id, system_name, system_type, api_base_url, connection_config)
         overriding system value values (81, 'X', 'xacta', 'https://x.example', '{}'), (82, 'Y', 'xacta', 'https://y.example', '{}');
       insert into sync_links (external_system_id, entity_type, entity_id, external_id) values (81, 'system', 'SYS-1', 'X-1'), (82, 'system', 'SYS-1', 'Y-1')`,
    );
    const through = (systemId: number, mayMove: boolean) =>
      database.store.transaction((tx) =>
        followObligations(
          tx,
          { operationId: run, now: today },
          { systemId, readMayMove: async () => () => mayMove },
        ),
      );
    await say('approve');
    await obliged('2026-12-04');
    await through(81, true);
    const asked = await waiting();
    expect(asked).toHaveLength(1);
    await through(82, false);
    expect(await waiting()).toEqual(asked);
    await say(null);
  });
});

describe('where a boundary says what becomes of a promised date', () => {
  it('its word comes before that of the default, and that before the policy’s own', async () => {
    await obliged('2026-12-04');
    await follow();
    expect(await waiting()).toEqual([]);
    await say('approve', null);
    await say('ask');
    await follow();
    expect(await waiting()).toEqual([]);
    await say(null);
    await follow();
    expect(await waiting()).toHaveLength(1);
    await say('follow');
    expect(await follow()).toBe(1);
    expect(await promised()).toEqual({ day: '2026-12-04' });
    await say(null, null);
  });

  it('`due-policies set --earlier` says it, and `show` repeats it', async () => {
    const { code } = await commandOver(app, [
      'due-policies',
      'set',
      'org-default',
      'on',
      '--system',
      'SYS-1',
      '--earlier',
      'approve',
      '--yes',
      '--reason',
      'AO memo',
    ]);
    expect(code).toBe(0);
    expect((await commandOver(app, ['due-policies', 'show', 'org-default'])).json).toMatchObject({
      uses: expect.arrayContaining([
        expect.objectContaining({ systemId: 'SYS-1', whenEarlier: 'approve' }),
      ]) as unknown,
    });
  });
});
