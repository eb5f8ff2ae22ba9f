-- The tables that the existing application brings: `users` and `ingestion_*`, as that application declares them
-- (reference/existing-schema.md). Only a fresh database runs this file; what Tieline adds to these tables is in 0002, so
-- that a database that has them already can skip this file whole.
--
-- Timestamps here are without time zone and hold UTC, as their owner's readers expect.

CREATE TABLE users (
  id serial PRIMARY KEY,
  username text NOT NULL,
  password text,
  first_name text,
  last_name text,
  email text,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now(),
  auth_method text DEFAULT 'password',
  certificate_subject text,
  certificate_expiry timestamp,
  role text DEFAULT 'user',
  status text DEFAULT 'active'
);
COMMENT ON TABLE users IS 'People who sign in to the existing application; it owns this table.';

CREATE TABLE ingestion_batches (
  id serial PRIMARY KEY,
  batch_id uuid NOT NULL UNIQUE,
  source_system varchar(50) NOT NULL,
  batch_type varchar(50),
  file_name varchar(255),
  total_records integer,
  successful_records integer DEFAULT 0,
  failed_records integer DEFAULT 0,
  status varchar(50) DEFAULT 'in_progress',
  started_at timestamp DEFAULT now(),
  completed_at timestamp,
  error_details text,
  created_by integer,
  metadata jsonb
);
CREATE INDEX idx_ingestion_batches_status_started ON ingestion_batches (status, started_at);
COMMENT ON TABLE ingestion_batches IS 'Every run that read or wrote data: imports, exports and sync operations.';

CREATE TABLE ingestion_errors (
  id serial PRIMARY KEY,
  batch_id uuid REFERENCES ingestion_batches (batch_id) ON DELETE CASCADE,
  table_name varchar(100),
  record_identifier varchar(255),
  error_type varchar(100),
  error_message text,
  raw_data jsonb,
  created_at timestamp DEFAULT now()
);
CREATE INDEX idx_ingestion_errors_batch ON ingestion_errors (batch_id);
COMMENT ON TABLE ingestion_errors IS 'Records that a batch could not take in, with the reason and the record as it came.';

CREATE TABLE ingestion_data_quality (
  id serial PRIMARY KEY,
  batch_id uuid REFERENCES ingestion_batches (batch_id) ON DELETE CASCADE,
  table_name varchar(100),
  quality_metric varchar(100),
  metric_value numeric(5,2),
  details jsonb,
  measured_at timestamp DEFAULT now()
);
CREATE INDEX idx_ingestion_data_quality_batch ON ingestion_data_quality (batch_id);
COMMENT ON TABLE ingestion_data_quality IS 'Quality measurements of a batch.';

CREATE TABLE ingestion_systems (
  id serial PRIMARY KEY,
  system_id varchar(50) NOT NULL UNIQUE,
  name varchar(255) NOT NULL,
  uuid uuid NOT NULL UNIQUE,
  status varchar(50),
  authorization_boundary text,
  system_type varchar(100),
  responsible_organization varchar(255),
  system_owner varchar(255),
  information_system_security_officer varchar(255),
  authorizing_official varchar(255),
  last_assessment_date timestamp,
  authorization_date timestamp,
  authorization_termination_date timestamp,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now(),
  ingestion_source varchar(50),
  ingestion_batch_id uuid,
  raw_json jsonb
);
COMMENT ON TABLE ingestion_systems IS 'Authorized information systems.';

CREATE TABLE ingestion_system_impact_levels (
  id serial PRIMARY KEY,
  system_id varchar(50) REFERENCES ingestion_systems (system_id) ON DELETE CASCADE,
  confidentiality_impact varchar(20),
  integrity_impact varchar(20),
  availability_impact varchar(20),
  overall_impact varchar(20),
  created_at timestamp DEFAULT now()
);
CREATE INDEX idx_ingestion_system_impact_levels_system ON ingestion_system_impact_levels (system_id);
COMMENT ON TABLE ingestion_system_impact_levels IS 'FIPS 199 impact levels of a system.';

CREATE TABLE ingestion_assets (
  id serial PRIMARY KEY,
  asset_uuid uuid NOT NULL UNIQUE,
  hostname varchar(255),
  netbios_name varchar(100),
  system_id varchar(50),
  has_agent boolean,
  has_plugin_results boolean,
  first_seen timestamp,
  last_seen timestamp,
  exposure_score integer,
  acr_score numeric(3,1),
  criticality_rating varchar(20),
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now(),
  ingestion_source varchar(50),
  ingestion_batch_id uuid,
  raw_json jsonb
);
CREATE INDEX idx_ingestion_assets_system ON ingestion_assets (system_id);
CREATE INDEX idx_ingestion_assets_hostname ON ingestion_assets (hostname);
COMMENT ON TABLE ingestion_assets IS 'Hosts and other things that are scanned or inventoried.';

CREATE TABLE ingestion_asset_systems (
  id serial PRIMARY KEY,
  asset_uuid uuid REFERENCES ingestion_assets (asset_uuid) ON DELETE CASCADE,
  operating_system varchar(255),
  system_type varchar(255),
  is_primary boolean DEFAULT false,
  created_at timestamp DEFAULT now()
);
CREATE INDEX idx_ingestion_asset_systems_asset ON ingestion_asset_systems (asset_uuid);
COMMENT ON TABLE ingestion_asset_systems IS 'Operating systems and kinds of an asset.';

CREATE TABLE ingestion_asset_network (
  id serial PRIMARY KEY,
  asset_uuid uuid REFERENCES ingestion_assets (asset_uuid) ON DELETE CASCADE,
  mac_address varchar(17),
  ipv4_address varchar(15),
  ipv6_address varchar(45),
  fqdn varchar(255),
  netbios_workgroup varchar(100),
  created_at timestamp DEFAULT now()
);
CREATE INDEX idx_ingestion_asset_network_asset ON ingestion_asset_network (asset_uuid);
CREATE INDEX idx_ingestion_asset_network_mac ON ingestion_asset_network (mac_address);
CREATE INDEX idx_ingestion_asset_network_ipv4 ON ingestion_asset_network (ipv4_address);
CREATE INDEX idx_ingestion_asset_network_fqdn ON ingestion_asset_network (fqdn);
COMMENT ON TABLE ingestion_asset_network IS 'Network addresses and names of an asset.';

CREATE TABLE ingestion_asset_tags (
  id serial PRIMARY KEY,
  asset_uuid uuid REFERENCES ingestion_assets (asset_uuid) ON DELETE CASCADE,
  tag_key varchar(100) NOT NULL,
  tag_value varchar(255) NOT NULL,
  created_at timestamp DEFAULT now()
);
CREATE INDEX idx_ingestion_asset_tags_asset ON ingestion_asset_tags (asset_uuid);
CREATE INDEX idx_ingestion_asset_tags_tag ON ingestion_asset_tags (tag_key, tag_value);
COMMENT ON TABLE ingestion_asset_tags IS 'Tags of an asset.';

CREATE TABLE ingestion_vulnerabilities (
  id serial PRIMARY KEY,
  batch_id uuid REFERENCES ingestion_batches (batch_id),
  plugin_id varchar(50) NOT NULL,
  vulnerability_name varchar(500) NOT NULL,
  severity varchar(20) NOT NULL,
  cvss_score numeric(4,2),
  cvss_vector varchar(200),
  description text,
  solution text,
  state varchar(20),
  first_found timestamp,
  last_found timestamp,
  asset_uuid varchar(255) NOT NULL,
  poam_id integer,
  control_id integer,
  raw_data jsonb,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now()
);
CREATE INDEX idx_ingestion_vulnerabilities_batch ON ingestion_vulnerabilities (batch_id);
CREATE INDEX idx_ingestion_vulnerabilities_asset ON ingestion_vulnerabilities (asset_uuid);
CREATE INDEX idx_ingestion_vulnerabilities_plugin ON ingestion_vulnerabilities (plugin_id);
CREATE INDEX idx_ingestion_vulnerabilities_state_severity ON ingestion_vulnerabilities (state, severity);
CREATE INDEX idx_ingestion_vulnerabilities_poam ON ingestion_vulnerabilities (poam_id) WHERE poam_id IS NOT NULL;
CREATE INDEX idx_ingestion_vulnerabilities_control ON ingestion_vulnerabilities (control_id) WHERE control_id IS NOT NULL;
COMMENT ON TABLE ingestion_vulnerabilities IS 'Findings: one vulnerability on one asset.';

CREATE TABLE ingestion_vulnerability_cves (
  id serial PRIMARY KEY,
  vulnerability_id integer REFERENCES ingestion_vulnerabilities (id) ON DELETE CASCADE,
  cve_id varchar(20) NOT NULL,
  batch_id uuid REFERENCES ingestion_batches (batch_id),
  created_at timestamp DEFAULT now()
);
CREATE INDEX idx_ingestion_vulnerability_cves_vulnerability ON ingestion_vulnerability_cves (vulnerability_id);
CREATE INDEX idx_ingestion_vulnerability_cves_cve ON ingestion_vulnerability_cves (cve_id);
CREATE INDEX idx_ingestion_vulnerability_cves_batch ON ingestion_vulnerability_cves (batch_id);
COMMENT ON TABLE ingestion_vulnerability_cves IS 'CVE ids of a finding.';

CREATE TABLE ingestion_controls (
  id serial PRIMARY KEY,
  control_id varchar(50) NOT NULL,
  control_title varchar(500),
  family varchar(100),
  implementation_status varchar(50),
  assessment_status varchar(50),
  control_origination varchar(100),
  implementation_guidance text,
  assessment_procedures text,
  system_id varchar(50),
  responsible_role varchar(255),
  last_assessed timestamp,
  next_assessment_due timestamp,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now(),
  ingestion_source varchar(50),
  ingestion_batch_id uuid,
  raw_json jsonb
);
CREATE INDEX idx_ingestion_controls_system_control ON ingestion_controls (system_id, control_id);
COMMENT ON TABLE ingestion_controls IS 'Security controls of a system and how they stand.';

CREATE TABLE ingestion_control_findings (
  id serial PRIMARY KEY,
  control_id integer REFERENCES ingestion_controls (id) ON DELETE CASCADE,
  finding_id varchar(100),
  finding_type varchar(50),
  severity varchar(20),
  description text,
  recommendation text,
  status varchar(50),
  identified_date timestamp,
  target_resolution_date timestamp,
  actual_resolution_date timestamp,
  created_at timestamp DEFAULT now()
);
CREATE INDEX idx_ingestion_control_findings_control ON ingestion_control_findings (control_id);
COMMENT ON TABLE ingestion_control_findings IS 'Assessment findings of a control.';

CREATE TABLE ingestion_control_evidence (
  id serial PRIMARY KEY,
  control_id integer REFERENCES ingestion_controls (id) ON DELETE CASCADE,
  evidence_type varchar(100),
  evidence_description text,
  document_reference varchar(255),
  collection_date timestamp,
  evidence_status varchar(50),
  created_at timestamp DEFAULT now()
);
CREATE INDEX idx_ingestion_control_evidence_control ON ingestion_control_evidence (control_id);
COMMENT ON TABLE ingestion_control_evidence IS 'Evidence held for a control.';

CREATE TABLE ingestion_poams (
  id serial PRIMARY KEY,
  poam_id varchar(50) NOT NULL UNIQUE,
  system_id varchar(50),
  weakness_description text,
  weakness_detection_source varchar(255),
  remediation_plan text,
  resources_required text,
  scheduled_completion timestamp,
  milestone_changes text,
  source_of_discovery varchar(255),
  status varchar(50),
  comments text,
  raw_weakness_description text,
  weakness_risk_level varchar(20),
  likelihood varchar(20),
  impact varchar(20),
  impact_description text,
  residual_risk_level varchar(20),
  recommendations text,
  risk_rating varchar(20),
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now(),
  ingestion_source varchar(50),
  ingestion_batch_id uuid,
  raw_json jsonb
);
CREATE INDEX idx_ingestion_poams_system_status ON ingestion_poams (system_id, status);
COMMENT ON TABLE ingestion_poams IS 'Plans of action and milestones (POA&Ms).';

CREATE TABLE ingestion_poam_milestones (
  id serial PRIMARY KEY,
  poam_id varchar(50) REFERENCES ingestion_poams (poam_id) ON DELETE CASCADE,
  milestone_id varchar(100),
  milestone_description text,
  scheduled_completion timestamp,
  actual_completion timestamp,
  status varchar(50),
  comments text,
  created_at timestamp DEFAULT now()
);
CREATE INDEX idx_ingestion_poam_milestones_poam ON ingestion_poam_milestones (poam_id);
COMMENT ON TABLE ingestion_poam_milestones IS 'Milestones of a POA&M.';

CREATE TABLE ingestion_poam_assets (
  id serial PRIMARY KEY,
  poam_id varchar(50) REFERENCES ingestion_poams (poam_id) ON DELETE CASCADE,
  asset_uuid uuid REFERENCES ingestion_assets (asset_uuid) ON DELETE CASCADE,
  relationship_type varchar(50) DEFAULT 'affected_by',
  created_at timestamp DEFAULT now()
);
CREATE INDEX idx_ingestion_poam_assets_poam ON ingestion_poam_assets (poam_id);
CREATE INDEX idx_ingestion_poam_assets_asset ON ingestion_poam_assets (asset_uuid);
COMMENT ON TABLE ingestion_poam_assets IS 'Assets that a POA&M concerns.';

CREATE TABLE ingestion_poam_cves (
  id serial PRIMARY KEY,
  poam_id varchar(50) REFERENCES ingestion_poams (poam_id) ON DELETE CASCADE,
  cve_id varchar(20) NOT NULL,
  relationship_type varchar(50) DEFAULT 'addresses',
  created_at timestamp DEFAULT now()
);
CREATE INDEX idx_ingestion_poam_cves_poam ON ingestion_poam_cves (poam_id);
CREATE INDEX idx_ingestion_poam_cves_cve ON ingestion_poam_cves (cve_id);
COMMENT ON TABLE ingestion_poam_cves IS 'CVE ids that a POA&M addresses.';

CREATE TABLE ingestion_system_assets (
  id serial PRIMARY KEY,
  system_id varchar(50) REFERENCES ingestion_systems (system_id) ON DELETE CASCADE,
  asset_uuid uuid REFERENCES ingestion_assets (asset_uuid) ON DELETE CASCADE,
  assignment_type varchar(50) DEFAULT 'direct',
  created_at timestamp DEFAULT now()
);
CREATE INDEX idx_ingestion_system_assets_system ON ingestion_system_assets (system_id);
CREATE INDEX idx_ingestion_system_assets_asset ON ingestion_system_assets (asset_uuid);
COMMENT ON TABLE ingestion_system_assets IS 'Which assets belong to which system.';

CREATE TABLE ingestion_schedules (
  id serial PRIMARY KEY,
  schedule_name varchar(255) NOT NULL,
  source_system varchar(50) NOT NULL,
  data_type varchar(50) NOT NULL,
  cron_expression varchar(100),
  is_active boolean DEFAULT true,
  last_execution timestamp,
  next_execution timestamp,
  configuration jsonb,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now()
);
COMMENT ON TABLE ingestion_schedules IS 'Schedules of the existing application''s imports.';

CREATE TABLE ingestion_job_executions (
  id serial PRIMARY KEY,
  schedule_id integer REFERENCES ingestion_schedules (id) ON DELETE CASCADE,
  batch_id uuid REFERENCES ingestion_batches (batch_id),
  started_at timestamp DEFAULT now(),
  completed_at timestamp,
  status varchar(50),
  records_processed integer,
  execution_time_seconds integer,
  error_message text
);
CREATE INDEX idx_ingestion_job_executions_schedule ON ingestion_job_executions (schedule_id);
CREATE INDEX idx_ingestion_job_executions_batch ON ingestion_job_executions (batch_id);
COMMENT ON TABLE ingestion_job_executions IS 'Runs of those schedules.';
