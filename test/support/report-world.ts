/** Two boundaries with POA&Ms in every state that reports tell apart, and texts that spreadsheets would take for formulas. */
import { composeApp, type TestApp } from './compose-app.ts';
import { cloneDatabase, type ClonedDatabase } from './database.ts';
import type { Actor, Role } from '../../src/canonical/access/index.ts';

const asset = (n: number): string => `00000000-0000-0000-0000-00000000000${n}`;

const statements = [
  `insert into external_systems (system_name, system_type, api_base_url, connection_config) values ('scanner', 'tenable', 'https://scanner.example', '{}')`,
  `insert into ingestion_batches (batch_id, source_system) values ('00000000-0000-0000-0000-000000000001', 'test')`,
  `insert into ingestion_systems (system_id, name, uuid, information_system_security_officer, authorizing_official, status)
   values ('SYS-1', 'Payroll & Time', gen_random_uuid(), 'Ben Isso', 'Dee Ao', 'Operational'), ('SYS-2', 'Other', gen_random_uuid(), null, null, null)`,
  `insert into ingestion_system_impact_levels (system_id, overall_impact) values ('SYS-1', 'MODERATE')`,
  `insert into ingestion_assets (asset_uuid, hostname, system_id, last_seen)
   select ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'web-' || n, case when n < 4 then 'SYS-1' else 'SYS-2' end, timestamp '2026-11-20' from generate_series(1, 4) n`,
  `insert into asset_identifiers (asset_uuid, kind, value) values ('${asset(1)}', 'fqdn', 'web-1.example.gov')`,
  `insert into scan_plugins (plugin_id, external_system_id, name, synopsis, solution, cvss3_base_score, cvss3_vector, raw_json)
   select '156032', s.id, 'Apache Log4j < 2.15.0', 'A library is old.', 'Upgrade it.', 10, 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H', '{}' from external_systems s`,
  `insert into ingestion_poams (poam_id, xacta_poam_id, system_id, weakness_description, status, weakness_risk_level, risk_rating, scheduled_completion, poc,
                                security_control, source_of_discovery, original_detection_date, remediation_plan, comments, created_at, updated_at, actual_completion, ingestion_source)
   values
     ('P-1', 'V-1', 'SYS-1', E'Apache Log4j\\nFound by a scan.', 'Open', 'Critical', 'Critical', '2026-12-10', 'Jo Doe', 'SI-2; RA-5', 'scanner', '2026-11-01', '=HYPERLINK("http://x")', '+1 & <b>', '2026-11-02', '2026-11-20', null, 'test'),
     ('P-2', 'V-2', 'SYS-1', 'Old OpenSSH', 'In Progress', 'Moderate', 'Moderate', '2027-02-01', 'Jo Doe', 'SI-2', 'scanner', '2026-11-03', null, null, '2026-11-03', '2026-11-21', null, 'test'),
     ('P-3', 'V-3', 'SYS-1', 'Fixed one', 'Completed', 'High', 'High', '2026-11-15', 'Jo Doe', 'SI-2', 'scanner', '2026-10-01', null, 'Verified by scan', '2026-10-02', '2026-11-10', '2026-11-09', 'test'),
     ('P-4', null, 'SYS-1', 'Never sent', 'Draft', 'Low', 'Low', null, null, null, null, null, null, null, '2026-11-05', '2026-11-05', null, 'test'),
     ('P-5', 'V-5', 'SYS-1', 'Root login permitted', 'Open', 'Medium', 'Medium', '2027-01-01', 'Jo Doe', 'CM-6', 'audit', '2026-11-04', null, null, '2026-11-04', '2026-11-06', null, 'test'),
     ('P-6', 'V-6', 'SYS-1', 'Scanner is wrong', 'Open', 'Low', 'Low', '2027-03-01', 'Jo Doe', 'SI-2', 'scanner', '2026-11-04', null, null, '2026-11-04', '2026-11-07', null, 'test'),
     ('P-9', 'V-9', 'SYS-2', 'Elsewhere', 'Open', 'Low', 'Low', '2027-03-01', 'Max', 'SI-2', 'scanner', '2026-11-04', null, null, '2026-11-04', '2026-11-07', null, 'test')`,
  `insert into ingestion_poam_assets (poam_id, asset_uuid) values ('P-1', '${asset(1)}'), ('P-1', '${asset(2)}'), ('P-2', '${asset(2)}'), ('P-9', '${asset(4)}')`,
  `insert into ingestion_poam_cves (poam_id, cve_id) values ('P-1', 'CVE-2021-44228')`,
  `insert into intelligence_loads (feed, source, loaded_at, loaded_by, rows_read, rows_changed, rows_unchanged, sha256, bytes)
   values ('kev', 'kev.json', timestamptz '2026-11-20Z', 'test', 1, 1, 0, repeat('0', 64), 1)`,
  `insert into cve_intelligence (cve, kev_added, kev_due, kev_name, automatable, technical_impact, loaded_at)
   values ('CVE-2021-44228', '2021-12-10', '2021-12-24', 'Apache Log4j2 Remote Code Execution Vulnerability', 'yes', 'total', timestamptz '2026-11-20Z')`,
  `insert into weaknesses (system_id, grouping, identifier, severity, detected_on, due_on, due_reason, control_reason, poam_id)
   select 'SYS-1', case when p.poam_id = 'P-5' then 'check' else 'plugin' end,
          case p.poam_id when 'P-1' then '156032' when 'P-5' then 'CIS-5.2.8' else '9' || substr(p.poam_id, 3) end,
          'High', '2026-11-01', '2026-12-01', '30 days', 'any', p.id
     from ingestion_poams p where p.poam_id in ('P-1', 'P-2', 'P-3', 'P-5', 'P-6')`,
  `insert into weakness_evaluations (system_id, grouping, identifier, evaluated_at, exploitable, reachable, agency_impact, set_at, set_by, set_by_principal)
   values ('SYS-1', 'plugin', '156032', timestamptz '2026-11-02Z', true, true, 'N4', timestamptz '2026-11-02Z', 'Ben', 'ben'),
          ('SYS-1', 'plugin', '156032', timestamptz '2026-11-10Z', true, false, 'N3', timestamptz '2026-11-10Z', 'Ben', 'ben')`,
  `insert into ingestion_vulnerabilities (plugin_id, vulnerability_name, severity, asset_uuid, asset_ref, lifecycle_state, severity_rank, poam_id, port, protocol, first_found, last_found, last_fixed)
   select case p.poam_id when 'P-3' then '93' else '156032' end, p.weakness_description, 'Critical', '00000000-0000-0000-0000-00000000000' || n,
          ('00000000-0000-0000-0000-00000000000' || n)::uuid, case p.poam_id when 'P-3' then 'fixed' else 'open' end, 4, p.id,
          case n when 1 then 443 else 0 end, 'tcp', timestamp '2026-11-01', timestamp '2026-11-20', case p.poam_id when 'P-3' then timestamp '2026-11-08' end
     from ingestion_poams p cross join generate_series(1, 2) n where p.poam_id in ('P-1', 'P-3')`,
  `insert into ingestion_poam_milestones (poam_id, milestone_id, milestone_description, scheduled_completion, actual_completion, status, created_at)
   values ('P-1', 'M-1', 'Patch tested', '2026-11-20', '2026-11-19', 'Completed', '2026-11-02'),
          ('P-1', 'M-2', E'Patch deployed\\n\\non all', '2026-12-09', null, 'Pending', '2026-11-02'),
          ('P-1', null, 'Rescan', '2026-12-10', null, 'Pending', '2026-11-12'),
          ('P-2', 'M-4', 'No day yet', null, null, 'Pending', '2026-11-03')`,
  `insert into sync_changes (operation_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by_kind, decided_by, reason, changed_at)
   select '00000000-0000-0000-0000-000000000001', 'milestone', m.id::text, 'scheduled_completion', '"2026-12-01"', '"2026-12-09"', 'internal', 'person', 'Jo Doe',
          'change freeze', timestamptz '2026-11-15Z' from ingestion_poam_milestones m where m.milestone_id = 'M-2'`,
  `insert into sync_changes (operation_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by_kind, decided_by, changed_at)
   values ('00000000-0000-0000-0000-000000000001', 'poam', 'P-3', 'status', '"In Progress"', '"Completed"', 'internal', 'person', 'Jo Doe', timestamptz '2026-11-09Z')`,
  `insert into deviations (kind, poam_id, system_id, severity, is_whole_poam, state, rationale, details, adjusted_severity, requested_by, requested_by_principal, requested_at, decided_by, decided_at)
   values ('risk_adjustment', 'P-1', 'SYS-1', 'Critical', true, 'requested', '@behind the WAF', '{"mitigation": "WAF", "vectorAfter": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H/MAV:A/MAC:H", "explanations": {"MAV": "only from inside"}}', 'Medium', 'Ann', 'ann', timestamptz '2026-11-10Z', null, null),
          ('vendor_dependency', 'P-2', 'SYS-1', 'Medium', true, 'approved', 'no fix yet', '{"product": "OpenSSH", "vendor": "OpenBSD"}', null, 'Ann', 'ann', timestamptz '2026-11-10Z', 'Ben', timestamptz '2026-11-11Z'),
          ('false_positive', 'P-6', 'SYS-1', 'Low', true, 'approved', 'backported patch', '{"proof": "rpm -q"}', null, 'Ann', 'ann', timestamptz '2026-11-10Z', 'Ben', timestamptz '2026-11-11Z')`,
  `insert into deviation_checkins (deviation_id, checked_on, note, checked_by, recorded_at)
   select id, '2026-11-12', 'asked by mail', 'Ann', timestamptz '2026-11-12Z' from deviations where kind = 'vendor_dependency'`,
  `insert into ingestion_controls (control_id, control_title, system_id, implementation_status) values ('SI-2', 'Flaw Remediation', 'SYS-1', 'Implemented'), ('AC-3', 'Access Enforcement', 'SYS-1', 'Implemented')`,
];

export interface ReportWorld {
  readonly app: TestApp;
  readonly database: ClonedDatabase;
  /** The clock of all of it. */
  today: Date;
  [Symbol.asyncDispose](): Promise<void>;
}

export const holder = (name: string, systemIds: readonly string[], ...roles: Role[]): Actor => ({
  principalId: name,
  name,
  kind: 'person',
  grants: roles.map((role) => ({
    gives: { role },
    scope: { kind: 'boundaries', systemIds, unassigned: false },
  })),
});

export async function reportWorld(): Promise<ReportWorld> {
  const database = await cloneDatabase();
  const composed = composeApp(database, Buffer.alloc(32, 1).toString('base64'));
  const world: ReportWorld = {
    app: {
      ...composed,
      papers: { generator: 'Tieline 9.9', marking: 'CUI // TEST' },
      now: () => world.today,
    },
    database,
    today: new Date('2026-11-27T09:00:00Z'),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
  for (const statement of statements) await database.pool.query(statement);
  return world;
}
