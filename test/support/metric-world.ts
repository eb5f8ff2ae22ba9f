/**
 * A small world whose numbers were counted by hand: two boundaries, four machines (one in both, one in none), thirteen findings, five weaknesses, four
 * POA&Ms, five deviations, four checks, four links. It is 2026-11-27, noon, UTC. What each metric is in it: src/modules/metrics/metrics.pg.test.ts.
 */
import { composeApp, type TestApp } from './compose-app.ts';
import { cloneDatabase, type ClonedDatabase } from './database.ts';

export const noon = new Date('2026-11-27T12:00:00Z');

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const plugins: readonly (readonly [id: string, name: string, cves: string])[] = [
  ['101', 'Apache Log4j Remote Code Execution', '{CVE-2021-1}'],
  ['102', 'OpenSSL Buffer Overflow', '{CVE-2022-2}'],
  ['103', 'Apache HTTP Server SEoL', '{}'],
  ['104', 'TLS Version 1.0 Protocol Detection', '{}'],
  ['19506', 'Nessus Scan Information', '{}'],
];

interface FindingSeed {
  readonly id: number;
  readonly asset: number;
  readonly plugin: string;
  readonly rank: number;
  readonly state: string;
  readonly first: string;
  readonly fixed?: string;
  readonly modification?: string;
  readonly last?: string;
}

const findings: readonly FindingSeed[] = [
  { id: 1, asset: 1, plugin: '101', rank: 4, state: 'open', first: '2026-10-01' },
  { id: 2, asset: 2, plugin: '101', rank: 4, state: 'open', first: '2026-11-20' },
  { id: 3, asset: 2, plugin: '102', rank: 3, state: 'open', first: '2026-09-01' },
  { id: 4, asset: 3, plugin: '102', rank: 3, state: 'open', first: '2026-11-10' },
  { id: 5, asset: 3, plugin: '103', rank: 2, state: 'open', first: '2026-07-01' },
  { id: 6, asset: 4, plugin: '104', rank: 1, state: 'open', first: '2026-11-26' },
  { id: 7, asset: 1, plugin: '102', rank: 3, state: 'open', first: '2026-10-02', modification: 'accepted' },
  { id: 8, asset: 1, plugin: '104', rank: 1, state: 'fixed', first: '2026-10-18', fixed: '2026-11-17' },
  { id: 9, asset: 3, plugin: '101', rank: 4, state: 'fixed', first: '2026-11-07', fixed: '2026-11-17' },
  { id: 10, asset: 2, plugin: '103', rank: 2, state: 'reopened', first: '2026-08-01', fixed: '2026-10-10' },
  { id: 11, asset: 1, plugin: '103', rank: 2, state: 'fixed', first: '2026-10-05', fixed: '2026-10-15' },
  { id: 12, asset: 1, plugin: '19506', rank: 0, state: 'open', first: '2026-10-01', last: '2026-11-25' },
  { id: 13, asset: 3, plugin: '102', rank: 3, state: 'fixed', first: '2026-11-01', fixed: '2026-11-20' },
];

const statements: readonly string[] = [
  `insert into external_systems (id, system_name, system_type, api_base_url, connection_config) values (1, 'grc', 'xacta', 'http://grc.example', '{}')`,
  `insert into ingestion_batches (batch_id, source_system) values ('${uuid(900)}', 'grc')`,
  `insert into ingestion_systems (system_id, uuid, name, authorization_date) values ('S1', gen_random_uuid(), 'Payroll', '2026-09-15'), ('S2', gen_random_uuid(), 'Lab', null)`,
  `insert into ingestion_assets (asset_uuid, hostname, system_id, last_seen) values
     ('${uuid(1)}', 'web1', 'S1', '2026-11-26'), ('${uuid(2)}', 'web2', 'S1', '2026-11-10'), ('${uuid(3)}', 'web3', 'S2', '2026-11-22'), ('${uuid(4)}', 'web4', null, null)`,
  `insert into ingestion_system_assets (system_id, asset_uuid) values ('S2', '${uuid(2)}')`,
  `insert into asset_sources (external_system_id, external_id, asset_uuid, record, identifiers, raw_json) values
     (1, 'a1', '${uuid(1)}', '{"last_authenticated_at": "2026-11-25T12:00:00Z"}', '[]', '{}'), (1, 'a3', '${uuid(3)}', '{"last_authenticated_at": "2026-10-01T00:00:00Z"}', '[]', '{}')`,
  `insert into exposures (asset_uuid, exposed, set_at, set_by, set_by_principal) values
     ('${uuid(1)}', true, '2026-11-01Z', 'x', 'x'), ('${uuid(3)}', true, '2026-11-01Z', 'x', 'x'), ('${uuid(3)}', false, '2026-11-02Z', 'x', 'x')`,
  `insert into plugin_cves (cve, plugin_id) values ('CVE-2021-1', '101'), ('CVE-2022-2', '102')`,
  `insert into cve_intelligence (cve, kev_added, kev_due, epss, automatable, technical_impact, loaded_at) values
     ('CVE-2021-1', '2026-10-30', '2026-11-20', 0.9, 'yes', 'total', '2026-11-26Z'), ('CVE-2022-2', null, null, 0.5, 'no', 'partial', '2026-11-26Z')`,
  `insert into ingestion_poams (id, poam_id, system_id, weakness_description, status, weakness_risk_level, scheduled_completion, original_detection_date, created_at) values
     (1, 'P-1', 'S1', 'Log4j', 'Open', 'Critical', '2026-11-20', '2026-10-01', '2026-10-02'), (2, 'P-2', 'S2', 'OpenSSL', 'Open', 'High', '2027-01-10', '2026-05-01', '2026-10-02'),
     (3, 'P-3', 'S1', 'Old', 'Completed', 'Low', '2026-08-01', '2026-06-01', '2026-10-02'), (4, 'P-4', 'S1', 'Kept', 'Risk Accepted', 'Low', '2026-08-01', '2026-06-01', '2026-10-02')`,
  `insert into weaknesses (system_id, grouping, identifier, severity, detected_on, due_on, due_reason, control_reason, poam_id) values
     ('S1', 'plugin', '101', 'Critical', '2026-10-01', '2026-11-10', 'x', 'x', 1), ('S2', 'plugin', '102', 'High', '2026-11-10', '2026-12-10', 'x', 'x', 2),
     ('S2', 'plugin', '101', 'Critical', '2026-11-07', '2026-11-15', 'x', 'x', null), ('S1', 'plugin', '103', 'Medium', '2026-11-01', '2027-02-01', 'x', 'x', null),
     ('S2', 'plugin', '103', 'Medium', '2026-05-01', '2027-03-01', 'x', 'x', 2)`,
  `insert into boundary_due_facts (system_id, class, set_at, set_by, set_by_principal) values ('S1', 'B', '2026-01-01Z', 'x', 'x'), ('S1', 'C', '2026-02-01Z', 'x', 'x')`,
  `insert into weakness_evaluations (system_id, grouping, identifier, evaluated_at, agency_impact, set_at, set_by, set_by_principal) values
     ('S1', 'plugin', '101', '2026-10-04Z', 'N3', '2026-10-04Z', 'x', 'x')`,
  `insert into deviations (id, kind, poam_id, system_id, is_whole_poam, state, rationale, expires_on, requested_by, requested_by_principal, requested_at, decided_by, decided_at)
   overriding system value values
     (1, 'risk_acceptance', 'P-1', 'S1', false, 'approved', 'x', '2026-12-15', 'x', 'x', '2026-11-01Z', 'y', '2026-11-05Z'),
     (2, 'vendor_dependency', 'P-2', 'S2', true, 'approved', 'x', null, 'x', 'x', '2026-10-01Z', 'y', '2026-10-11Z'),
     (3, 'false_positive', 'P-3', 'S1', true, 'approved', 'x', null, 'x', 'x', '2026-11-18Z', 'y', '2026-11-20Z'),
     (4, 'risk_acceptance', 'P-2', 'S2', true, 'rejected', 'x', '2026-12-15', 'x', 'x', '2026-11-10Z', 'y', '2026-11-18Z'),
     (5, 'risk_adjustment', 'P-1', 'S1', true, 'requested', 'x', null, 'x', 'x', '2026-11-01Z', null, null)`,
  `insert into deviation_assets (deviation_id, asset_uuid) values (1, '${uuid(1)}')`,
  `insert into deviation_checkins (deviation_id, checked_on, note, checked_by, recorded_at) values (2, '2026-11-15', 'x', 'x', '2026-11-15Z')`,
  `insert into ingestion_poam_milestones (id, poam_id, milestone_id, milestone_description, scheduled_completion, status) values
     (1, 'P-1', 'M-1', 'Patch', '2026-12-20', 'Pending'), (2, 'P-2', 'M-2', 'Wait', '2027-01-05', 'Pending')`,
  `insert into sync_changes (operation_id, entity_type, entity_id, field_name, before_value, after_value, direction, decided_by_kind, decided_by, changed_at) values
     ('${uuid(900)}', 'milestone', '1', 'scheduled_completion', '"2026-12-10"', '"2026-12-15"', 'internal', 'person', 'x', '2026-10-20Z'),
     ('${uuid(900)}', 'milestone', '1', 'scheduled_completion', '"2026-12-15"', '"2026-12-20"', 'internal', 'person', 'x', '2026-11-20Z'),
     ('${uuid(900)}', 'poam', 'P-3', 'status', '"Open"', '"Completed"', 'internal', 'person', 'x', '2026-11-10Z')`,
  `insert into compliance_results (result_key, asset_uuid, audit_file, check_id, check_name, status, control_references) values
     (gen_random_uuid(), '${uuid(1)}', 'stig', 'c1', 'No guests', 'failed', '{"CAT|I","CCI|CCI-000366"}'), (gen_random_uuid(), '${uuid(1)}', 'stig', 'c2', 'Log', 'passed', '{"CAT|I"}'),
     (gen_random_uuid(), '${uuid(1)}', 'stig', 'c3', 'Banner', 'passed', '{"CAT|II"}'), (gen_random_uuid(), '${uuid(3)}', 'stig', 'c4', 'Banner', 'error', '{}')`,
  `insert into sync_links (external_system_id, entity_type, entity_id, external_id) values (1, 'system', 'S1', 'X1'), (1, 'poam', 'P-1', 'X2'), (1, 'poam', 'P-2', 'X3'), (1, 'poam', 'P-3', 'X4')`,
  `insert into sync_conflicts (entity_type, entity_id, conflict_type, field_name, external_system_id, resolution_status, created_at) values
     ('poam', 'P-1', 'field_mismatch', 'comments', 1, 'pending', '2026-11-27'), ('poam', 'P-3', 'field_mismatch', 'comments', 1, 'resolved', '2026-11-01')`,
  `insert into sync_outbox (external_system_id, entity_type, entity_id, change_kind, payload, idempotency_key, operation_id, reason, state, created_at) values
     (1, 'poam', 'P-2', 'update', '{"comments": "x"}', 'k1', '${uuid(900)}', 'edited here: comments', 'pending', '2026-11-26T12:00:00Z')`,
];

export interface MetricWorld {
  readonly app: TestApp;
  readonly database: ClonedDatabase;
  /** The clock of all of it. */
  now: Date;
  [Symbol.asyncDispose](): Promise<void>;
}

async function fill(database: ClonedDatabase): Promise<void> {
  const run = (query: string, values: unknown[] = []): Promise<unknown> => database.pool.query(query, values);
  for (const [id, name, cves] of plugins)
    await run(`insert into scan_plugins (plugin_id, name, cves, raw_json) values ($1, $2, $3, '{}')`, [
      id,
      name,
      cves,
    ]);
  for (const statement of statements) await run(statement);
  for (const each of findings) {
    await run(
      `insert into ingestion_vulnerabilities (id, plugin_id, vulnerability_name, severity, asset_uuid, asset_ref, finding_key, severity_rank, lifecycle_state,
                                         first_found, last_found, last_fixed, severity_modification, raw_data)
       values ($1, $2, 'x', ('{Info,Low,Medium,High,Critical}'::text[])[$4 + 1], $3::uuid::text, $3, gen_random_uuid(), $4, $5, $6, $7, $8, $9, $10)`,
      [
        each.id,
        each.plugin,
        uuid(each.asset),
        each.rank,
        each.state,
        each.first,
        each.last ?? '2026-11-26',
        each.fixed ?? null,
        each.modification ?? null,
        each.rank === 0 ? { output: 'Plugin feed version : 202611220300\nScanner IP : 10.0.0.1' } : {},
      ],
    );
    if (each.fixed !== undefined)
      await run(
        `insert into finding_state_changes (vulnerability_id, state, occurred_at) values ($1, 'fixed', $2)`,
        [each.id, each.fixed],
      );
  }
  await run(
    `insert into finding_state_changes (vulnerability_id, state, occurred_at) values (10, 'reopened', '2026-11-15')`,
  );
}

export async function openMetricWorld(): Promise<MetricWorld> {
  const database = await cloneDatabase();
  await fill(database);
  const world: MetricWorld = {
    app: {
      ...composeApp(database, 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='),
      now: () => world.now,
    },
    database,
    now: noon,
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
  return world;
}
