/** What obligations hang on beside policies in force: a policy that begins later, and a risk adjustment, from their beginning to their end. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase, emptyTables } from '../../../test/support/database.ts';
import { commandText } from '../../../test/support/command-over.ts';
import { composeApp, type TestApp } from '../../../test/support/compose-app.ts';
import { type Actor, everywhere, type Role } from '../../canonical/access/index.ts';
import type { Severity } from '../../canonical/vocabulary/index.ts';
import { listRequests, setDeciderRule } from '../../engine/approvals/index.ts';
import { saveWeaknesses } from '../../record/weaknesses/index.ts';
import {
  addPolicyVersion,
  adjustmentOf,
  evaluatePoam,
  fetchDueDates,
  listDuePolicies,
  listUnanswered,
  planPolicyStarts,
  previewPolicyUse,
  recordObligations,
  setBoundaryFacts,
  setPolicyUse,
} from '../due-dates/index.ts';
import { decideRequest } from './index.ts';

let database: ClonedDatabase;
let app: TestApp;
let today: Date;
const run = '00000000-0000-0000-0000-000000000009';
beforeAll(async () => {
  database = await cloneDatabase();
  app = { ...composeApp(database, Buffer.alloc(32, 1).toString('base64')), now: () => today };
});
afterAll(() => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await emptyTables(database.pool);
  today = new Date('2026-11-27T09:00:00Z');
  for (const statement of [
    `delete from due_date_policy_uses where policy_id <> 'org-default' or system_id is not null`,
    `insert into ingestion_systems (system_id, name, uuid) values ('SYS-1', 'One', gen_random_uuid())`,
    `insert into ingestion_batches (batch_id, source_system) values ('${run}', 'test')`,
    `insert into ingestion_poams (poam_id, system_id, status, scheduled_completion, weakness_description) values ('P-1', 'SYS-1', 'Open', '2026-12-20', 'Weak')`,
  ])
    await database.pool.query(statement);
});

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
const weakness = {
  systemId: 'SYS-1',
  grouping: 'plugin' as const,
  identifier: '7',
  detectedOn: '2026-11-20',
  cves: [],
  assets: [],
  machineNames: null,
};

/** As a sync does: judges the weakness, records what follows, and looks ahead. */
async function sync(severity: Severity = 'High'): Promise<string> {
  const due = (await fetchDueDates(database.db, []))({ ...weakness, severity });
  const { systemId, grouping, identifier, detectedOn } = weakness;
  await saveWeaknesses(database.db, [
    {
      systemId,
      grouping,
      identifier,
      ruleId: 1,
      title: 'Weak',
      pluginId: null,
      detectedOn,
      severity,
      dueOn: due.on,
      dueReason: due.reason,
      dueAdjustment: adjustmentOf(due.answers),
      controls: [],
      controlReason: 'any',
      poamId: 'P-1',
    },
  ]);
  const source = { operationId: run, now: today };
  await recordObligations(database.db, source, [{ systemId, grouping, identifier, due }]);
  await database.store.transaction((tx) => planPolicyStarts(tx, source));
  const { rows } = await database.pool.query<{ by: string }>(
    `select obliged_by::text as by from poam_due_dates`,
  );
  return rows[0]?.by ?? 'none';
}
const waiting = () => listRequests(database.db, { status: 'pending', kind: 'policy_start' }, 10);
const decide = async (approved: boolean): Promise<void> => {
  const [request] = await waiting();
  await decideRequest(app, isso, everywhere, {
    id: request?.approvalId ?? '',
    approved,
    reason: approved ? undefined : 'after the migration',
  });
};
/** FedRAMP's rules of 2026 for a boundary of class D, also for what was open; the weakness is evaluated as grave. */
async function vdr(): Promise<void> {
  await setBoundaryFacts(app, isso, 'SYS-1', { class: 'D', nationalSecurity: false, reason: null });
  await setPolicyUse(app, isso, {
    systemId: 'SYS-1',
    policyId: 'fedramp-vdr',
    applies: true,
    coversOpen: true,
    whenEarlier: null,
    reason: null,
  });
}
const evaluate = () =>
  evaluatePoam(app, isso, everywhere, {
    poamId: 'P-1',
    evaluatedAt: '2026-11-26T10:00:00Z',
    exploitable: true,
    reachable: true,
    agencyImpact: 'N5',
    complyBy: null,
    vendorReleasedOn: null,
    note: null,
  });

describe('a policy that begins later', () => {
  it('dates what was open only once its plan was approved, and the plan names what it would move', async () => {
    await sync();
    await vdr();
    await evaluate();
    expect(await sync()).toBe('2026-12-20');
    expect(await waiting()).toMatchObject([
      {
        subject: { id: 'fedramp-vdr 1 SYS-1' },
        action: 'date 1 POA&M of SYS-1 earlier by fedramp-vdr from 2026-12-07',
        lines: [{ field: 'P-1', before: '2026-12-20', after: '2026-12-07' }],
        boundary: 'SYS-1',
      },
    ]);
    // The day comes, and nobody has agreed: nothing is dated silently.
    today = new Date('2026-12-08T09:00:00Z');
    expect(await sync()).toBe('2026-12-20');
    expect((await commandText(app, ['due-policies', 'list'])).out).toMatch(
      /SYS-1: .* begins on 2026-12-07: it would date 1 POA&M earlier .* Plan pending; decide: tieline approvals show/,
    );
    await decide(true);
    expect(await sync()).toBe('2026-12-07');
    expect(await waiting()).toEqual([]);
    const policies = await listDuePolicies(app, everywhere);
    expect(policies.find(({ policyId }) => policyId === 'fedramp-vdr')?.starts).toMatchObject([
      { version: 1, systemId: 'SYS-1', status: 'approved', decidedBy: 'Ben', poams: 1 },
    ]);
  });

  it('rejected, it dates nothing that was open, says so, and is not asked about again until the policy is set anew', async () => {
    await sync();
    await vdr();
    await evaluate();
    await sync();
    await decide(false);
    today = new Date('2026-12-08T09:00:00Z');
    expect(await sync()).toBe('2026-12-20');
    expect(await waiting()).toEqual([]);
    const due = (await fetchDueDates(database.db, []))({ ...weakness, severity: 'High' });
    expect(due.answers.find(({ policyId }) => policyId === 'fedramp-vdr')?.silence).toBe('not_approved');
    // Set anew when it is in force already: what it moves is shown before that is saved.
    await vdr();
    expect(await sync()).toBe('2026-12-07');
  });

  it('its plan lapses when it would move nothing any more, and is asked anew when it would move other POA&Ms', async () => {
    await sync();
    await vdr();
    await evaluate();
    await sync();
    await database.pool.query(`update ingestion_poams set status = 'Completed'`);
    await sync();
    expect(await waiting()).toEqual([]);
    await database.pool.query(`update ingestion_poams set status = 'Open'`);
    await sync();
    expect(await waiting()).toHaveLength(1);
  });

  it('somebody always decides: a rule that asks nobody is refused', async () => {
    await expect(
      setDeciderRule(app, isso, {
        place: { boundary: null, kind: 'policy_start', severity: null },
        levels: [],
        isRefused: false,
        answerWithinDays: null,
        longestDays: null,
        note: null,
      }),
    ).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('an evaluation that a policy wants', () => {
  it('is due by the rows of the policy, late in the inbox after that, and over once it is given', async () => {
    await setPolicyUse(app, isso, {
      systemId: 'SYS-1',
      policyId: 'org-default',
      applies: true,
      coversOpen: false,
      whenEarlier: null,
      reason: null,
    });
    await database.pool.query(
      `insert into due_date_policies (policy_id) values ('own-vdr') on conflict do nothing;
       insert into due_date_policy_versions (policy_id, version, title, basis, source) values ('own-vdr', 1, 'Own', 'evaluation_completed', 'this test') on conflict do nothing;
       insert into due_date_policy_times (policy_id, version, ordinal, conditions, days) values ('own-vdr', 1, 1, '{}', 60) on conflict do nothing;
       insert into due_date_policy_evaluations (policy_id, version, class, days) values ('own-vdr', 1, 'C', 5) on conflict do nothing`,
    );
    await setBoundaryFacts(app, isso, 'SYS-1', { class: 'C', nationalSecurity: false, reason: null });
    await setPolicyUse(app, isso, {
      systemId: 'SYS-1',
      policyId: 'own-vdr',
      applies: true,
      coversOpen: false,
      whenEarlier: null,
      reason: null,
    });
    await sync();
    const page = { offset: 0, limit: 10 };
    expect((await listUnanswered(database.db, everywhere, page)).items).toMatchObject([
      { poamId: 'P-1', unknown: ['evaluated'], evaluateBy: '2026-11-25' },
    ]);
    // The database's clock has long passed that day.
    await database.pool.query(`update weakness_due_unknowns set evaluate_by = '2020-01-01'`);
    expect((await listUnanswered(database.db, everywhere, page)).items).toMatchObject([
      { isEvaluationLate: true },
    ]);
    expect((await commandText(app, ['inbox', '--kind', 'unanswered_fact'])).out).toMatch(
      /its evaluation is late/,
    );
    await evaluate();
    await sync();
    expect((await listUnanswered(database.db, everywhere, page)).total).toBe(0);
  });
});

describe('an approved risk adjustment', () => {
  const adjust = (severity: Severity) =>
    database.pool.query(
      `insert into deviations (kind, poam_id, system_id, is_whole_poam, state, rationale, adjusted_severity, requested_by, requested_by_principal, requested_at, decided_by, decided_at)
       values ('risk_adjustment', 'P-1', 'SYS-1', true, 'approved', 'not reachable', $1, 'Ann', 'Ann', now(), 'Dee', now())`,
      [severity],
    );
  const end = () =>
    database.pool.query(`update deviations set state = 'withdrawn', ended_by = 'Dee', ended_at = now()`);

  it('moves the obligation while it holds, both with their history, and the earlier one returns with its end', async () => {
    expect(await sync('High')).toBe('2026-12-20');
    await adjust('Medium');
    expect(await sync('High')).toBe('2027-02-18');
    // An easing of anything else still gives nobody more time.
    expect(await sync('Medium')).toBe('2027-02-18');
    await end();
    expect(await sync('Medium')).toBe('2026-12-20');
    const { rows } = await database.pool.query(
      `select obliged_by::text as by, (inputs ->> 'adjustment') is not null as adjusted, reason from poam_obligations order by id`,
    );
    expect(rows).toMatchObject([
      { by: '2026-12-20', adjusted: false },
      {
        by: '2027-02-18',
        adjusted: true,
        reason: expect.stringMatching(/medium \(adjusted from high by deviation/) as unknown,
      },
      { by: '2026-12-20', adjusted: false, reason: expect.stringMatching(/high within 30 days/) as unknown },
    ]);
  });

  it('that rates it graver pulls the obligation in', async () => {
    expect(await sync('High')).toBe('2026-12-20');
    await adjust('Critical');
    expect(await sync('High')).toBe('2026-11-27');
  });
});

describe('a policy that is set', () => {
  it('shows what it moves itself, and not what another policy would once its plan is approved', async () => {
    await sync();
    await vdr();
    await evaluate();
    const use = { systemId: 'SYS-1', applies: true, coversOpen: true, whenEarlier: null, reason: null };
    expect(await previewPolicyUse(app, everywhere, { ...use, policyId: 'org-default' })).toMatchObject({
      looked: 1,
      earlier: 0,
    });
    expect(await previewPolicyUse(app, everywhere, { ...use, policyId: 'fedramp-vdr' })).toMatchObject({
      earlier: 1,
      items: [{ wouldBe: '2026-12-07' }],
    });
  });

  it('by when weaknesses are evaluated is refused of a policy whose clock waits for no evaluation', async () => {
    const policies = await listDuePolicies(app, everywhere);
    const shipped = policies.find(({ policyId }) => policyId === 'org-default')?.versions[0];
    if (!shipped) throw new Error('a policy ships');
    const { inForce: _now, version: _first, ...given } = shipped;
    const evaluations = [{ class: 'A' as const, days: 3 }];
    await expect(
      addPolicyVersion(app, isso, { ...given, policyId: 'ours', evaluations }),
    ).rejects.toMatchObject({
      code: 'EDIT_REFUSED',
      fields: [
        { field: 'evaluations', message: expect.stringContaining('use the basis evaluation_completed') },
      ],
    });
    expect(await addPolicyVersion(app, isso, { ...given, policyId: 'ours' })).toMatchObject({ version: 1 });
  });
});

describe('a boundary that two GRC connections have', () => {
  it('is asked about by the run of one of them, and the other lets its request stand', async () => {
    await database.pool.query(
      `insert into external_systems (id, system_name, system_type, api_base_url, connection_config)
         overriding system value values (71, 'X', 'xacta', 'https://x.example', '{}'), (72, 'Y', 'xacta', 'https://y.example', '{}');
       insert into sync_links (external_system_id, entity_type, entity_id, external_id) values (71, 'system', 'SYS-1', 'X-1'), (72, 'system', 'SYS-1', 'Y-1')`,
    );
    await sync();
    await vdr();
    await evaluate();
    await sync();
    await database.pool.query(`delete from approvals`);
    const look = (connection: number) =>
      database.store.transaction((tx) => planPolicyStarts(tx, { operationId: run, now: today }, connection));
    await look(72);
    expect(await waiting()).toEqual([]);
    await look(71);
    const [asked] = await waiting();
    expect(asked).toMatchObject({ boundary: 'SYS-1' });
    await look(72);
    expect(await waiting()).toEqual([asked]);
  });
});
