-- What Tieline adds: columns on the owner's tables, then the tables of the plan (reference/requirements.md) and the
-- further ones that design section 4 lists. Names, types, defaults and references of the plan stand as it writes them;
-- `timestamp` there holds UTC. Tables and columns that are ours alone use timestamptz, and only those have checks on
-- their words: the plan's tables and the owner's may hold words that Tieline does not know.

-- Columns on the owner's tables -----------------------------------------------------------------------------------
-- Adding them rewrites nothing: each is nullable or has a constant default (PostgreSQL 11 and later), and a reference on
-- a new column that is null everywhere is not verified row by row.

ALTER TABLE ingestion_assets
  ADD COLUMN tenable_asset_uuid varchar(255),
  ADD COLUMN xacta_component_id varchar(255),
  ADD COLUMN external_system_mappings jsonb,
  ADD COLUMN business_owner varchar(255),
  ADD COLUMN technical_owner varchar(255),
  ADD COLUMN sync_status varchar(50) DEFAULT 'synced',
  ADD COLUMN last_sync_time timestamp;
CREATE INDEX idx_ingestion_assets_tenable_uuid ON ingestion_assets (tenable_asset_uuid);
CREATE INDEX idx_ingestion_assets_xacta_component ON ingestion_assets (xacta_component_id)
  WHERE xacta_component_id IS NOT NULL;
COMMENT ON COLUMN ingestion_assets.tenable_asset_uuid IS 'The uuid by which Tenable knows the asset; asset_uuid is the same where Tenable VM gave it.';
COMMENT ON COLUMN ingestion_assets.xacta_component_id IS 'The Xacta component that correlation linked this asset to.';
COMMENT ON COLUMN ingestion_assets.external_system_mappings IS 'Object: name of the external system to the id there.';
COMMENT ON COLUMN ingestion_assets.business_owner IS 'Who answers for the asset''s purpose.';
COMMENT ON COLUMN ingestion_assets.technical_owner IS 'Who runs the asset.';
COMMENT ON COLUMN ingestion_assets.sync_status IS 'synced, or what stands between this record and its external ones.';
COMMENT ON COLUMN ingestion_assets.last_sync_time IS 'When an external system last showed or confirmed this record (UTC).';

ALTER TABLE ingestion_vulnerabilities
  ADD COLUMN tenable_vuln_id varchar(255),
  ADD COLUMN external_references jsonb,
  ADD COLUMN remediation_status varchar(50),
  ADD COLUMN remediation_assigned_to integer REFERENCES users (id),
  ADD COLUMN remediation_due_date date,
  ADD COLUMN sync_status varchar(50) DEFAULT 'synced',
  ADD COLUMN last_tenable_update timestamp;
CREATE INDEX idx_ingestion_vulnerabilities_tenable_vuln ON ingestion_vulnerabilities (tenable_vuln_id)
  WHERE tenable_vuln_id IS NOT NULL;
CREATE INDEX idx_ingestion_vulnerabilities_assigned_to ON ingestion_vulnerabilities (remediation_assigned_to)
  WHERE remediation_assigned_to IS NOT NULL;
CREATE INDEX idx_ingestion_vulnerabilities_due ON ingestion_vulnerabilities (remediation_due_date)
  WHERE remediation_due_date IS NOT NULL;
COMMENT ON COLUMN ingestion_vulnerabilities.tenable_vuln_id IS 'Tenable''s finding_id where it gives one, else a uuid derived from asset, plugin, port and protocol.';
COMMENT ON COLUMN ingestion_vulnerabilities.external_references IS 'CVE ids, vendor advisories and other references.';
COMMENT ON COLUMN ingestion_vulnerabilities.remediation_status IS 'Where the work on this finding stands.';
COMMENT ON COLUMN ingestion_vulnerabilities.remediation_assigned_to IS 'The user who works on it.';
COMMENT ON COLUMN ingestion_vulnerabilities.remediation_due_date IS 'The day by which it is to be fixed.';
COMMENT ON COLUMN ingestion_vulnerabilities.sync_status IS 'synced, or what stands between this record and its external ones.';
COMMENT ON COLUMN ingestion_vulnerabilities.last_tenable_update IS 'When Tenable last reported this finding (UTC).';

ALTER TABLE ingestion_systems
  ADD COLUMN xacta_system_id varchar(255),
  ADD COLUMN tenable_asset_group_id varchar(255),
  ADD COLUMN external_system_mappings jsonb,
  ADD COLUMN sync_enabled boolean DEFAULT true,
  ADD COLUMN last_xacta_sync timestamp;
CREATE INDEX idx_ingestion_systems_xacta_system ON ingestion_systems (xacta_system_id);
COMMENT ON COLUMN ingestion_systems.xacta_system_id IS 'The system''s id in Xacta.';
COMMENT ON COLUMN ingestion_systems.tenable_asset_group_id IS 'The tag value or asset group in Tenable that holds the system''s assets.';
COMMENT ON COLUMN ingestion_systems.external_system_mappings IS 'Object: name of the external system to the id there.';
COMMENT ON COLUMN ingestion_systems.sync_enabled IS 'False: no run writes this system or its records.';
COMMENT ON COLUMN ingestion_systems.last_xacta_sync IS 'When Xacta last showed or confirmed this record (UTC).';

ALTER TABLE ingestion_controls
  ADD COLUMN xacta_control_id varchar(255),
  ADD COLUMN assessment_frequency_months integer,
  ADD COLUMN next_assessment_date date,
  ADD COLUMN evidence_required text[],
  ADD COLUMN automation_level varchar(50),
  ADD COLUMN sync_status varchar(50) DEFAULT 'synced';
CREATE INDEX idx_ingestion_controls_xacta_control ON ingestion_controls (xacta_control_id);
COMMENT ON COLUMN ingestion_controls.xacta_control_id IS 'The control''s id in Xacta.';
COMMENT ON COLUMN ingestion_controls.assessment_frequency_months IS 'Months between two assessments.';
COMMENT ON COLUMN ingestion_controls.next_assessment_date IS 'The day of the next assessment; next_assessment_due is the owner''s own column.';
COMMENT ON COLUMN ingestion_controls.evidence_required IS 'What evidence an assessment asks for.';
COMMENT ON COLUMN ingestion_controls.automation_level IS 'How far the control''s assessment is automated.';
COMMENT ON COLUMN ingestion_controls.sync_status IS 'synced, or what stands between this record and its external ones.';

ALTER TABLE ingestion_poams
  ADD COLUMN xacta_poam_id varchar(255),
  ADD COLUMN workflow_status varchar(50),
  ADD COLUMN milestone_schedule jsonb,
  ADD COLUMN approval_status varchar(50),
  ADD COLUMN sync_status varchar(50) DEFAULT 'synced';
CREATE INDEX idx_ingestion_poams_xacta_poam ON ingestion_poams (xacta_poam_id);
COMMENT ON COLUMN ingestion_poams.xacta_poam_id IS 'The POA&M''s id in Xacta.';
COMMENT ON COLUMN ingestion_poams.workflow_status IS 'Where the POA&M stands in Tieline''s own workflow.';
COMMENT ON COLUMN ingestion_poams.milestone_schedule IS 'The milestones as planned: array of {milestone_id, description, scheduled_completion}.';
COMMENT ON COLUMN ingestion_poams.approval_status IS 'Whether the POA&M is approved in the GRC system.';
COMMENT ON COLUMN ingestion_poams.sync_status IS 'synced, or what stands between this record and its external ones.';

ALTER TABLE ingestion_batches
  ADD COLUMN operation_type varchar(50),
  ADD COLUMN external_system varchar(50),
  ADD COLUMN parent_operation_id uuid REFERENCES ingestion_batches (batch_id),
  ADD COLUMN correlation_id uuid,
  ADD COLUMN api_endpoint varchar(500),
  ADD COLUMN retry_count integer DEFAULT 0;
CREATE INDEX idx_ingestion_batches_parent ON ingestion_batches (parent_operation_id)
  WHERE parent_operation_id IS NOT NULL;
CREATE INDEX idx_ingestion_batches_correlation ON ingestion_batches (correlation_id)
  WHERE correlation_id IS NOT NULL;
COMMENT ON COLUMN ingestion_batches.operation_type IS 'sync, export, import or update; null on a batch of the existing application.';
COMMENT ON COLUMN ingestion_batches.external_system IS 'tenable, xacta or internal.';
COMMENT ON COLUMN ingestion_batches.parent_operation_id IS 'The operation that this one is a part of.';
COMMENT ON COLUMN ingestion_batches.correlation_id IS 'Shared by all operations that one request set off.';
COMMENT ON COLUMN ingestion_batches.api_endpoint IS 'The remote''s address that this operation works with.';
COMMENT ON COLUMN ingestion_batches.retry_count IS 'How often this operation was taken up again.';

-- External systems ------------------------------------------------------------------------------------------------

CREATE TABLE external_systems (
  id serial PRIMARY KEY,
  system_name varchar(100) NOT NULL UNIQUE,
  system_type varchar(50) NOT NULL,
  api_base_url varchar(500) NOT NULL,
  connection_config jsonb NOT NULL,
  sync_enabled boolean DEFAULT true,
  last_sync_time timestamp,
  created_at timestamp DEFAULT now()
);
COMMENT ON TABLE external_systems IS 'The Tenable, Xacta and other systems that Tieline talks to.';
COMMENT ON COLUMN external_systems.system_name IS 'What the operator calls it, as in `tieline systems check NAME`.';
COMMENT ON COLUMN external_systems.system_type IS 'The connector: tenable, tenable_sc, xacta and what else is installed.';
COMMENT ON COLUMN external_systems.connection_config IS 'The connector''s settings; secrets in it are encrypted (AES-256-GCM).';
COMMENT ON COLUMN external_systems.last_sync_time IS 'When a sync with it last ended without an error (UTC).';

CREATE TABLE api_call_logs (
  id serial,
  external_system_id integer REFERENCES external_systems (id),
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  method varchar(10) NOT NULL,
  endpoint varchar(500) NOT NULL,
  response_status integer,
  response_time_ms integer,
  called_at timestamp DEFAULT now(),
  PRIMARY KEY (id, called_at)
) PARTITION BY RANGE (called_at);
CREATE TABLE api_call_logs_default PARTITION OF api_call_logs DEFAULT;
CREATE INDEX idx_api_call_logs_operation ON api_call_logs (operation_id);
CREATE INDEX idx_api_call_logs_system_called ON api_call_logs (external_system_id, called_at);
COMMENT ON TABLE api_call_logs IS 'Every HTTP call to an external system; no secrets, no bodies. Partitioned by month of called_at.';
COMMENT ON TABLE api_call_logs_default IS 'Calls whose month has no partition of its own; normally empty.';
COMMENT ON COLUMN api_call_logs.operation_id IS 'The operation that made the call; null for one made outside of any.';
COMMENT ON COLUMN api_call_logs.endpoint IS 'Path without credentials or query values that are secret.';
COMMENT ON COLUMN api_call_logs.response_status IS 'HTTP status; null when no answer came.';
COMMENT ON COLUMN api_call_logs.called_at IS 'When the call was made (UTC).';

CREATE TABLE data_field_mappings (
  id serial PRIMARY KEY,
  external_system_id integer REFERENCES external_systems (id),
  entity_type varchar(100) NOT NULL,
  external_field_name varchar(255) NOT NULL,
  internal_field_name varchar(255) NOT NULL,
  transformation_rule jsonb,
  is_required boolean DEFAULT false
);
CREATE INDEX idx_data_field_mappings_entity ON data_field_mappings (external_system_id, entity_type);
COMMENT ON TABLE data_field_mappings IS 'Which field of a remote''s record is which field of ours, and how one becomes the other.';
COMMENT ON COLUMN data_field_mappings.entity_type IS 'asset, finding, plugin, system, component, control, poam, milestone.';
COMMENT ON COLUMN data_field_mappings.external_field_name IS 'Dotted path in the remote''s record.';
COMMENT ON COLUMN data_field_mappings.internal_field_name IS 'Field of Tieline''s record, spelled as its column.';
COMMENT ON COLUMN data_field_mappings.transformation_rule IS 'Direction and transforms; applied first to last on the way in, reversed on the way out.';
COMMENT ON COLUMN data_field_mappings.is_required IS 'A record without this field is held, with the reason.';

CREATE TABLE sync_policies (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  external_system_id integer NOT NULL REFERENCES external_systems (id) ON DELETE CASCADE,
  entity_type varchar(100) NOT NULL DEFAULT '*',
  sync_direction varchar(20) NOT NULL CONSTRAINT sync_policies_direction_known
    CHECK (sync_direction IN ('inbound', 'outbound', 'bidirectional')),
  conflict_resolution_strategy varchar(20) NOT NULL DEFAULT 'manual' CONSTRAINT sync_policies_strategy_known
    CHECK (conflict_resolution_strategy IN
      ('external_wins', 'internal_wins', 'newest_wins', 'manual', 'union', 'append')),
  field_level_policies jsonb NOT NULL DEFAULT '{}',
  filters jsonb NOT NULL DEFAULT '{}',
  requires_approval boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sync_policies_once UNIQUE (external_system_id, entity_type)
);
COMMENT ON TABLE sync_policies IS 'Direction, conflict strategy and approval for each entity of each system; looked up field, entity, system, default.';
COMMENT ON COLUMN sync_policies.entity_type IS 'The entity, or * for all entities of the system that have no policy of their own.';
COMMENT ON COLUMN sync_policies.field_level_policies IS 'Object: field name to {direction, strategy}; a field here goes before its entity.';
COMMENT ON COLUMN sync_policies.filters IS 'Which records take part; empty means all.';
COMMENT ON COLUMN sync_policies.requires_approval IS 'True: a plan waits for an approval before it is applied.';

CREATE TABLE sync_conflicts (
  id serial PRIMARY KEY,
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  entity_type varchar(100) NOT NULL,
  entity_id varchar(255) NOT NULL,
  conflict_type varchar(50) NOT NULL,
  internal_value jsonb,
  external_value jsonb,
  resolution_status varchar(50) DEFAULT 'pending',
  created_at timestamp DEFAULT now(),
  field_name varchar(255),
  base_value jsonb,
  resolved_by varchar(255),
  resolved_at timestamptz,
  resolution jsonb
);
CREATE INDEX idx_sync_conflicts_entity ON sync_conflicts (entity_type, entity_id);
CREATE INDEX idx_sync_conflicts_operation ON sync_conflicts (operation_id);
CREATE INDEX idx_sync_conflicts_pending ON sync_conflicts (created_at) WHERE resolution_status = 'pending';
COMMENT ON TABLE sync_conflicts IS 'Fields that both sides changed differently since they last agreed; the field is held until settled.';
COMMENT ON COLUMN sync_conflicts.resolution_status IS 'pending until settled.';
COMMENT ON COLUMN sync_conflicts.field_name IS 'The field in conflict; null when the record as a whole is.';
COMMENT ON COLUMN sync_conflicts.base_value IS 'What both sides last agreed on.';
COMMENT ON COLUMN sync_conflicts.resolved_by IS 'A rule of Tieline (rule:…) or a user name.';
COMMENT ON COLUMN sync_conflicts.resolution IS 'What was decided: {choice: internal, external, base or value; value; reason}.';

-- Business context ------------------------------------------------------------------------------------------------

CREATE TABLE assets_extended (
  id serial PRIMARY KEY,
  asset_uuid uuid NOT NULL UNIQUE REFERENCES ingestion_assets (asset_uuid),
  business_criticality varchar(50),
  cost_center varchar(100),
  environment varchar(50),
  compliance_scope text[],
  data_classification varchar(50),
  network_zone varchar(100),
  asset_tags jsonb,
  risk_score decimal(5,2),
  last_risk_assessment timestamp
);
COMMENT ON TABLE assets_extended IS 'What the business says about an asset; at most one row an asset.';
COMMENT ON COLUMN assets_extended.compliance_scope IS 'Regimes that the asset falls under, such as FISMA or PCI DSS.';
COMMENT ON COLUMN assets_extended.environment IS 'Such as production, test, development.';
COMMENT ON COLUMN assets_extended.asset_tags IS 'Tags that Tieline keeps for the asset: object of category to array of values.';
COMMENT ON COLUMN assets_extended.last_risk_assessment IS 'When risk_score was set (UTC).';

CREATE TABLE vulnerability_intelligence (
  id serial PRIMARY KEY,
  plugin_id varchar(50) NOT NULL UNIQUE,
  cve_ids text[],
  attack_vector varchar(50),
  exploitability_score decimal(3,1),
  exploit_available boolean DEFAULT false,
  patch_available boolean DEFAULT false,
  business_impact_score decimal(3,1)
);
COMMENT ON TABLE vulnerability_intelligence IS 'What is known about a weakness beyond the scan; one row a plugin.';
COMMENT ON COLUMN vulnerability_intelligence.attack_vector IS 'CVSS attack vector: network, adjacent, local, physical.';
COMMENT ON COLUMN vulnerability_intelligence.exploitability_score IS 'CVSS exploitability, 0 to 10.';
COMMENT ON COLUMN vulnerability_intelligence.business_impact_score IS '0 to 10, set by the organization.';

CREATE TABLE vulnerability_remediation (
  id serial PRIMARY KEY,
  vulnerability_id integer REFERENCES ingestion_vulnerabilities (id),
  asset_uuid uuid REFERENCES ingestion_assets (asset_uuid),
  remediation_status varchar(50) NOT NULL,
  assigned_to integer REFERENCES users (id),
  due_date date,
  remediation_plan text,
  validation_status varchar(50),
  cost_estimate decimal(10,2),
  effort_estimate_hours integer
);
CREATE INDEX idx_vulnerability_remediation_vulnerability ON vulnerability_remediation (vulnerability_id);
CREATE INDEX idx_vulnerability_remediation_asset ON vulnerability_remediation (asset_uuid);
CREATE INDEX idx_vulnerability_remediation_assigned_to ON vulnerability_remediation (assigned_to);
CREATE INDEX idx_vulnerability_remediation_status_due ON vulnerability_remediation (remediation_status, due_date);
COMMENT ON TABLE vulnerability_remediation IS 'The work on a finding: who, until when, how far.';
COMMENT ON COLUMN vulnerability_remediation.validation_status IS 'Whether a later scan proved the fix.';
COMMENT ON COLUMN vulnerability_remediation.cost_estimate IS 'In the organization''s currency.';

-- Analytics -------------------------------------------------------------------------------------------------------

CREATE TABLE metrics_definitions (
  id serial PRIMARY KEY,
  metric_name varchar(255) NOT NULL UNIQUE,
  metric_category varchar(100) NOT NULL,
  calculation_method text NOT NULL,
  sql_query text,
  aggregation_level varchar(50),
  target_value decimal(15,4),
  unit_of_measure varchar(50)
);
COMMENT ON TABLE metrics_definitions IS 'The measures that Tieline computes.';
COMMENT ON COLUMN metrics_definitions.calculation_method IS 'In words, for the reader of a report.';
COMMENT ON COLUMN metrics_definitions.aggregation_level IS 'Such as organization, system, asset.';

CREATE TABLE metrics_values (
  id serial,
  metric_id integer REFERENCES metrics_definitions (id),
  calculated_at timestamp NOT NULL,
  value decimal(15,4) NOT NULL,
  additional_data jsonb,
  PRIMARY KEY (id, calculated_at)
) PARTITION BY RANGE (calculated_at);
CREATE TABLE metrics_values_default PARTITION OF metrics_values DEFAULT;
CREATE INDEX idx_metrics_values_metric_calculated ON metrics_values (metric_id, calculated_at);
COMMENT ON TABLE metrics_values IS 'Computed values of a metric. Partitioned by month of calculated_at.';
COMMENT ON TABLE metrics_values_default IS 'Values whose month has no partition of its own; normally empty.';
COMMENT ON COLUMN metrics_values.calculated_at IS 'UTC.';
COMMENT ON COLUMN metrics_values.additional_data IS 'What the value is broken down by, such as {system_id}.';

-- Workflow --------------------------------------------------------------------------------------------------------

CREATE TABLE workflows (
  id serial PRIMARY KEY,
  workflow_name varchar(255) NOT NULL UNIQUE,
  workflow_type varchar(100) NOT NULL,
  trigger_conditions jsonb NOT NULL,
  workflow_steps jsonb NOT NULL,
  is_active boolean DEFAULT true
);
COMMENT ON TABLE workflows IS 'What is to happen, step by step, when a condition comes true.';

CREATE TABLE workflow_executions (
  id serial PRIMARY KEY,
  execution_id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  workflow_id integer REFERENCES workflows (id),
  status varchar(50) DEFAULT 'pending',
  started_at timestamp DEFAULT now(),
  completed_at timestamp
);
CREATE INDEX idx_workflow_executions_workflow ON workflow_executions (workflow_id);
CREATE INDEX idx_workflow_executions_status ON workflow_executions (status);
COMMENT ON TABLE workflow_executions IS 'Runs of a workflow.';

CREATE TABLE approvals (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  approval_id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  execution_id uuid REFERENCES workflow_executions (execution_id),
  plan_id uuid,
  requested_action text NOT NULL,
  requested_by varchar(255) NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT now(),
  status varchar(20) NOT NULL DEFAULT 'pending' CONSTRAINT approvals_status_known
    CHECK (status IN ('pending', 'approved', 'rejected', 'withdrawn', 'expired')),
  decided_by varchar(255),
  decided_at timestamptz,
  reason text,
  CONSTRAINT approvals_about_one_thing CHECK (num_nonnulls(execution_id, plan_id) = 1),
  CONSTRAINT approvals_decision_signed CHECK (
    status NOT IN ('approved', 'rejected') OR (decided_by IS NOT NULL AND decided_at IS NOT NULL)
  )
);
CREATE INDEX idx_approvals_execution ON approvals (execution_id);
CREATE INDEX idx_approvals_plan ON approvals (plan_id);
CREATE INDEX idx_approvals_pending ON approvals (requested_at) WHERE status = 'pending';
COMMENT ON TABLE approvals IS 'Decisions that a person must take before a workflow step or a sync plan goes on.';
COMMENT ON COLUMN approvals.execution_id IS 'The workflow run that waits; null where a plan waits.';
COMMENT ON COLUMN approvals.plan_id IS 'The sync plan that waits; null where a workflow run waits.';
COMMENT ON COLUMN approvals.requested_action IS 'What happens on approval, in words.';
COMMENT ON COLUMN approvals.requested_by IS 'User name or rule:…; a name, not a reference, so that the record outlives the account.';
COMMENT ON COLUMN approvals.decided_by IS 'User name of the person who decided.';
COMMENT ON COLUMN approvals.reason IS 'Why it was approved, rejected or withdrawn.';

-- Security monitoring ---------------------------------------------------------------------------------------------
-- These rows are evidence: they name people and assets without a foreign key, so that the owner's application can
-- delete a user or an asset and the evidence stays.

CREATE TABLE security_events_extended (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  event_id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  event_type varchar(100) NOT NULL,
  severity varchar(20) NOT NULL CONSTRAINT security_events_extended_severity_known
    CHECK (severity IN ('Info', 'Low', 'Medium', 'High', 'Critical')),
  source_system varchar(100) NOT NULL,
  user_id integer,
  asset_uuid uuid,
  event_details jsonb NOT NULL DEFAULT '{}',
  correlation_id uuid,
  occurred_at timestamptz NOT NULL,
  detected_at timestamptz NOT NULL DEFAULT now(),
  resolved_at timestamptz,
  investigated_by varchar(255),
  investigation_notes text,
  false_positive boolean NOT NULL DEFAULT false
);
CREATE INDEX idx_security_events_extended_occurred ON security_events_extended (occurred_at);
CREATE INDEX idx_security_events_extended_type ON security_events_extended (event_type, occurred_at);
CREATE INDEX idx_security_events_extended_user ON security_events_extended (user_id, occurred_at)
  WHERE user_id IS NOT NULL;
CREATE INDEX idx_security_events_extended_asset ON security_events_extended (asset_uuid) WHERE asset_uuid IS NOT NULL;
COMMENT ON TABLE security_events_extended IS 'Sign-in, permission and other security events.';
COMMENT ON COLUMN security_events_extended.source_system IS 'Where it happened: tieline or the name of an external system.';
COMMENT ON COLUMN security_events_extended.user_id IS 'users.id at that time, if a known user.';
COMMENT ON COLUMN security_events_extended.correlation_id IS 'Shared by all that one request set off; see ingestion_batches.correlation_id.';
COMMENT ON COLUMN security_events_extended.investigated_by IS 'User name.';

CREATE TABLE data_access_logs (
  id bigserial,
  user_id integer,
  user_name varchar(255),
  resource_type varchar(100) NOT NULL,
  resource_id varchar(255),
  action varchar(20) NOT NULL CONSTRAINT data_access_logs_action_known
    CHECK (action IN ('read', 'write', 'delete', 'export')),
  access_method varchar(20) NOT NULL CONSTRAINT data_access_logs_method_known
    CHECK (access_method IN ('ui', 'api', 'cli', 'report')),
  ip_address inet,
  success boolean NOT NULL,
  failure_reason text,
  accessed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id, accessed_at)
) PARTITION BY RANGE (accessed_at);
CREATE TABLE data_access_logs_default PARTITION OF data_access_logs DEFAULT;
CREATE INDEX idx_data_access_logs_resource ON data_access_logs (resource_type, resource_id, accessed_at);
CREATE INDEX idx_data_access_logs_user ON data_access_logs (user_id, accessed_at);
COMMENT ON TABLE data_access_logs IS 'Who did what to which record, from where. Partitioned by month of accessed_at.';
COMMENT ON TABLE data_access_logs_default IS 'Accesses whose month has no partition of its own; normally empty.';
COMMENT ON COLUMN data_access_logs.user_id IS 'users.id at that time; null for a program or an account of the machine.';
COMMENT ON COLUMN data_access_logs.user_name IS 'The name at that time, of a user, a program or an account of the machine.';
COMMENT ON COLUMN data_access_logs.resource_id IS 'Null where a whole list was read or exported.';
COMMENT ON COLUMN data_access_logs.ip_address IS 'Null for the command line.';

CREATE TABLE data_subject_requests (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  request_type varchar(20) NOT NULL CONSTRAINT data_subject_requests_type_known
    CHECK (request_type IN ('access', 'rectification', 'erasure', 'portability')),
  data_subject_id varchar(255) NOT NULL,
  status varchar(20) NOT NULL DEFAULT 'received' CONSTRAINT data_subject_requests_status_known
    CHECK (status IN ('received', 'in_progress', 'completed', 'rejected')),
  due_date date,
  processed_by varchar(255),
  response_details jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  completed_at timestamptz
);
CREATE INDEX idx_data_subject_requests_subject ON data_subject_requests (data_subject_id);
CREATE INDEX idx_data_subject_requests_open ON data_subject_requests (due_date)
  WHERE status IN ('received', 'in_progress');
COMMENT ON TABLE data_subject_requests IS 'Requests of a person about the data held on them.';
COMMENT ON COLUMN data_subject_requests.data_subject_id IS 'Who asks: a user name or another name that the organization uses.';
COMMENT ON COLUMN data_subject_requests.processed_by IS 'User name.';

-- Reporting -------------------------------------------------------------------------------------------------------

CREATE TABLE report_templates (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  template_name varchar(255) NOT NULL UNIQUE,
  template_type varchar(100) NOT NULL,
  report_format varchar(20) NOT NULL,
  template_definition jsonb NOT NULL,
  parameters jsonb NOT NULL DEFAULT '{}',
  schedule_config jsonb,
  distribution_list text[] NOT NULL DEFAULT '{}',
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE report_templates IS 'Reports that can be produced.';
COMMENT ON COLUMN report_templates.report_format IS 'File format, such as pdf, xlsx, csv, json.';
COMMENT ON COLUMN report_templates.parameters IS 'Object: parameter name to its type, default and description.';
COMMENT ON COLUMN report_templates.schedule_config IS 'When it is produced by itself; null means on demand only.';
COMMENT ON COLUMN report_templates.distribution_list IS 'Who gets it.';

CREATE TABLE generated_reports (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  report_id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  template_id integer REFERENCES report_templates (id),
  report_name varchar(255) NOT NULL,
  parameters_used jsonb NOT NULL DEFAULT '{}',
  data_period_start timestamptz,
  data_period_end timestamptz,
  generation_status varchar(20) NOT NULL DEFAULT 'pending' CONSTRAINT generated_reports_status_known
    CHECK (generation_status IN ('pending', 'running', 'completed', 'failed')),
  file_path text,
  file_size_bytes bigint,
  file_sha256 varchar(64) CONSTRAINT generated_reports_sha256_is_hex CHECK (file_sha256 ~ '^[0-9a-f]{64}$'),
  generated_by varchar(255),
  generated_at timestamptz,
  expires_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT generated_reports_period_forward CHECK (data_period_end >= data_period_start)
);
CREATE INDEX idx_generated_reports_template ON generated_reports (template_id);
CREATE INDEX idx_generated_reports_expires ON generated_reports (expires_at) WHERE expires_at IS NOT NULL;
COMMENT ON TABLE generated_reports IS 'Reports that were produced, with what went in and the hash of what came out.';
COMMENT ON COLUMN generated_reports.file_path IS 'Relative to the data directory.';
COMMENT ON COLUMN generated_reports.file_sha256 IS 'SHA-256 of the file, lower-case hex.';
COMMENT ON COLUMN generated_reports.generated_by IS 'User name, or schedule:… .';
COMMENT ON COLUMN generated_reports.expires_at IS 'When the file may be removed; the row stays.';

CREATE TABLE dashboards (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dashboard_name varchar(255) NOT NULL,
  dashboard_type varchar(50) NOT NULL,
  owner_id integer REFERENCES users (id) ON DELETE SET NULL,
  layout_config jsonb NOT NULL DEFAULT '{}',
  widget_config jsonb NOT NULL DEFAULT '{}',
  refresh_interval_seconds integer NOT NULL DEFAULT 300 CONSTRAINT dashboards_refresh_positive
    CHECK (refresh_interval_seconds > 0),
  access_control jsonb NOT NULL DEFAULT '{}',
  is_public boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_dashboards_owner ON dashboards (owner_id);
COMMENT ON TABLE dashboards IS 'Saved views.';
COMMENT ON COLUMN dashboards.owner_id IS 'Null: belongs to nobody, or its owner''s account is gone.';
COMMENT ON COLUMN dashboards.access_control IS 'Who else may see or change it.';
COMMENT ON COLUMN dashboards.is_public IS 'True: everybody who can sign in may see it.';

-- Performance -----------------------------------------------------------------------------------------------------

CREATE TABLE performance_metrics (
  id bigserial,
  metric_type varchar(50) NOT NULL,
  component varchar(100) NOT NULL,
  operation varchar(255),
  value numeric(18,4) NOT NULL,
  unit varchar(20) NOT NULL,
  tags jsonb NOT NULL DEFAULT '{}',
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id, recorded_at)
) PARTITION BY RANGE (recorded_at);
CREATE TABLE performance_metrics_default PARTITION OF performance_metrics DEFAULT;
CREATE INDEX idx_performance_metrics_component ON performance_metrics (component, metric_type, recorded_at);
COMMENT ON TABLE performance_metrics IS 'Timings and counts of Tieline''s own work. Partitioned by month of recorded_at.';
COMMENT ON TABLE performance_metrics_default IS 'Measurements whose month has no partition of its own; normally empty.';
COMMENT ON COLUMN performance_metrics.unit IS 'Such as ms, bytes, records.';

CREATE TABLE integration_health (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  external_system_id integer NOT NULL REFERENCES external_systems (id) ON DELETE CASCADE,
  health_check_type varchar(20) NOT NULL CONSTRAINT integration_health_type_known
    CHECK (health_check_type IN ('connectivity', 'authentication', 'permission', 'data_sync')),
  status varchar(20) NOT NULL CONSTRAINT integration_health_status_known
    CHECK (status IN ('healthy', 'degraded', 'unhealthy')),
  response_time_ms integer,
  error_rate numeric(5,4) CONSTRAINT integration_health_error_rate_is_share CHECK (error_rate BETWEEN 0 AND 1),
  last_successful_operation timestamptz,
  error_details jsonb,
  checked_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_integration_health_system_checked ON integration_health (external_system_id, checked_at);
COMMENT ON TABLE integration_health IS 'What each check of a connection found.';
COMMENT ON COLUMN integration_health.error_rate IS 'Share of failed calls, 0 to 1, since the check before.';
COMMENT ON COLUMN integration_health.error_details IS 'What failed and the remedy; no secrets.';

CREATE TABLE alerts (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alert_id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  alert_type varchar(100) NOT NULL,
  severity varchar(20) NOT NULL CONSTRAINT alerts_severity_known
    CHECK (severity IN ('Info', 'Low', 'Medium', 'High', 'Critical')),
  title varchar(255) NOT NULL,
  description text,
  entity_type varchar(100),
  entity_id varchar(255),
  threshold_value decimal(15,4),
  current_value decimal(15,4),
  status varchar(20) NOT NULL DEFAULT 'active' CONSTRAINT alerts_status_known
    CHECK (status IN ('active', 'acknowledged', 'resolved', 'suppressed')),
  assigned_to integer REFERENCES users (id) ON DELETE SET NULL,
  acknowledged_by varchar(255),
  acknowledged_at timestamptz,
  resolved_by varchar(255),
  resolved_at timestamptz,
  resolution_notes text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_alerts_assigned_to ON alerts (assigned_to);
CREATE INDEX idx_alerts_entity ON alerts (entity_type, entity_id);
CREATE INDEX idx_alerts_unresolved ON alerts (created_at) WHERE status IN ('active', 'acknowledged');
COMMENT ON TABLE alerts IS 'Thresholds that were passed, and what was done about it.';
COMMENT ON COLUMN alerts.acknowledged_by IS 'User name.';
COMMENT ON COLUMN alerts.resolved_by IS 'User name or rule:… .';

-- Partitions by month ---------------------------------------------------------------------------------------------

CREATE TABLE tieline_partitioned_tables (
  table_name varchar(63) PRIMARY KEY,
  time_column varchar(63) NOT NULL,
  keep_months integer CONSTRAINT tieline_partitioned_tables_keep_positive CHECK (keep_months > 0)
);
COMMENT ON TABLE tieline_partitioned_tables IS 'The tables that are partitioned by month, and how long their rows are kept.';
COMMENT ON COLUMN tieline_partitioned_tables.time_column IS 'The column whose month (UTC) chooses the partition.';
COMMENT ON COLUMN tieline_partitioned_tables.keep_months IS 'Whole months kept besides the current one; null keeps them for ever.';

INSERT INTO tieline_partitioned_tables (table_name, time_column, keep_months) VALUES
  ('api_call_logs', 'called_at', 3),
  ('metrics_values', 'calculated_at', 24),
  ('performance_metrics', 'recorded_at', 1),
  ('data_access_logs', 'accessed_at', 84),
  ('sync_changes', 'changed_at', NULL);

-- The new partition is filled and then attached, so readers of the parent go on. Writers wait, from before they choose
-- a partition: one that had chosen the default and waited there would be refused, because the row is no longer its.
-- The months ahead are made early, so there is seldom anything to do. A call that cannot get its locks at once (a long
-- transaction has written to the table) fails without effect (lock_not_available) and is to be made again: it gives up
-- before PostgreSQL's deadlock check, after one second, could choose a writer as its victim.
CREATE FUNCTION tieline_ensure_partitions(ahead_months integer) RETURNS SETOF text
LANGUAGE plpgsql
SET datestyle = 'ISO'
SET lock_timeout = '10s'
AS $$
DECLARE
  parent record;
  month_start date;
  month_end date;
  partition_name text;
BEGIN
  IF ahead_months IS NULL OR ahead_months NOT BETWEEN 0 AND 120 THEN
    RAISE EXCEPTION 'ahead_months must be from 0 to 120, not %', ahead_months;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('tieline_ensure_partitions'));
  PERFORM set_config('lock_timeout', '800ms', true); -- until the function ends, as its own SET says

  FOR parent IN
    SELECT listed.table_name, listed.time_column, n.nspname AS schema_name, c.oid,
      NULLIF(p.partdefid, 0)::regclass AS default_partition
    FROM tieline_partitioned_tables listed
    JOIN pg_class c ON c.oid = to_regclass(quote_ident(listed.table_name))
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_partitioned_table p ON p.partrelid = c.oid
    ORDER BY listed.table_name
  LOOP
    FOR month_start IN
      SELECT generate_series(this_month, this_month + make_interval(months => ahead_months), interval '1 month')
      FROM date_trunc('month', now() AT TIME ZONE 'UTC') AS this_month
    LOOP
      month_end := month_start + interval '1 month';
      partition_name := parent.table_name || to_char(month_start, '_YYYY_MM');

      IF EXISTS (
        SELECT FROM pg_inherits i
        JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = parent.oid AND c.relname = partition_name
      ) THEN
        CONTINUE;
      END IF;

      EXECUTE format('LOCK TABLE ONLY %s IN SHARE ROW EXCLUSIVE MODE', parent.oid::regclass);
      IF parent.default_partition IS NOT NULL THEN
        EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', parent.default_partition);
      END IF;
      EXECUTE format('CREATE TABLE %I.%I (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS)',
        parent.schema_name, partition_name, parent.oid::regclass);
      -- The +00 makes the bound UTC for timestamptz whatever the session's zone; timestamp ignores it.
      IF parent.default_partition IS NOT NULL THEN
        EXECUTE format(
          'WITH moved AS (DELETE FROM %s WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO %I.%I SELECT * FROM moved',
          parent.default_partition,
          parent.time_column, month_start || ' 00:00:00+00', parent.time_column, month_end || ' 00:00:00+00',
          parent.schema_name, partition_name);
      END IF;
      EXECUTE format('ALTER TABLE %s ATTACH PARTITION %I.%I FOR VALUES FROM (%L) TO (%L)',
        parent.oid::regclass, parent.schema_name, partition_name,
        month_start || ' 00:00:00+00', month_end || ' 00:00:00+00');
      EXECUTE format('COMMENT ON TABLE %I.%I IS %L', parent.schema_name, partition_name,
        'Rows of ' || parent.table_name || ' of ' || to_char(month_start, 'YYYY-MM') || ' (UTC).');
      RETURN NEXT partition_name;
    END LOOP;
  END LOOP;
END
$$;
COMMENT ON FUNCTION tieline_ensure_partitions(integer) IS 'Makes the partitions of this month (UTC) and the given number of months ahead for each table in tieline_partitioned_tables that exists, moving rows out of its default partition; returns the names made. Repeatable, and safe to call from several sessions at once.';
