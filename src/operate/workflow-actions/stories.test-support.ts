/** Records that the shipped workflows are about: the same for every story, and for each what makes its workflow's condition true. */
export const web = '00000000-0000-0000-0000-000000000001';
export const key = (n: number): string => `00000000-0000-0000-0000-0000000000f${n}`;
export const ann = '00000000-0000-0000-0000-0000000000a1';
const operationId = '00000000-0000-0000-0000-0000000000b1';

export const records = `
    insert into ingestion_batches (batch_id, source_system) values ('${operationId}', 'test');
    insert into principals (id, kind, name, email, created_by) values ('${ann}', 'person', 'ann', 'ann@example.gov', 'test');
    insert into grants (principal_id, role, reach, system_ids, granted_by) select '${ann}', r, 'everywhere', '{}', 'test' from unnest('{isso,issm,ao,operator}'::text[]) r;
    insert into alert_channels (name, kind, settings, least_severity, alert_kinds, system_ids, is_enabled, changed_by, changed_at)
      values ('mail', 'email', '{"host": "mail.example.gov", "from": "t@example.gov", "to": ["x@example.gov"]}', 'Info', '{}', '{}', true, 'test', now());
    insert into ingestion_systems (system_id, name, uuid, information_system_security_officer) values ('SYS-1', 'Payroll', gen_random_uuid(), 'ann');
    insert into ingestion_assets (asset_uuid, hostname, system_id, first_seen, last_seen) values ('${web}', 'web1', 'SYS-1', '2026-01-01', '2026-11-26');
    insert into ingestion_poams (poam_id, system_id, status, weakness_description, weakness_risk_level, scheduled_completion, remediation_plan, poc, resources_required, source_of_discovery)
      values ('P-1', 'SYS-1', 'Open', 'flaw', 'High', '2026-12-20', 'patch it', 'ann', 'staff', 'Nessus');
    insert into scan_plugins (plugin_id, name, cves, raw_json) values ('100', 'flaw', '{CVE-2026-1}', '{}');
    insert into ingestion_vulnerabilities (finding_key, state, plugin_id, vulnerability_name, severity, asset_uuid, asset_ref, port, protocol, lifecycle_state, severity_rank, first_found, last_found, external_system_id, poam_id)
      select '${key(1)}', 'Open', '100', 'flaw', 'High', '${web}', '${web}', 443, 'tcp', 'open', 3, '2026-11-01', '2026-11-26', null, id from ingestion_poams;
    insert into weaknesses (system_id, identifier, plugin_id, title, severity, rated_severity, detected_on, due_on, due_reason, control_reason, poam_id)
      select 'SYS-1', '100', '100', 'flaw', 'High', 'High', '2026-11-01', '2026-12-01', 'test', 'test', id from ingestion_poams;
    insert into weakness_findings select w.id, v.id from weaknesses w, ingestion_vulnerabilities v;
    insert into asset_exposure (asset_uuid, open_info, open_low, open_medium, open_high, open_critical, accepted) values ('${web}', 0, 0, 0, 1, 0, 0);
  `;

const deviation = (kind: string, state: string, until: string): string => `
    insert into deviations (kind, poam_id, system_id, severity, is_whole_poam, state, rationale, requested_by, requested_by_principal, requested_at, expires_on, decided_by, decided_at)
    values ('${kind}', 'P-1', 'SYS-1', 'High', true, '${state}', 'needed', 'ann', '${ann}', '2026-11-01', '${until}', ${state === 'approved' ? `'ao', '2026-11-02'` : 'null, null'})`;

/** SQL by the number of the workflow; of the others the records alone are enough, on a certain day. */
export const stories = {
  W01: `
      insert into cve_intelligence (cve, kev_added, loaded_at) values ('CVE-2026-1', '2026-11-26', now());
      insert into intelligence_loads (feed, source, loaded_at, loaded_by, rows_read, rows_changed, rows_unchanged, sha256, bytes) values ('kev', 'file', '2026-11-27', 'test', 1, 1, 0, repeat('0', 64), 1);
      insert into cve_changes (cve, field_name, after_value, load_id, changed_at) select 'CVE-2026-1', 'kev_added', '"2026-11-26"', id, '2026-11-27 01:00Z' from intelligence_loads;
      update weaknesses set due_on = '2026-11-29';
      insert into poam_due_dates (poam_ref, obliged_by, since) select id, '2026-11-29', now() from ingestion_poams`,
  W02: `update weaknesses set due_on = '2026-11-29'; insert into weakness_due_unknowns (weakness_id, unknown, since) select id, '{exposed}', now() from weaknesses`,
  W03: `update weaknesses set due_on = '2026-11-20', poam_id = null; update ingestion_vulnerabilities set poam_id = null`,
  W04: `update ingestion_vulnerabilities set lifecycle_state = 'fixed', last_fixed = '2026-11-26 12:00'`,
  W05: `
      update ingestion_poams set status = 'Completed', actual_completion = '2026-11-20';
      update ingestion_vulnerabilities set lifecycle_state = 'reopened', resurfaced_at = '2026-11-25';
      insert into finding_state_changes (vulnerability_id, state, occurred_at) select id, 'reopened', d::timestamp from ingestion_vulnerabilities, unnest('{2026-11-10,2026-11-25}'::text[]) d`,
  W06: deviation('risk_acceptance', 'requested', '2027-02-25'),
  W07: deviation('risk_acceptance', 'approved', '2027-02-25'),
  W08: deviation('vendor_dependency', 'approved', '2027-02-25'),
  W10: `update ingestion_assets set system_id = null`,
  W12: `insert into report_templates (template_name, template_type, report_format, title, template_definition, is_shipped)
      select t, t, 'pdf', t, '{"keepDays": 1096}', true from unnest('{executive-summary,boundary-posture,deviations-register}'::text[]) t`,
  W13: `update weaknesses set severity = 'Critical'; insert into poam_due_dates (poam_ref, obliged_by, since) select id, '2026-12-01', now() from ingestion_poams`,
  W14: `update ingestion_assets set terminated_at = '2026-11-26'`,
  W15: `
      insert into external_systems (system_name, system_type, api_base_url, connection_config) values ('xacta', 'xacta', 'http://127.0.0.1:1', '{}');
      insert into sync_outbox (external_system_id, entity_type, entity_id, change_kind, payload, idempotency_key, operation_id, state, reason, settled_at)
        select id, 'poam', 'P-1', 'update', '{}', n::text, '${operationId}', 'failed', 'test', '2026-11-27 08:00Z' from external_systems, generate_series(1, 3) n`,
} as const;
