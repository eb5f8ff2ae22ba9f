/** For each kind of rule: what makes it alert, what makes that worse, and what ends it. */
import type { RuledAlertKind } from '../../src/canonical/vocabulary/index.ts';
import type { AlertRow } from '../../src/modules/alerts/index.ts';

export const asset = '00000000-0000-0000-0000-000000000001';
export const ann = '00000000-0000-0000-0000-0000000000a1';
const connection = `(select id from external_systems where system_name = 'grc')`;

export interface Case {
  readonly kind: RuledAlertKind;
  /** Brings about what it alerts of, at `start`. */
  readonly begin: string;
  readonly first: Partial<AlertRow>;
  /** What makes it graver: statements, or how many hours pass. */
  readonly worse: string | number;
  readonly second: Partial<AlertRow>;
  readonly end: string;
  readonly reason: string;
}

export const cases: readonly Case[] = [
  {
    kind: 'connection_unhealthy',
    begin: `insert into integration_health (external_system_id, health_check_type, status, error_details, checked_at) values
      (${connection}, 'authentication', 'healthy', null, '2026-11-27T08:00Z'), (${connection}, 'authentication', 'unhealthy', '{"detail": "401"}', '2026-11-27T08:30Z'),
      (${connection}, 'authentication', 'unhealthy', '{"detail": "401"}', '2026-11-27T08:55Z')`,
    first: {
      severity: 'Medium',
      title: 'grc has been failing for 30 minutes',
      value: 0.5,
      threshold: 0.25,
      systemId: null,
    },
    worse: 24,
    second: { severity: 'Critical', title: 'grc has been failing for 24 hours', threshold: 24 },
    end: `insert into integration_health (external_system_id, health_check_type, status, checked_at) values (${connection}, 'authentication', 'healthy', '2026-11-28T08:59Z')`,
    reason: 'what it was raised for no longer holds',
  },
  {
    kind: 'sync_failed',
    begin: `insert into integration_health (external_system_id, health_check_type, status, error_details, checked_at) values (${connection}, 'data_sync', 'unhealthy', '{"detail": "no export"}', '2026-11-27T07:00Z')`,
    first: { severity: 'Medium', title: 'Syncs of grc have failed for 2 hours' },
    worse: 30,
    second: { severity: 'Critical', title: 'Syncs of grc have failed for 32 hours' },
    end: `insert into integration_health (external_system_id, health_check_type, status, checked_at) values (${connection}, 'data_sync', 'degraded', '2026-11-28T14:59Z')`,
    reason: 'what it was raised for no longer holds',
  },
  {
    kind: 'connection_lagging',
    begin: `insert into sync_schedules (external_system_id, schedule_name, cron, is_enabled) values (${connection}, 'nightly', '0 2 * * *', true);
      insert into sync_reads (external_system_id, entity_type, mark_set_at) values (${connection}, 'poam', '2026-11-25T21:00Z'), (${connection}, 'asset', '2026-11-27T08:00Z')`,
    first: { severity: 'Medium', title: 'grc was last read in full 36 hours ago', value: 36 },
    worse: 40,
    second: { severity: 'High', title: 'grc was last read in full 3 days ago' },
    end: `update sync_reads set mark_set_at = '2026-11-29T00:00Z'`,
    reason: 'it is 1 now, short of the threshold',
  },
  {
    kind: 'outbox_failed',
    begin: `insert into sync_outbox (external_system_id, entity_type, entity_id, change_kind, payload, idempotency_key, operation_id, reason, state) values (${connection}, 'poam', 'P-1', 'update', '{}', 'k1', '${asset}', 'edit', 'failed')`,
    first: { severity: 'Medium', title: 'grc refused 1 change', value: 1 },
    worse: `insert into sync_outbox (external_system_id, entity_type, entity_id, change_kind, payload, idempotency_key, operation_id, reason, state)
      select ${connection}, 'poam', 'P-' || n, 'update', '{}', 'k' || n, '${asset}', 'edit', 'failed' from generate_series(2, 60) n`,
    second: { severity: 'High', title: 'grc refused 60 changes', value: 60 },
    end: `delete from sync_outbox`,
    reason: 'what it was raised for no longer holds',
  },
  {
    kind: 'outbox_old',
    begin: `insert into sync_outbox (external_system_id, entity_type, entity_id, change_kind, payload, idempotency_key, operation_id, reason, state, created_at) values (${connection}, 'poam', 'P-1', 'update', '{}', 'k1', '${asset}', 'edit', 'pending', '2026-11-27T03:00Z')`,
    first: { severity: 'Medium', title: '1 change to grc waited 6 hours to be sent' },
    worse: 20,
    second: { severity: 'High', title: '1 change to grc waited 26 hours to be sent' },
    end: `delete from sync_outbox`,
    reason: 'what it was raised for no longer holds',
  },
  {
    kind: 'sync_late',
    begin: `insert into sync_schedules (external_system_id, schedule_name, cron, is_enabled, next_run_at) values (${connection}, 'nightly', '0 2 * * *', true, '2026-11-27T08:00Z')`,
    first: { severity: 'Medium', title: 'grc: schedule nightly is 1 hour late' },
    worse: 5,
    second: { severity: 'High', title: 'grc: schedule nightly is 6 hours late' },
    end: `update sync_schedules set next_run_at = '2026-11-28T02:00Z'`,
    reason: 'what it was raised for no longer holds',
  },
  {
    kind: 'conflict_old',
    begin: `insert into sync_conflicts (entity_type, entity_id, conflict_type, external_system_id, resolution_status, created_at) values
      ('poam', 'P-1', 'field_mismatch', ${connection}, 'pending', '2026-11-17'), ('poam', 'P-1', 'field_mismatch', ${connection}, 'pending', '2026-11-26')`,
    first: {
      severity: 'Medium',
      systemId: 'SYS-1',
      title: '2 conflicts with grc, the oldest open for 10 days',
    },
    worse: 24 * 25,
    second: { severity: 'High', title: '2 conflicts with grc, the oldest open for 35 days' },
    end: `update sync_conflicts set resolution_status = 'resolved'`,
    reason: 'what it was raised for no longer holds',
  },
  {
    kind: 'promise_due',
    begin: `update ingestion_poams set scheduled_completion = '2026-12-01'`,
    first: {
      severity: 'Low',
      systemId: 'SYS-1',
      entityId: 'P-1',
      title: 'P-1 is due in 4 days, on 2026-12-01',
      value: 4,
      threshold: 14,
    },
    worse: 24 * 6,
    second: { severity: 'High', title: 'P-1 was due 2 days ago, on 2026-12-01', value: -2 },
    end: `update ingestion_poams set scheduled_completion = '2027-06-01'`,
    reason: 'what it was raised for no longer holds',
  },
  {
    kind: 'obligation_due',
    begin: `update ingestion_poams set scheduled_completion = '2027-03-01';
      insert into poam_due_dates (poam_ref, obliged_by, since) select id, '2026-11-28', '2026-11-01Z' from ingestion_poams`,
    first: { severity: 'Medium', systemId: 'SYS-1', title: 'By policy P-1 is due in 1 day, on 2026-11-28' },
    worse: 72,
    second: { severity: 'High', title: 'By policy P-1 was due 2 days ago, on 2026-11-28' },
    end: `update poam_due_dates set stands_for = obliged_by, stands_since = '2026-11-30Z', stands_by = 'ann'`,
    reason: 'what it was raised for no longer holds',
  },
  {
    kind: 'deviation_ending',
    begin: `insert into deviations (kind, poam_id, system_id, is_whole_poam, state, rationale, expires_on, requested_by, requested_by_principal, requested_at, decided_by, decided_at)
      values ('risk_acceptance', 'P-1', 'SYS-1', true, 'approved', 'r', '2027-02-01', 'ann', 'x', '2026-01-01Z', 'ao', '2026-01-02Z')`,
    first: {
      severity: 'Low',
      systemId: 'SYS-1',
      title: 'Risk Acceptance of P-1 ends in 66 days, on 2027-02-01',
      threshold: 90,
    },
    worse: 24 * 40,
    second: { severity: 'Medium', threshold: 30 },
    end: `update deviations set state = 'withdrawn', ended_by = 'ann', ended_at = '2027-01-06Z'`,
    reason: 'what it was raised for no longer holds',
  },
  {
    kind: 'known_exploited',
    begin: `insert into scan_plugins (plugin_id, name, raw_json) values ('100', 'log4j', '{}'), ('101', 'shell', '{}');
      insert into vulnerability_intelligence (plugin_id, kev_added, kev_ransomware) values ('100', '2026-01-01', true), ('101', '2026-01-01', false);
      insert into ingestion_vulnerabilities (finding_key, state, plugin_id, vulnerability_name, severity, asset_uuid, asset_ref, port, protocol, lifecycle_state, severity_rank)
      values (gen_random_uuid(), 'Open', '100', 'flaw', 'High', '${asset}', '${asset}', 443, 'tcp', 'open', 3)`,
    first: {
      severity: 'High',
      systemId: 'SYS-1',
      entityId: asset,
      title: 'web1 has a known exploited vulnerability, used by ransomware',
    },
    worse: `insert into ingestion_vulnerabilities (finding_key, state, plugin_id, vulnerability_name, severity, asset_uuid, asset_ref, port, protocol, lifecycle_state, severity_rank)
      values (gen_random_uuid(), 'Open', '101', 'flaw', 'High', '${asset}', '${asset}', 443, 'tcp', 'open', 3)`,
    second: {
      severity: 'High',
      value: 2,
      title: 'web1 has 2 known exploited vulnerabilities, used by ransomware',
    },
    end: `update ingestion_vulnerabilities set lifecycle_state = 'fixed', state = 'Fixed'`,
    reason: 'what it was raised for no longer holds',
  },
  {
    kind: 'coverage_falling',
    begin: `insert into ingestion_assets (asset_uuid, hostname, system_id, first_seen, created_at) select gen_random_uuid(), 'm' || n, 'SYS-1', '2026-01-01', '2026-01-01' from generate_series(1, 9) n;
      insert into scan_scopes (sha256, scope) values (repeat('0', 64), '{}');
      insert into scan_coverage (asset_uuid, ended_at, scope_id, external_system_id) select a.asset_uuid, '2026-10-10', s.id, ${connection} from ingestion_assets a, scan_scopes s;
      insert into scan_coverage (asset_uuid, ended_at, scope_id, external_system_id) select a.asset_uuid, '2026-11-20', s.id, ${connection} from ingestion_assets a, scan_scopes s where a.hostname <> 'm9'`,
    first: {
      severity: 'Medium',
      systemId: 'SYS-1',
      value: 10,
      title: 'Scans with credentials cover 90 % of the assets, 100 % a month ago',
    },
    worse: `delete from scan_coverage where ended_at = '2026-11-20' and asset_uuid in (select asset_uuid from ingestion_assets where hostname in ('m7', 'm8'))`,
    second: { severity: 'High', value: 30 },
    end: `insert into scan_coverage (asset_uuid, ended_at, scope_id, external_system_id) select a.asset_uuid, '2026-11-21', s.id, ${connection} from ingestion_assets a, scan_scopes s`,
    reason: 'what it was raised for no longer holds',
  },
  {
    kind: 'token_ending',
    begin: `insert into api_tokens (id, secret_sha256, principal_id, name, permissions, reach, created_by, expires_at) values ('t1', '\\x00', '${ann}', 'nightly', '{}', 'everywhere', 'op', '2026-12-05T10:00Z')`,
    first: { severity: 'Low', title: 'The token nightly of ann ends in 8 days, on 2026-12-05' },
    worse: 24 * 7,
    second: { severity: 'Medium', title: 'The token nightly of ann ends in 1 day, on 2026-12-05' },
    end: `update api_tokens set revoked_at = '2026-12-01Z', revoked_by = 'op'`,
    reason: 'what it was raised for no longer holds',
  },
  {
    kind: 'recovery_codes_few',
    begin: `insert into recovery_codes (principal_id, code_sha256, made_at) select '${ann}', convert_to('code ' || n, 'UTF8'), '2026-11-01Z' from generate_series(1, 2) n`,
    first: { severity: 'Low', title: 'ann has 2 recovery codes left' },
    worse: `update recovery_codes set used_at = '2026-11-28Z'`,
    second: { severity: 'Medium', title: 'ann has 0 recovery codes left' },
    end: `insert into recovery_codes (principal_id, code_sha256, made_at) select '${ann}', convert_to('new ' || n, 'UTF8'), '2026-11-29Z' from generate_series(1, 10) n`,
    reason: 'short of the threshold',
  },
  {
    kind: 'feed_old',
    begin: `insert into intelligence_loads (feed, source, feed_date, loaded_at, loaded_by, rows_read, rows_changed, rows_unchanged, sha256, bytes) values ('kev', 'f', '2026-11-15Z', '2026-11-15Z', 't', 1, 1, 0, repeat('0', 64), 1)`,
    first: { severity: 'Medium', systemId: null },
    worse: 24 * 10,
    second: { severity: 'High' },
    end: `insert into intelligence_loads (feed, source, feed_date, loaded_at, loaded_by, rows_read, rows_changed, rows_unchanged, sha256, bytes) values ('kev', 'f', '2026-12-07Z', '2026-12-07Z', 't', 1, 1, 0, repeat('1', 64), 1)`,
    reason: 'short of the threshold',
  },
  {
    kind: 'delivery_failing',
    begin: `insert into alert_channels (name, kind, settings, least_severity, is_enabled, changed_by, changed_at) values ('soc', 'syslog', '{}', 'Critical', true, 't', '2026-11-01Z');
      insert into alert_deliveries (delivery_id, channel_id, event, content, state, attempts, not_before, created_at) select gen_random_uuid(), id, 'test', '{}', 'pending', 3, '2026-11-27Z', '2026-11-27T07:00Z' from alert_channels`,
    first: { severity: 'High', title: '1 message to soc not delivered for 2 hours' },
    worse: 30,
    second: { severity: 'High', title: '1 message to soc not delivered for 32 hours' },
    end: `update alert_deliveries set state = 'sent', sent_at = '2026-11-28Z'`,
    reason: 'what it was raised for no longer holds',
  },
  {
    kind: 'log_forwarding_failing',
    begin: `insert into security_log_forwarding (id, host, port, transport, format, facility, is_enabled, changed_by, changed_at, failing_since, failure)
      values (1, 'siem.example', 6514, 'tls', 'cef', 13, true, 't', '2026-11-01Z', '2026-11-27T07:00Z', 'refused')`,
    first: { severity: 'High', title: 'siem.example:6514 has not accepted security events for 2 hours' },
    worse: 30,
    second: {
      severity: 'Critical',
      title: 'siem.example:6514 has not accepted security events for 32 hours',
    },
    end: `update security_log_forwarding set failing_since = null`,
    reason: 'what it was raised for no longer holds',
  },
  {
    kind: 'metric',
    begin: `insert into metrics_definitions (metric_name, metric_category, calculation_method, unit_of_measure) values ('open_critical', 'exposure', 'count', 'findings');
      insert into alert_rules (kind, metric_name, direction, levels, is_enabled, changed_by, changed_at) values ('metric', 'open_critical', 'above', '[{"at": 10, "severity": "Medium"}, {"at": 100, "severity": "Critical"}]', true, 't', '2026-11-01Z');
      insert into metrics_takes (metric_id, taken_on, taken_at, milliseconds) select id, '2026-11-27', '2026-11-27T02:00Z', 1 from metrics_definitions;
      insert into metrics_values (metric_id, taken_on, calculated_at, level, system_id, value, additional_data) select id, '2026-11-27', '2026-11-27T02:00', 'boundary', 'SYS-1', 12, '{}' from metrics_definitions`,
    first: { severity: 'Medium', systemId: 'SYS-1', title: 'open_critical is 12 findings', value: 12 },
    worse: `insert into metrics_values (metric_id, taken_on, calculated_at, level, system_id, value, additional_data) select id, '2026-11-27', '2026-11-27T03:00', 'boundary', 'SYS-1', 150, '{}' from metrics_definitions`,
    second: { severity: 'Critical', value: 150 },
    end: `insert into metrics_values (metric_id, taken_on, calculated_at, level, system_id, value, additional_data) select id, '2026-11-27', '2026-11-27T04:00', 'boundary', 'SYS-1', 3, '{}' from metrics_definitions`,
    reason: 'it is 3 now, short of the threshold',
  },
];
