/** The life of POA&Ms over a database: what a run writes, and what it asks. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../../test/support/database.ts';
import type { ConnectedSystem } from '../../../engine/connections/index.ts';
import type { RunContext } from '../../../engine/run/index.ts';
import { listQuestions } from '../../../record/poam-life/index.ts';
import { livePoams } from './life-step.ts';

let database: ClonedDatabase;
const ids = { scanner: 0, grc: 0 };
const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const run = (query: string, ...values: unknown[]) =>
  database.pool.query<Record<string, unknown>>(query, values);
let clock = new Date('2026-11-27T00:00:00.000Z');

beforeAll(async () => {
  database = await cloneDatabase();
  database.clock.moveTo(() => clock);
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

/** One boundary with two machines, a weakness on both, and its POA&M, which the GRC system has. */
beforeEach(async () => {
  clock = new Date('2026-11-27T00:00:00.000Z');
  await run(`truncate external_systems, ingestion_batches, ingestion_systems, ingestion_assets, ingestion_vulnerabilities, ingestion_poams, weaknesses,
                      sync_links, sync_changes, scan_plugins, asset_sources, life_settings cascade`);
  for (const [name, type] of [
    ['scanner', 'tenable'],
    ['grc', 'xacta'],
  ] as const) {
    const { rows } = await run(
      `insert into external_systems (system_name, system_type, api_base_url, connection_config) values ($1, $2, 'http://x.example', '{}') returning id`,
      name,
      type,
    );
    ids[name] = Number(rows[0]?.['id']);
  }
  await run(`insert into ingestion_batches (batch_id, source_system) values ($1, 'grc')`, uuid(1));
  await run(`insert into ingestion_systems (system_id, uuid, name) values ('S1', $1, 'One')`, uuid(2));
  await run(
    `insert into scan_plugins (plugin_id, name, raw_json, cves) values ('20001', 'Weak', '{"type": "local"}', '{}')`,
  );
  await run(
    `insert into ingestion_poams (poam_id, system_id, status, ingestion_source, risk_rating, weakness_risk_level, scheduled_completion)
     values ('P1', 'S1', 'Open', 'tieline', 'High', 'High', '2026-12-20')`,
  );
  await run(
    `insert into ingestion_poam_milestones (poam_id, milestone_description, status) values ('P1', 'Apply', 'Pending'), ('P1', 'Verify', 'Pending')`,
  );
  for (const [entity, id] of [
    ['system', 'S1'],
    ['poam', 'P1'],
  ])
    await run(
      `insert into sync_links (external_system_id, entity_type, entity_id, external_id, base, operation_id) values ($1, $2, $3::text, 'X' || $3::text, '{}', $4)`,
      ids.grc,
      entity,
      id,
      uuid(1),
    );
  await run(
    `insert into weaknesses (system_id, identifier, severity, rated_severity, detected_on, due_on, due_reason, control_reason, poam_id, created_at)
     select 'S1', '20001', 'High', 'High', '2026-11-01', '2026-12-20', 'policy', 'none', id, '2026-11-01' from ingestion_poams`,
  );
  for (const n of [11, 12]) {
    await run(
      `insert into ingestion_assets (asset_uuid, hostname, system_id, last_seen) values ($1, 'web' || $2::text, 'S1', '2026-11-20 10:05')`,
      uuid(n),
      n,
    );
    await run(
      `insert into asset_sources (external_system_id, external_id, asset_uuid, record, identifiers, raw_json, last_seen, operation_id)
       values ($1, 'a' || $2::text, $3, '{"last_authenticated_at": "2026-11-20T09:55:00Z"}', '[]', '{}', now(), $4)`,
      ids.scanner,
      n,
      uuid(n),
      uuid(1),
    );
    await run(
      `insert into ingestion_vulnerabilities (asset_uuid, asset_ref, plugin_id, vulnerability_name, severity, severity_rank, lifecycle_state,
         external_system_id, first_found, last_found, finding_key, state, raw_data, poam_id)
       select $1::text, $1::uuid, '20001', 'x', 'High', 3, 'open', $2, '2026-11-01', '2026-11-10', gen_random_uuid(), 'Open', '{}', id from ingestion_poams`,
      uuid(n),
      ids.scanner,
    );
  }
});

/** The scanner reports that a machine's finding is fixed. */
async function fix(n: number, at = '2026-11-20 10:00'): Promise<void> {
  await run(
    `update ingestion_vulnerabilities set lifecycle_state = 'fixed', last_fixed = $2 where asset_ref = $1`,
    uuid(n),
    at,
  );
  await run(
    `insert into finding_state_changes (vulnerability_id, state, occurred_at, external_system_id) select id, 'fixed', $2::timestamp, $3 from ingestion_vulnerabilities where asset_ref = $1`,
    uuid(n),
    at,
    ids.scanner,
  );
}

const policies: ConnectedSystem['policies'] = [];
/** A run's step, over what it needs of its context. @returns what it counted. */
async function live(given: Partial<Pick<ConnectedSystem, 'policies'>> = {}) {
  let counted: unknown;
  const context: Pick<RunContext, 'store' | 'now' | 'report'> = {
    store: database.store,
    now: database.clock.now,
    report: ({ counts }) => {
      counted = counts;
    },
  };
  const system = { id: ids.grc, name: 'grc', policies, ...given };
  // A step asks no more of its context and system than is here.
  await livePoams(context as RunContext, system as ConnectedSystem, uuid(1));
  return counted as { updated: number; held: number; unchanged: number };
}

const poam = async () =>
  (await run(`select status, actual_completion::text as done, comments from ingestion_poams`)).rows[0];
const asked = async () => (await listQuestions(database.db, 'P1')).map(({ code }) => code);
const milestones = async () =>
  (await run(`select distinct status from ingestion_poam_milestones`)).rows.map((row) => row['status']);
const settings = (set: string) =>
  run(`insert into life_settings (system_id) values ('S1')`).then(() =>
    run(`update life_settings set ${set}`),
  );

describe('the life of a POA&M', () => {
  it('the life of a POA&M stays as it is while one of its findings is open', async () => {
    await fix(11);
    expect(await live()).toMatchObject({ updated: 0, held: 0 });
    expect(await poam()).toMatchObject({ status: 'Open' });
  });

  it('the life of a POA&M comes to pending verification on evidence, and then waits for the word of a person', async () => {
    await fix(11);
    await fix(12);
    expect(await live()).toMatchObject({ held: 1 });
    expect(await poam()).toMatchObject({ status: 'Pending Verification' });
    expect(await asked()).toEqual(['awaits_word']);
    const { rows } = await run(
      `select field_name, after_value, rule_code, reason_code from sync_changes where entity_type = 'poam'`,
    );
    expect(rows).toEqual([
      {
        field_name: 'status',
        after_value: 'Pending Verification',
        rule_code: 'closed_by_evidence',
        reason_code: 'fixed_everywhere',
      },
    ]);
    expect(
      (await run(`select edited_at is not null as edited from sync_links where entity_type = 'poam'`)).rows,
    ).toEqual([{ edited: true }]);
  });

  it('the life of a POA&M at rest asks and writes nothing anew (L4)', async () => {
    await fix(11);
    await fix(12);
    await live();
    const before = (await run('select count(*)::int as n from sync_changes')).rows;
    expect(await live()).toMatchObject({ updated: 0, held: 0, unchanged: 1 });
    expect((await run('select count(*)::int as n from sync_changes')).rows).toEqual(before);
  });

  it('the life of a POA&M ends by itself where its boundary says so, with the evidence in its comments and on each milestone', async () => {
    await settings(`close_after = 'at once'`);
    await fix(11);
    await fix(12);
    expect(await live()).toMatchObject({ updated: 1, held: 0 });
    expect(await poam()).toMatchObject({ status: 'Completed', done: '2026-11-27' });
    expect((await poam())?.['comments']).toMatch(
      /^Closed by evidence on 2026-11-27: 2 findings on 2 machines fixed: web11 \(plugin 20001, fixed 2026-11-20\); web12/,
    );
    expect(await milestones()).toEqual(['Completed']);
    expect(
      (await run('select jsonb_array_length(evidence) as n, closed_by_evidence_at from poam_lives')).rows,
    ).toEqual([{ n: 2, closed_by_evidence_at: clock }]);
  });

  it('the life of a POA&M ends days after it was verified, if nothing returns', async () => {
    await settings(`close_after = 'days', close_days = 7`);
    await fix(11);
    await fix(12);
    await live();
    expect(await poam()).toMatchObject({ status: 'Pending Verification' });
    clock = new Date('2026-12-03T00:00:00.000Z');
    await live();
    expect(await poam()).toMatchObject({ status: 'Pending Verification' });
    clock = new Date('2026-12-04T00:00:00.000Z');
    await live();
    expect(await poam()).toMatchObject({ status: 'Completed', done: '2026-12-04' });
  });

  it('the life of a POA&M goes back to work when a finding returns before it ended', async () => {
    await fix(11);
    await fix(12);
    await live();
    await run(
      `update ingestion_vulnerabilities set lifecycle_state = 'reopened' where asset_ref = $1`,
      uuid(12),
    );
    expect(await live()).toMatchObject({ updated: 1 });
    expect(await poam()).toMatchObject({ status: 'In Progress' });
    expect(await asked()).toEqual([]);
  });

  it('the life of a POA&M does not end on what is not known: a person is asked, once', async () => {
    await settings(`close_after = 'at once'`);
    await run(`delete from asset_sources where external_id = 'a12'`);
    await fix(11);
    await fix(12);
    expect(await live()).toMatchObject({ held: 1 });
    expect(await live()).toMatchObject({ held: 0 });
    expect(await poam()).toMatchObject({ status: 'Open' });
    expect(await listQuestions(database.db, 'P1')).toMatchObject([
      { code: 'fix_unproven', params: { machines: ['web12'], authenticated: 1, findings: 2 } },
    ]);
  });

  it.each([
    ['gone', 'machines_gone'],
    ['missing', 'findings_missing'],
  ])('the life of a POA&M does not end because a finding is %s: a person is asked', async (state, code) => {
    await settings(`close_after = 'at once'`);
    await fix(11);
    await run(
      `update ingestion_vulnerabilities set lifecycle_state = $2, missing_since = now() where asset_ref = $1`,
      uuid(12),
      state,
    );
    await live();
    expect(await poam()).toMatchObject({ status: 'Open' });
    expect(await listQuestions(database.db, 'P1')).toMatchObject([{ code, params: { machines: ['web12'] } }]);
  });

  it('the life of a POA&M does not end because a machine left its boundary', async () => {
    await fix(11);
    await run(`update ingestion_assets set system_id = null where asset_uuid = $1`, uuid(12));
    await live();
    expect(await asked()).toEqual(['machines_left']);
  });

  it('the life of a POA&M counts the days anew where a finding returned and was fixed again between two runs', async () => {
    await settings(`close_after = 'days', close_days = 7`);
    await fix(11);
    await fix(12);
    await live();
    await fix(12, '2026-11-30 10:00');
    await run(`update ingestion_assets set last_seen = '2026-11-30 10:05'`);
    await run(`update asset_sources set record = '{"last_authenticated_at": "2026-11-30T09:55:00Z"}'`);
    clock = new Date('2026-12-04T00:00:00.000Z');
    await live();
    expect(await poam()).toMatchObject({ status: 'Pending Verification' });
    clock = new Date('2026-12-11T00:00:00.000Z');
    await live();
    expect(await poam()).toMatchObject({ status: 'Completed' });
  });

  it('the life of a POA&M asks about what was dismissed at the scanner only, and takes an approved false positive for fixed', async () => {
    await fix(11);
    await run(
      `update ingestion_vulnerabilities set severity_modification = 'accepted', state = 'False Positive' where asset_ref = $1`,
      uuid(12),
    );
    await live();
    expect(await asked()).toEqual(['dismissed_there']);
    await run(
      `insert into deviations (kind, poam_id, system_id, is_whole_poam, state, rationale, requested_by, requested_by_principal, requested_at, decided_by, decided_at)
       values ('false_positive', 'P1', 'S1', false, 'approved', 'checked', 'a', 'a', now(), 'isso', now())`,
    );
    await run(
      `insert into deviation_assets (deviation_id, asset_uuid) select id, $1 from deviations`,
      uuid(12),
    );
    await live();
    expect(await asked()).toEqual(['awaits_word']);
    await run('delete from deviation_assets');
    await run('delete from deviations');
  });

  it('the life of a POA&M is not decided while a check of an audit under it fails, and a person is asked once it passes', async () => {
    await settings(`close_after = 'at once'`);
    await fix(11);
    await fix(12);
    await run(
      `insert into compliance_results (result_key, asset_uuid, audit_file, check_id, check_name, status, lifecycle_state)
       values (gen_random_uuid(), $1, 'a.audit', 'C1', 'Passwords', 'failed', 'open')`,
      uuid(11),
    );
    await run(
      `insert into weakness_checks (weakness_id, result_id) select w.id, r.id from weaknesses w, compliance_results r`,
    );
    await live();
    expect([await poam(), await asked()]).toMatchObject([{ status: 'Open' }, []]);
    await run(`update compliance_results set status = 'passed', lifecycle_state = 'fixed'`);
    await live();
    expect([await poam(), await asked()]).toMatchObject([{ status: 'Open' }, ['checks_pass']]);
    // A result of a later day that passes is evidence.
    await run(`update compliance_results set last_seen = now() at time zone 'UTC' + interval '2 days'`);
    await live();
    expect([await poam(), await asked()]).toMatchObject([{ status: 'Completed' }, []]);
    await run('delete from compliance_results');
  });

  it('the life of a POA&M closes what it asked about a rating when the severity goes back, and forgets no change meanwhile', async () => {
    const inbound = { policies: [{ entity: 'poam', direction: 'inbound', fields: {} }] } as const;
    await run(`update weaknesses set severity = 'Critical'`);
    await live(inbound);
    expect(await asked()).toEqual(['rating_differs']);
    await run(`update weaknesses set severity = 'High'`);
    await live(inbound);
    expect(await asked()).toEqual([]);
    // Not shown by the remote just then: the change waits.
    await run(`update sync_links set missing_since = now() where entity_type = 'poam'`);
    await run(`update weaknesses set severity = 'Critical'`);
    await live();
    await run(`update sync_links set missing_since = null`);
    await live();
    expect((await run('select risk_rating from ingestion_poams')).rows).toEqual([
      { risk_rating: 'Critical' },
    ]);
  });

  it('the life of a POA&M of which the policies let no state out asks a person', async () => {
    await fix(11);
    await fix(12);
    await live({
      policies: [{ entity: 'poam', direction: 'inbound', fields: {} }],
    });
    expect(await poam()).toMatchObject({ status: 'Open' });
    expect(await asked()).toEqual(['not_let_out']);
  });

  it('the life of a POA&M keeps its first rating beside the one that follows its weakness (L3)', async () => {
    await run(`update weaknesses set severity = 'Critical', due_on = '2026-11-08'`);
    await run(`update ingestion_vulnerabilities set severity_rank = 4, severity = 'Critical'`);
    expect(await live()).toMatchObject({ held: 1 });
    const { rows } = await run(
      `select risk_rating, weakness_risk_level, scheduled_completion::date::text as due, original_rating from ingestion_poams join poam_lives using (poam_id)`,
    );
    expect(rows).toEqual([
      {
        risk_rating: 'Critical',
        weakness_risk_level: 'Critical',
        due: '2026-12-20',
        original_rating: 'High',
      },
    ]);
    expect(await asked()).toEqual(['due_earlier']);
    expect(await live()).toMatchObject({ held: 0, updated: 0 });
    // It is over once the date was pulled in.
    await run(`update ingestion_poams set scheduled_completion = '2026-11-08'`);
    await live();
    expect(await asked()).toEqual([]);
  });
});
