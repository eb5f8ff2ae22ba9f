-- One asset seen by several scanners is one asset; a finding that several report is one finding, whose times come out the same in
-- whatever order they arrive. Design sections 4 and 7.

CREATE TABLE asset_sources (
  external_system_id integer NOT NULL REFERENCES external_systems (id),
  external_id varchar(255) NOT NULL,
  asset_uuid uuid NOT NULL REFERENCES ingestion_assets (asset_uuid) ON DELETE CASCADE,
  record jsonb NOT NULL,
  identifiers jsonb NOT NULL,
  raw_json jsonb NOT NULL,
  last_seen timestamp,
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  reported_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (external_system_id, external_id)
);
CREATE INDEX idx_asset_sources_asset ON asset_sources (asset_uuid);
CREATE INDEX idx_asset_sources_operation ON asset_sources (operation_id);
COMMENT ON TABLE asset_sources IS 'What each source last said of an asset; the asset''s own columns are drawn from all of them, the latest first.';
COMMENT ON COLUMN asset_sources.record IS 'The mapped record, in canonical fields.';
COMMENT ON COLUMN asset_sources.last_seen IS 'When the source last saw the asset (UTC).';

ALTER TABLE asset_identifiers
  ADD COLUMN last_seen timestamp;
COMMENT ON COLUMN asset_identifiers.last_seen IS 'When a source last saw the asset with it (UTC): what is long ago says less.';

CREATE TABLE asset_identity_decisions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  external_system_id integer NOT NULL REFERENCES external_systems (id),
  external_id varchar(255) NOT NULL,
  asset_uuid uuid NOT NULL,
  decision varchar(20) NOT NULL CHECK (decision IN ('linked', 'new', 'review', 'merged', 'split')),
  candidates jsonb NOT NULL DEFAULT '[]',
  reason text NOT NULL,
  decided_by varchar(255) NOT NULL,
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  decided_at timestamptz NOT NULL DEFAULT now(),
  settled_at timestamptz,
  settled_by varchar(255)
);
CREATE INDEX idx_asset_identity_decisions_asset ON asset_identity_decisions (asset_uuid);
CREATE INDEX idx_asset_identity_decisions_source ON asset_identity_decisions (external_system_id, external_id);
CREATE INDEX idx_asset_identity_decisions_open ON asset_identity_decisions (id) WHERE decision = 'review' AND settled_at IS NULL;
CREATE INDEX idx_asset_identity_decisions_operation ON asset_identity_decisions (operation_id);
COMMENT ON TABLE asset_identity_decisions IS 'Why a record of a source is this asset and no other: each decision, by rule or by a person, with its evidence. Never altered but to settle a review.';
COMMENT ON COLUMN asset_identity_decisions.candidates IS 'Assets that shared an identifier, with score and evidence, the best first.';
COMMENT ON COLUMN asset_identity_decisions.settled_at IS 'Of a review: when a person decided.';

ALTER TABLE ingestion_assets
  ADD COLUMN merged_into uuid;
COMMENT ON COLUMN ingestion_assets.merged_into IS 'The asset that this one turned out to be; the row stays, its findings and links are there now.';

ALTER TABLE ingestion_vulnerabilities
  ADD COLUMN reported_by integer[],
  ADD COLUMN evidence_at timestamp,
  ADD COLUMN rule_evidence_at timestamp;
COMMENT ON COLUMN ingestion_vulnerabilities.reported_by IS 'The external systems that have reported this finding.';
COMMENT ON COLUMN ingestion_vulnerabilities.evidence_at IS 'Of when the report is from which output and service come (UTC): an older one does not replace them.';
COMMENT ON COLUMN ingestion_vulnerabilities.rule_evidence_at IS 'Of when the report is that says whether a rule changed the severity (UTC); files do not say.';

CREATE TABLE finding_state_changes (
  vulnerability_id integer NOT NULL REFERENCES ingestion_vulnerabilities (id) ON DELETE CASCADE,
  state varchar(20) NOT NULL CHECK (state IN ('fixed', 'reopened')),
  occurred_at timestamp NOT NULL,
  external_system_id integer REFERENCES external_systems (id),
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  PRIMARY KEY (vulnerability_id, occurred_at, state)
);
CREATE INDEX idx_finding_state_changes_operation ON finding_state_changes (operation_id);
CREATE INDEX idx_finding_state_changes_system ON finding_state_changes (external_system_id);
COMMENT ON TABLE finding_state_changes IS 'Each time a finding was fixed or came back, by the scanner''s time, however late it was told; with first_found what the time to remediate is computed from.';
COMMENT ON COLUMN finding_state_changes.occurred_at IS 'When the scanner saw it (UTC).';

ALTER TABLE scan_plugins
  ADD COLUMN external_system_id integer REFERENCES external_systems (id);
CREATE INDEX idx_scan_plugins_external_system ON scan_plugins (external_system_id);
COMMENT ON COLUMN scan_plugins.external_system_id IS 'Whose text this is: of two sources the one with the later modification date, so that they do not take turns.';

CREATE TABLE compliance_results (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  result_key uuid NOT NULL CONSTRAINT compliance_results_once UNIQUE,
  asset_uuid uuid NOT NULL,
  audit_file text NOT NULL,
  check_id text NOT NULL,
  check_name text NOT NULL,
  status varchar(20) NOT NULL CHECK (status IN ('passed', 'failed', 'warning', 'skipped', 'error', 'unknown')),
  lifecycle_state varchar(20) CHECK (lifecycle_state IN ('open', 'reopened', 'fixed')),
  plugin_id varchar(50),
  check_info text,
  actual_value text,
  expected_value text,
  solution text,
  see_also text,
  benchmark text,
  profile text,
  control_references text[] NOT NULL DEFAULT '{}',
  first_seen timestamp,
  last_seen timestamp,
  last_fixed timestamp,
  reported_by integer[] NOT NULL DEFAULT '{}',
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_compliance_results_asset ON compliance_results (asset_uuid);
CREATE INDEX idx_compliance_results_operation ON compliance_results (operation_id);
CREATE INDEX idx_compliance_results_failed ON compliance_results (audit_file, check_id) WHERE status = 'failed';
COMMENT ON TABLE compliance_results IS 'What each check of an audit file came to on each asset; one row for asset, audit file and check (design section 4).';
COMMENT ON COLUMN compliance_results.result_key IS 'A UUID derived from asset, audit file and check id.';
COMMENT ON COLUMN compliance_results.control_references IS 'FRAMEWORK|ID, as 800-53|AC-3.';

CREATE TABLE imported_files (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  external_system_id integer NOT NULL REFERENCES external_systems (id),
  sha256 varchar(64) NOT NULL,
  file_name text NOT NULL,
  hosts integer NOT NULL,
  findings integer NOT NULL,
  is_partial boolean NOT NULL DEFAULT false,
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  imported_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT imported_files_once UNIQUE (external_system_id, sha256)
);
CREATE INDEX idx_imported_files_operation ON imported_files (operation_id);
COMMENT ON TABLE imported_files IS 'Scan files that were taken in, by content: the same file again changes nothing.';
COMMENT ON COLUMN imported_files.is_partial IS 'The file was broken, and its whole hosts were kept because somebody asked for it.';

CREATE TABLE scan_scopes (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sha256 varchar(64) NOT NULL CONSTRAINT scan_scopes_once UNIQUE,
  scope jsonb NOT NULL
);
COMMENT ON TABLE scan_scopes IS 'Which plugins a scan ran, as its file says; many scans share one.';
COMMENT ON COLUMN scan_scopes.scope IS 'Object: pluginIds (array of text, or null), families and plugins by name or id.';

CREATE TABLE scan_coverage (
  asset_uuid uuid NOT NULL,
  ended_at timestamp NOT NULL,
  scope_id integer NOT NULL REFERENCES scan_scopes (id),
  external_system_id integer NOT NULL REFERENCES external_systems (id),
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  PRIMARY KEY (asset_uuid, ended_at, scope_id)
);
CREATE INDEX idx_scan_coverage_scope ON scan_coverage (scope_id);
CREATE INDEX idx_scan_coverage_system ON scan_coverage (external_system_id);
CREATE INDEX idx_scan_coverage_operation ON scan_coverage (operation_id);
COMMENT ON TABLE scan_coverage IS 'Scans with credentials of an asset, from files: a finding whose plugin was run in one after it was last found is fixed since then, also if it is told of later.';
COMMENT ON COLUMN scan_coverage.ended_at IS 'When the scan of the asset ended (UTC).';

-- What a person asks first: what is severe and open for longest, and what is newest of it. They are a small share of all.
CREATE INDEX idx_ingestion_vulnerabilities_severe_since ON ingestion_vulnerabilities (first_found)
  WHERE lifecycle_state IN ('open', 'reopened') AND severity_rank >= 3;
CREATE INDEX idx_ingestion_vulnerabilities_severe_last ON ingestion_vulnerabilities (severity_rank, last_found)
  WHERE lifecycle_state IN ('open', 'reopened') AND severity_rank >= 3;
