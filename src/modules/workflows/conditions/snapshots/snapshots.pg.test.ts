import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type ClonedDatabase } from '../../../../../test/support/database.ts';
import { type RecordKind, recordKinds } from '../../../../canonical/workflow/index.ts';
import { compileCondition } from '../compile.ts';
import { fieldsOf } from '../shapes.ts';
import { listCandidates, snapshotOf } from './index.ts';

let database: ClonedDatabase;
const now = new Date('2026-11-27T09:00:00Z');
const web = '00000000-0000-0000-0000-000000000001';
const lost = '00000000-0000-0000-0000-000000000002';
const key = (n: number): string => `00000000-0000-0000-0000-0000000000f${n}`;

beforeAll(async () => {
  database = await cloneDatabase();
  await database.pool.query(`
    insert into external_systems (system_name, system_type, api_base_url, connection_config) values ('xacta', 'xacta', 'http://127.0.0.1:1', '{}');
    insert into ingestion_batches (batch_id, source_system) values ('00000000-0000-0000-0000-0000000000b1', 'test');
    insert into principals (id, kind, name, created_by) values ('00000000-0000-0000-0000-0000000000a1', 'person', 'ann', 'test');
    insert into ingestion_systems (system_id, name, uuid, system_owner) values ('SYS-1', 'Payroll', gen_random_uuid(), 'Olga');
    insert into ingestion_assets (asset_uuid, hostname, system_id, first_seen, last_seen) values
      ('${web}', 'web1', 'SYS-1', '2026-01-01', '2026-11-26'), ('${lost}', 'lost1', null, '2026-11-20', '2026-11-26');
    insert into assets_extended (asset_uuid, network_zone) values ('${web}', 'dmz');
    insert into ingestion_asset_tags (asset_uuid, tag_key, tag_value) values ('${web}', 'Owner', 'web-team');
    insert into ingestion_poams (poam_id, system_id, status, weakness_risk_level, scheduled_completion, poc) values
      ('P-1', 'SYS-1', 'ongoing', 'high', '2026-11-20', 'Olga'), ('P-2', 'SYS-1', 'Completed', 'low', '2026-12-20', null);
    insert into ingestion_poam_milestones (poam_id, milestone_description, status, scheduled_completion) values ('P-1', 'patch', 'Pending', '2026-11-25');
    insert into scan_plugins (plugin_id, name, cves, raw_json) values ('100', 'flaw', '{CVE-2026-1}', '{}');
    insert into vulnerability_intelligence (plugin_id, kev_added, epss) values ('100', '2026-11-01', 0.5);
    insert into intelligence_loads (feed, source, loaded_at, loaded_by, rows_read, rows_changed, rows_unchanged, sha256, bytes) values ('kev', 'file', '${now.toISOString()}', 'test', 2, 1, 1, repeat('0', 64), 1);
    insert into cve_intelligence (cve, kev_added, kev_ransomware, epss, loaded_at) values ('CVE-2026-1', '2026-11-01', true, 0.5, now());
    insert into cve_changes (cve, field_name, after_value, load_id, changed_at) select 'CVE-2026-1', 'kev_added', '"2026-11-01"', id, '2026-11-02' from intelligence_loads;
    insert into ingestion_vulnerabilities (finding_key, state, plugin_id, vulnerability_name, severity, asset_uuid, asset_ref, port, protocol, lifecycle_state, severity_rank, first_found, last_found, last_fixed, poam_id)
      select k::uuid, 'Open', '100', 'flaw', 'High', a, a::uuid, 443, 'tcp', s, 3, '2026-11-01', '2026-11-10', f::timestamp, (select id from ingestion_poams where poam_id = p)
        from (values ('${key(1)}', '${web}', 'open', null, 'P-1'), ('${key(2)}', '${web}', 'fixed', '2026-11-15', 'P-1'), ('${key(3)}', '${lost}', 'open', null, null)) x(k, a, s, f, p);
    insert into finding_state_changes (vulnerability_id, state, occurred_at) select id, 'reopened', '2026-11-05' from ingestion_vulnerabilities where finding_key = '${key(1)}';
    insert into weaknesses (system_id, identifier, plugin_id, severity, rated_severity, detected_on, due_on, due_reason, control_reason, poam_id)
      select 'SYS-1', '100', '100', 'Critical', 'High', '2026-11-01', '2026-11-20', 'test', 'test', id from ingestion_poams where poam_id = 'P-1';
    insert into weakness_findings select w.id, v.id from weaknesses w, ingestion_vulnerabilities v where v.asset_ref = '${web}';
    insert into deviations (kind, poam_id, system_id, severity, is_whole_poam, state, rationale, requested_by, requested_by_principal, requested_at, expires_on, decided_by, decided_at)
      values ('vendor_dependency', 'P-1', 'SYS-1', 'High', true, 'approved', 'no patch', 'ann', 'ann', '2026-10-01', '2027-02-25', 'ao', '2026-10-02');
    insert into sync_outbox (external_system_id, entity_type, entity_id, change_kind, payload, idempotency_key, operation_id, state, reason, settled_at)
      select id, 'poam', 'P-1', 'update', '{}', gen_random_uuid()::text, '00000000-0000-0000-0000-0000000000b1', 'failed', 'test', '2026-11-27 08:00Z' from external_systems;
    insert into asset_exposure (asset_uuid, open_info, open_low, open_medium, open_high, open_critical, accepted) values ('${web}', 0, 0, 0, 1, 0, 0);
  `);
});
afterAll(() => database[Symbol.asyncDispose]());

/** What a condition comes to for a record as it stands in the database. */
async function ask(kind: RecordKind, id: string, text: string) {
  const condition = compileCondition(kind, text);
  if (condition.problems) throw new Error(condition.problems[0].message);
  const [snapshot] = await snapshotOf(database.db, kind, [id], now);
  if (!snapshot) throw new Error(`there is no ${kind} ${id}`);
  return condition.evaluate(snapshot, now);
}
const weaknessId = async (): Promise<string> =>
  (await listCandidates(database.db, 'weakness', { after: undefined, limit: 1 }))[0] ?? '';

describe('a record as conditions read it', () => {
  it.each<[RecordKind, string, string]>([
    [
      'finding',
      key(1),
      'finding.open && finding.kev && finding.epss == 0.5 && finding.severity == "high" && finding.times_reopened == 1',
    ],
    [
      'finding',
      key(1),
      'finding.on_poam && finding.poam.state == "in_progress" && finding.due < now && finding.cves == ["CVE-2026-1"]',
    ],
    [
      'finding',
      key(1),
      'system.name == "Payroll" && system.overdue_poams == 1 && system.open_poams == 1 && system.assets == 1',
    ],
    ['finding', key(2), 'finding.state == "fixed" && daysSince(finding.fixed) == 12'],
    ['finding', key(3), '!finding.on_poam && !has(finding.poam) && !has(system.id)'],
    [
      'poam',
      'P-1',
      'poam.state == "in progress" && poam.open && daysSince(poam.due) == 7 && poam.owner == "Olga"',
    ],
    [
      'poam',
      'P-1',
      'poam.findings.size() == 2 && poam.findings.exists(f, f.verified) && !poam.findings.all(f, f.state == "fixed")',
    ],
    ['poam', 'P-1', 'poam.milestones.exists(m, m.state == "pending" && m.due < now)'],
    [
      'poam',
      'P-1',
      'poam.vendor_dependency && daysSince(poam.last_vendor_checkin) == 57 && poam.failed_pushes == 1',
    ],
    [
      'poam',
      'P-2',
      '!poam.open && poam.findings.size() == 0 && poam.failed_pushes == 0 && poam.questions.size() == 0',
    ],
    [
      'deviation',
      '1',
      'deviation.state == "approved" && daysUntil(deviation.until) == 90 && deviation.findings == 1 && deviation.poam.open',
    ],
    [
      'asset',
      web,
      'asset.in_boundary && asset.open_high == 1 && asset.zone == "dmz" && "Owner:web-team" in asset.tags && asset.state == "reported"',
    ],
    ['asset', lost, '!asset.in_boundary && asset.open_findings == 0'],
    ['system', 'SYS-1', 'system.owner == "Olga" && system.policies.size() > 0'],
    ['scan', 'SYS-1', 'scan.assets == 1 && scan.coverage == 0.0 && scan.unauthenticated_rate == 1.0'],
    ['feed', '1', 'feed.name == "kev" && "CVE-2026-1" in feed.changed && feed.rows_changed == 1'],
  ])('%s %s: %s', async (kind, id, text) => {
    expect(await ask(kind, id, text)).toEqual({ is: 'answer', value: true });
  });

  it('of a weakness has its findings, CVEs and what feeds say of them', async () => {
    const id = await weaknessId();
    for (const text of [
      'weakness.open && weakness.kev && weakness.ransomware && "CVE-2026-1" in weakness.cves',
      'weakness.severity > weakness.rated_severity && daysSince(weakness.kev_changed) == 25',
      'weakness.findings.size() == 2 && weakness.poam.id == "P-1" && daysSince(weakness.due) == 7',
    ])
      expect(await ask('weakness', id, text), text).toEqual({ is: 'answer', value: true });
  });

  it('is listed in the order of its own key, so that a page begins after the last of the page before', async () => {
    const first = Number(await weaknessId());
    await database.pool.query(
      `insert into weaknesses (system_id, identifier, plugin_id, title, severity, detected_on, due_on, due_reason, control_reason)
         select 'SYS-1', 'more ' || n, null, 'flaw', 'High', '2026-11-01', '2026-12-01', 'test', 'test' from generate_series(1, 12) n`,
    );
    const listed: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await listCandidates(database.db, 'weakness', { after, limit: 3 });
      listed.push(...page);
      after = page.at(-1);
      if (after === undefined) break;
    }
    expect(listed.length).toBeGreaterThan(12);
    expect(listed.map(Number)).toEqual(listed.map(Number).toSorted((one, other) => one - other));
    expect(Number(listed[0])).toBe(first);
    expect(new Set(listed).size).toBe(listed.length);
  });

  it('is listed page by page, and is there for each that is listed', async () => {
    for (const kind of recordKinds) {
      const ids = await listCandidates(database.db, kind, { after: undefined, limit: 100 });
      expect(ids.length, kind).toBeGreaterThan(0);
      expect(
        (await snapshotOf(database.db, kind, ids, now)).map(({ id }) => id),
        kind,
      ).toEqual(ids);
      expect(await listCandidates(database.db, kind, { after: ids.at(-1), limit: 100 }), kind).toEqual([]);
    }
  });

  it('has each field of its kind somewhere: none is always empty because a statement forgot it', async () => {
    // Of these the little world has none.
    const empty = [
      'poam.obliged_by',
      'poam.completed',
      'poam.controls',
      'poam.reviewed',
      'finding.poam.completed',
      'finding.reopened',
      'finding.fix_reported',
      'finding.owner',
      'weakness.due_policy',
      'weakness.due_changed',
      'weakness.poam.completed',
      'deviation.review',
      'deviation.poam.completed',
      'asset.criticality',
      'asset.environment',
      'asset.risk',
      'system.isso',
      'system.authorized_until',
      'scan.ended',
      'scan.newest_plugin',
      'feed.of',
    ];
    for (const kind of recordKinds) {
      const ids = await listCandidates(database.db, kind, { after: undefined, limit: 100 });
      const fixed = kind === 'finding' ? [key(2)] : [];
      const snapshots = await snapshotOf(database.db, kind, [...ids, ...fixed], now);
      for (const { path } of fieldsOf(kind).filter((each) => !each.path.includes('[]'))) {
        const condition = compileCondition(kind, `has(${path})`);
        if (condition.problems) throw new Error(condition.problems[0].message);
        const isThere = snapshots.some((one) => {
          const answer = condition.evaluate(one, now);
          return answer.is === 'answer' && answer.value;
        });
        expect(isThere, path).toBe(!empty.includes(path));
      }
    }
  });
});
