/**
 * The columns of the existing application's tables and of the product's plan (decision 0006), in the lines of catalog.ts,
 * separated by bars. Three stand otherwise than written there: ingestion_systems.system_id is unique on a fresh
 * database (others reference it), and api_call_logs and metrics_values are partitioned (decision 0024), so that their primary key
 * is (id, time) and the time is not null.
 */
const plan: Readonly<Record<string, string>> = {
  users: `
    id serial! pk | username text! | password text | first_name text | last_name text | email text
    created_at timestamp = now() | updated_at timestamp = now() | auth_method text = 'password'
    certificate_subject text | certificate_expiry timestamp | role text = 'user' | status text = 'active'`,
  ingestion_batches: `
    id serial! pk | batch_id uuid! unique | source_system varchar(50)! | batch_type varchar(50)
    file_name varchar(255) | total_records integer | successful_records integer = 0
    failed_records integer = 0 | status varchar(50) = 'in_progress' | started_at timestamp = now()
    completed_at timestamp | error_details text | created_by integer | metadata jsonb
    operation_type varchar(50) | external_system varchar(50)
    parent_operation_id uuid -> ingestion_batches.batch_id | correlation_id uuid | api_endpoint varchar(500)
    retry_count integer = 0`,
  ingestion_errors: `
    id serial! pk | batch_id uuid -> ingestion_batches.batch_id cascade | table_name varchar(100)
    record_identifier varchar(255) | error_type varchar(100) | error_message text | raw_data jsonb
    created_at timestamp = now()`,
  ingestion_data_quality: `
    id serial! pk | batch_id uuid -> ingestion_batches.batch_id cascade | table_name varchar(100)
    quality_metric varchar(100) | metric_value numeric(5,2) | details jsonb | measured_at timestamp = now()`,
  ingestion_systems: `
    id serial! pk | system_id varchar(50)! unique | name varchar(255)! | uuid uuid! unique
    status varchar(50) | authorization_boundary text | system_type varchar(100)
    responsible_organization varchar(255) | system_owner varchar(255)
    information_system_security_officer varchar(255) | authorizing_official varchar(255)
    last_assessment_date timestamp | authorization_date timestamp | authorization_termination_date timestamp
    created_at timestamp = now() | updated_at timestamp = now() | ingestion_source varchar(50)
    ingestion_batch_id uuid | raw_json jsonb | xacta_system_id varchar(255)
    tenable_asset_group_id varchar(255) | external_system_mappings jsonb | sync_enabled boolean = true
    last_xacta_sync timestamp`,
  ingestion_system_impact_levels: `
    id serial! pk | system_id varchar(50) -> ingestion_systems.system_id cascade
    confidentiality_impact varchar(20) | integrity_impact varchar(20) | availability_impact varchar(20)
    overall_impact varchar(20) | created_at timestamp = now()`,
  ingestion_assets: `
    id serial! pk | asset_uuid uuid! unique | hostname varchar(255) | netbios_name varchar(100)
    system_id varchar(50) | has_agent boolean | has_plugin_results boolean | first_seen timestamp
    last_seen timestamp | exposure_score integer | acr_score numeric(3,1) | criticality_rating varchar(20)
    created_at timestamp = now() | updated_at timestamp = now() | ingestion_source varchar(50)
    ingestion_batch_id uuid | raw_json jsonb | tenable_asset_uuid varchar(255)
    xacta_component_id varchar(255) | external_system_mappings jsonb | business_owner varchar(255)
    technical_owner varchar(255) | sync_status varchar(50) = 'synced' | last_sync_time timestamp`,
  ingestion_asset_systems: `
    id serial! pk | asset_uuid uuid -> ingestion_assets.asset_uuid cascade | operating_system varchar(255)
    system_type varchar(255) | is_primary boolean = false | created_at timestamp = now()`,
  ingestion_asset_network: `
    id serial! pk | asset_uuid uuid -> ingestion_assets.asset_uuid cascade | mac_address varchar(17)
    ipv4_address varchar(15) | ipv6_address varchar(45) | fqdn varchar(255) | netbios_workgroup varchar(100)
    created_at timestamp = now()`,
  ingestion_asset_tags: `
    id serial! pk | asset_uuid uuid -> ingestion_assets.asset_uuid cascade | tag_key varchar(100)!
    tag_value varchar(255)! | created_at timestamp = now()`,
  ingestion_vulnerabilities: `
    id serial! pk | batch_id uuid -> ingestion_batches.batch_id | plugin_id varchar(50)!
    vulnerability_name varchar(500)! | severity varchar(20)! | cvss_score numeric(4,2)
    cvss_vector varchar(200) | description text | solution text | state varchar(20) | first_found timestamp
    last_found timestamp | asset_uuid varchar(255)! | poam_id integer | control_id integer | raw_data jsonb
    created_at timestamp = now() | updated_at timestamp = now() | tenable_vuln_id varchar(255)
    external_references jsonb | remediation_status varchar(50) | remediation_assigned_to integer -> users.id
    remediation_due_date date | sync_status varchar(50) = 'synced' | last_tenable_update timestamp`,
  ingestion_vulnerability_cves: `
    id serial! pk | vulnerability_id integer -> ingestion_vulnerabilities.id cascade | cve_id varchar(20)!
    batch_id uuid -> ingestion_batches.batch_id | created_at timestamp = now()`,
  ingestion_controls: `
    id serial! pk | control_id varchar(50)! | control_title varchar(500) | family varchar(100)
    implementation_status varchar(50) | assessment_status varchar(50) | control_origination varchar(100)
    implementation_guidance text | assessment_procedures text | system_id varchar(50)
    responsible_role varchar(255) | last_assessed timestamp | next_assessment_due timestamp
    created_at timestamp = now() | updated_at timestamp = now() | ingestion_source varchar(50)
    ingestion_batch_id uuid | raw_json jsonb | xacta_control_id varchar(255)
    assessment_frequency_months integer | next_assessment_date date | evidence_required text[]
    automation_level varchar(50) | sync_status varchar(50) = 'synced'`,
  ingestion_control_findings: `
    id serial! pk | control_id integer -> ingestion_controls.id cascade | finding_id varchar(100)
    finding_type varchar(50) | severity varchar(20) | description text | recommendation text
    status varchar(50) | identified_date timestamp | target_resolution_date timestamp
    actual_resolution_date timestamp | created_at timestamp = now()`,
  ingestion_control_evidence: `
    id serial! pk | control_id integer -> ingestion_controls.id cascade | evidence_type varchar(100)
    evidence_description text | document_reference varchar(255) | collection_date timestamp
    evidence_status varchar(50) | created_at timestamp = now()`,
  ingestion_poams: `
    id serial! pk | poam_id varchar(50)! unique | system_id varchar(50) | weakness_description text
    weakness_detection_source varchar(255) | remediation_plan text | resources_required text
    scheduled_completion timestamp | milestone_changes text | source_of_discovery varchar(255)
    status varchar(50) | comments text | raw_weakness_description text | weakness_risk_level varchar(20)
    likelihood varchar(20) | impact varchar(20) | impact_description text | residual_risk_level varchar(20)
    recommendations text | risk_rating varchar(20) | created_at timestamp = now()
    updated_at timestamp = now() | ingestion_source varchar(50) | ingestion_batch_id uuid | raw_json jsonb
    xacta_poam_id varchar(255) | workflow_status varchar(50) | milestone_schedule jsonb
    approval_status varchar(50) | sync_status varchar(50) = 'synced'`,
  ingestion_poam_milestones: `
    id serial! pk | poam_id varchar(50) -> ingestion_poams.poam_id cascade | milestone_id varchar(100)
    milestone_description text | scheduled_completion timestamp | actual_completion timestamp
    status varchar(50) | comments text | created_at timestamp = now()`,
  ingestion_poam_assets: `
    id serial! pk | poam_id varchar(50) -> ingestion_poams.poam_id cascade
    asset_uuid uuid -> ingestion_assets.asset_uuid cascade | relationship_type varchar(50) = 'affected_by'
    created_at timestamp = now()`,
  ingestion_poam_cves: `
    id serial! pk | poam_id varchar(50) -> ingestion_poams.poam_id cascade | cve_id varchar(20)!
    relationship_type varchar(50) = 'addresses' | created_at timestamp = now()`,
  ingestion_system_assets: `
    id serial! pk | system_id varchar(50) -> ingestion_systems.system_id cascade
    asset_uuid uuid -> ingestion_assets.asset_uuid cascade | assignment_type varchar(50) = 'direct'
    created_at timestamp = now()`,
  ingestion_schedules: `
    id serial! pk | schedule_name varchar(255)! | source_system varchar(50)! | data_type varchar(50)!
    cron_expression varchar(100) | is_active boolean = true | last_execution timestamp
    next_execution timestamp | configuration jsonb | created_at timestamp = now()
    updated_at timestamp = now()`,
  ingestion_job_executions: `
    id serial! pk | schedule_id integer -> ingestion_schedules.id cascade
    batch_id uuid -> ingestion_batches.batch_id | started_at timestamp = now() | completed_at timestamp
    status varchar(50) | records_processed integer | execution_time_seconds integer | error_message text`,
  external_systems: `
    id serial! pk | system_name varchar(100)! unique | system_type varchar(50)! | api_base_url varchar(500)!
    connection_config jsonb! | sync_enabled boolean = true | last_sync_time timestamp
    created_at timestamp = now()`,
  api_call_logs: `
    id serial! | external_system_id integer -> external_systems.id
    operation_id uuid -> ingestion_batches.batch_id | method varchar(10)! | endpoint varchar(500)!
    response_status integer | response_time_ms integer | called_at timestamp! = now()`,
  data_field_mappings: `
    id serial! pk | external_system_id integer -> external_systems.id | entity_type varchar(100)!
    external_field_name varchar(255)! | internal_field_name varchar(255)! | transformation_rule jsonb
    is_required boolean = false`,
  sync_conflicts: `
    id serial! pk | operation_id uuid -> ingestion_batches.batch_id | entity_type varchar(100)!
    entity_id varchar(255)! | conflict_type varchar(50)! | internal_value jsonb | external_value jsonb
    resolution_status varchar(50) = 'pending' | created_at timestamp = now()`,
  assets_extended: `
    id serial! pk | asset_uuid uuid! unique -> ingestion_assets.asset_uuid
    business_criticality varchar(50) | cost_center varchar(100) | environment varchar(50)
    compliance_scope text[] | data_classification varchar(50) | network_zone varchar(100) | asset_tags jsonb
    risk_score numeric(5,2) | last_risk_assessment timestamp`,
  vulnerability_intelligence: `
    id serial! pk | plugin_id varchar(50)! unique | cve_ids text[] | attack_vector varchar(50)
    exploitability_score numeric(3,1) | exploit_available boolean = false | patch_available boolean = false
    business_impact_score numeric(3,1)`,
  vulnerability_remediation: `
    id serial! pk | vulnerability_id integer -> ingestion_vulnerabilities.id
    asset_uuid uuid -> ingestion_assets.asset_uuid | remediation_status varchar(50)!
    assigned_to integer -> users.id | due_date date | remediation_plan text | validation_status varchar(50)
    cost_estimate numeric(10,2) | effort_estimate_hours integer`,
  metrics_definitions: `
    id serial! pk | metric_name varchar(255)! unique | metric_category varchar(100)!
    calculation_method text! | sql_query text | aggregation_level varchar(50) | target_value numeric(15,4)
    unit_of_measure varchar(50)`,
  metrics_values: `
    id serial! | metric_id integer -> metrics_definitions.id | calculated_at timestamp!
    value numeric(15,4)! | additional_data jsonb`,
  workflows: `
    id serial! pk | workflow_name varchar(255)! unique | workflow_type varchar(100)!
    trigger_conditions jsonb! | workflow_steps jsonb! | is_active boolean = true`,
  workflow_executions: `
    id serial! pk | execution_id uuid! = gen_random_uuid() unique | workflow_id integer -> workflows.id
    status varchar(50) = 'pending' | started_at timestamp = now() | completed_at timestamp`,
};

export const plannedColumns: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(plan).map(([table, text]) => [
    table,
    text
      .split(/[|\n]/)
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  ]),
);

/** What the tables that the plan only counts must hold at least. */
export const leastColumns: Readonly<Record<string, string>> = {
  sync_policies:
    'external_system_id entity_type sync_direction conflict_resolution_strategy field_level_policies filters requires_approval',
  sync_conflicts: 'field_name base_value resolved_by resolved_at resolution',
  approvals: 'execution_id plan_id requested_action requested_by status decided_by decided_at reason',
  security_events_extended:
    'event_id event_type severity source_system user_id asset_uuid event_details correlation_id occurred_at detected_at resolved_at investigated_by investigation_notes false_positive',
  data_access_logs:
    'user_id resource_type resource_id action access_method ip_address success failure_reason accessed_at',
  data_subject_requests:
    'request_id request_type data_subject_id status due_date processed_by response_details created_at completed_at',
  report_templates:
    'template_name template_type report_format template_definition parameters schedule_config distribution_list is_active',
  generated_reports:
    'report_id template_id report_name parameters_used data_period_start data_period_end generation_status file_path file_size_bytes file_sha256 generated_by generated_at expires_at',
  dashboards:
    'dashboard_name dashboard_type owner_id layout_config widget_config refresh_interval_seconds access_control is_public',
  performance_metrics: 'metric_type component operation value unit tags recorded_at',
  integration_health:
    'external_system_id health_check_type status response_time_ms error_rate last_successful_operation error_details checked_at',
  alerts:
    'alert_id alert_type severity title description entity_type entity_id threshold_value current_value status assigned_to acknowledged_by acknowledged_at resolved_by resolved_at resolution_notes created_at',
};
