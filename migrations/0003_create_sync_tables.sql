-- What Tieline needs beside the plan's tables: links, journal, outbox, read positions, plugin text stored once,
-- identifiers and correlation, weaknesses. Design sections 4, 5 and 7. Times here are timestamptz.

-- Further columns on the owner's tables. All are nullable: the owner's inserts go on as before, and rows that were
-- there before Tieline stay valid.

ALTER TABLE ingestion_assets
  ADD COLUMN terminated_at timestamp,
  ADD COLUMN deleted_at timestamp;
COMMENT ON COLUMN ingestion_assets.terminated_at IS 'When Tenable saw the cloud instance end (UTC); the asset is retired, never deleted here.';
COMMENT ON COLUMN ingestion_assets.deleted_at IS 'When a user deleted the asset in Tenable (UTC); the asset is retired, never deleted here.';

ALTER TABLE ingestion_vulnerabilities
  ADD COLUMN finding_key uuid,
  ADD COLUMN port integer,
  ADD COLUMN protocol varchar(20),
  ADD COLUMN service varchar(100),
  ADD COLUMN lifecycle_state varchar(20) CONSTRAINT ingestion_vulnerabilities_lifecycle_state_known
    CHECK (lifecycle_state IN ('open', 'reopened', 'fixed')),
  ADD COLUMN severity_modification varchar(20),
  ADD COLUMN last_fixed timestamp,
  ADD COLUMN resurfaced_at timestamp,
  ADD COLUMN external_system_id integer REFERENCES external_systems (id);
COMMENT ON COLUMN ingestion_vulnerabilities.finding_key IS 'Identity of the finding: a UUID derived from asset, plugin, port and protocol. Null on a row that Tieline has not linked yet; of several old rows with the same four parts one bears the key.';
COMMENT ON COLUMN ingestion_vulnerabilities.lifecycle_state IS 'open, reopened or fixed, as Tenable says. The column state keeps the words its readers know (Open for both open and reopened).';
COMMENT ON COLUMN ingestion_vulnerabilities.severity_modification IS 'none, recast or accepted: whether a rule in Tenable changed the severity.';
COMMENT ON COLUMN ingestion_vulnerabilities.resurfaced_at IS 'When a fixed finding was last seen again (UTC).';
CREATE UNIQUE INDEX idx_ingestion_vulnerabilities_finding_key ON ingestion_vulnerabilities (finding_key);
CREATE INDEX idx_ingestion_vulnerabilities_external_system ON ingestion_vulnerabilities (external_system_id)
  WHERE external_system_id IS NOT NULL;
-- The weakness rule reads open, severe findings only; they are a small share of all.
CREATE INDEX idx_ingestion_vulnerabilities_actionable ON ingestion_vulnerabilities (asset_uuid, plugin_id)
  WHERE lifecycle_state IN ('open', 'reopened') AND severity IN ('High', 'Critical');

ALTER TABLE ingestion_poams
  ADD COLUMN external_uid varchar(100),
  ADD COLUMN security_control varchar(100),
  ADD COLUMN poc varchar(255),
  ADD COLUMN original_detection_date date,
  ADD COLUMN actual_completion date,
  ADD COLUMN deviation_rationale text,
  ADD COLUMN threat_relevance varchar(50),
  ADD COLUMN cost_estimate varchar(100);
COMMENT ON COLUMN ingestion_poams.external_uid IS 'The integrator''s key of this POA&M in the GRC system; the idempotency key of its creation where Tieline made it.';
COMMENT ON COLUMN ingestion_poams.original_detection_date IS 'Never moves, whatever happens to the due date.';
CREATE INDEX idx_ingestion_poams_external_uid ON ingestion_poams (external_uid) WHERE external_uid IS NOT NULL;

-- Plugins -------------------------------------------------------------------------------------------------------

CREATE TABLE scan_plugins (
  plugin_id varchar(50) PRIMARY KEY,
  name text NOT NULL,
  family text,
  synopsis text,
  description text,
  solution text,
  risk_factor varchar(20),
  cvss_base_score numeric(4,2),
  cvss_vector text,
  cvss3_base_score numeric(4,2),
  cvss3_vector text,
  vpr_score numeric(4,2),
  epss_score numeric(7,6),
  cves text[] NOT NULL DEFAULT '{}',
  cross_references text[] NOT NULL DEFAULT '{}',
  see_also text[] NOT NULL DEFAULT '{}',
  exploit_available boolean,
  has_patch boolean,
  published_at timestamptz,
  modified_at timestamptz,
  patch_published_at timestamptz,
  raw_json jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE scan_plugins IS 'What every finding of a plugin shares, stored once (design section 4).';
COMMENT ON COLUMN scan_plugins.epss_score IS 'A share from 0 to 1; Tenable VM reports percent.';
COMMENT ON COLUMN scan_plugins.raw_json IS 'The plugin block as it came.';

-- Links, journal, outbox, reads -----------------------------------------------------------------------------------

CREATE TABLE sync_links (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  external_system_id integer NOT NULL REFERENCES external_systems (id),
  entity_type varchar(50) NOT NULL,
  entity_id varchar(255) NOT NULL,
  external_id varchar(255) NOT NULL,
  base jsonb NOT NULL DEFAULT '{}',
  remote_version varchar(255),
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  linked_at timestamptz NOT NULL DEFAULT now(),
  confirmed_at timestamptz NOT NULL DEFAULT now(),
  retired_at timestamptz,
  CONSTRAINT sync_links_external_once UNIQUE (external_system_id, entity_type, external_id)
);
CREATE INDEX idx_sync_links_entity ON sync_links (entity_type, entity_id);
CREATE INDEX idx_sync_links_operation ON sync_links (operation_id);
COMMENT ON TABLE sync_links IS 'Pairs one internal record with one external record; never two links to one external record (design section 5).';
COMMENT ON COLUMN sync_links.base IS 'The values both sides last agreed on, in canonical form.';
COMMENT ON COLUMN sync_links.remote_version IS 'ETag, version number or modified time that the remote gave with the base.';
COMMENT ON COLUMN sync_links.confirmed_at IS 'When the remote last showed or confirmed the base.';
COMMENT ON COLUMN sync_links.retired_at IS 'Set when one side ended for good (terminated or deleted asset); the row is kept.';

CREATE TABLE sync_changes (
  id bigint GENERATED ALWAYS AS IDENTITY,
  operation_id uuid NOT NULL REFERENCES ingestion_batches (batch_id),
  external_system_id integer REFERENCES external_systems (id),
  entity_type varchar(50) NOT NULL,
  entity_id varchar(255) NOT NULL,
  field_name varchar(100),
  before_value jsonb,
  after_value jsonb,
  direction varchar(20) NOT NULL CHECK (direction IN ('inbound', 'outbound', 'internal')),
  decided_by varchar(255) NOT NULL,
  reason text,
  changed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id, changed_at)
) PARTITION BY RANGE (changed_at);
CREATE TABLE sync_changes_default PARTITION OF sync_changes DEFAULT;
CREATE INDEX idx_sync_changes_entity ON sync_changes (entity_type, entity_id, changed_at);
CREATE INDEX idx_sync_changes_operation ON sync_changes (operation_id);
CREATE INDEX idx_sync_changes_external_system ON sync_changes (external_system_id);
COMMENT ON TABLE sync_changes IS 'The journal: one row for each change of a field, or of a whole record where field_name is null. Kept for ever by default.';
COMMENT ON TABLE sync_changes_default IS 'Journal rows whose month has no partition of its own; normally empty.';
COMMENT ON COLUMN sync_changes.field_name IS 'Null: the record as a whole was created, linked or retired.';
COMMENT ON COLUMN sync_changes.decided_by IS 'A rule of Tieline (rule:…) or a user name.';

CREATE TABLE sync_outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  external_system_id integer NOT NULL REFERENCES external_systems (id),
  entity_type varchar(50) NOT NULL,
  entity_id varchar(255) NOT NULL,
  change_kind varchar(20) NOT NULL CHECK (change_kind IN ('create', 'update')),
  external_id varchar(255),
  parent_external_id varchar(255),
  base_version varchar(255),
  payload jsonb NOT NULL,
  idempotency_key varchar(100) NOT NULL,
  operation_id uuid NOT NULL REFERENCES ingestion_batches (batch_id),
  state varchar(20) NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'confirmed', 'failed')),
  attempts integer NOT NULL DEFAULT 0,
  reason text NOT NULL,
  failure jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  sent_at timestamptz,
  settled_at timestamptz,
  CONSTRAINT sync_outbox_key_once UNIQUE (external_system_id, idempotency_key)
);
CREATE INDEX idx_sync_outbox_open ON sync_outbox (external_system_id, id) WHERE state IN ('pending', 'sent');
CREATE INDEX idx_sync_outbox_entity ON sync_outbox (entity_type, entity_id);
CREATE INDEX idx_sync_outbox_operation ON sync_outbox (operation_id);
COMMENT ON TABLE sync_outbox IS 'Outbound work, written in the transaction of the decision. pending, then sent (it may have arrived: look it up before sending again), then confirmed, or failed with the reason.';
COMMENT ON COLUMN sync_outbox.payload IS 'The canonical fields to write; mapped to the remote''s spelling when sent.';
COMMENT ON COLUMN sync_outbox.idempotency_key IS 'Derived from the record and its target values: the same change always bears the same key.';
COMMENT ON COLUMN sync_outbox.reason IS 'Why Tieline writes this, for the plan and the audit.';
COMMENT ON COLUMN sync_outbox.failure IS 'What the remote answered: outcome, message and field messages.';

CREATE TABLE sync_reads (
  external_system_id integer NOT NULL REFERENCES external_systems (id),
  entity_type varchar(50) NOT NULL,
  mark text,
  mark_set_at timestamptz,
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  position jsonb,
  PRIMARY KEY (external_system_id, entity_type)
);
CREATE INDEX idx_sync_reads_operation ON sync_reads (operation_id);
COMMENT ON TABLE sync_reads IS 'How far each entity of each system was read.';
COMMENT ON COLUMN sync_reads.mark IS 'Where the next incremental read starts; moves only when a read is complete and everything it covers is stored.';
COMMENT ON COLUMN sync_reads.operation_id IS 'The unfinished read, if any; its position is committed with the records it covers.';

-- Identity and correlation ---------------------------------------------------------------------------------------

CREATE TABLE system_components (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  external_system_id integer NOT NULL REFERENCES external_systems (id),
  component_id varchar(255) NOT NULL,
  system_id varchar(50) NOT NULL REFERENCES ingestion_systems (system_id),
  name varchar(255) NOT NULL,
  component_type varchar(100),
  description text,
  operating_system varchar(255),
  business_owner varchar(255),
  technical_owner varchar(255),
  raw_json jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT system_components_external_once UNIQUE (external_system_id, component_id)
);
CREATE INDEX idx_system_components_system ON system_components (system_id);
COMMENT ON TABLE system_components IS 'Hardware and software of an authorized system, as the GRC system lists it.';

CREATE TABLE asset_identifiers (
  asset_uuid uuid NOT NULL REFERENCES ingestion_assets (asset_uuid) ON DELETE CASCADE,
  kind varchar(30) NOT NULL,
  value varchar(255) NOT NULL,
  PRIMARY KEY (asset_uuid, kind, value)
);
CREATE INDEX idx_asset_identifiers_value ON asset_identifiers (kind, value);
COMMENT ON TABLE asset_identifiers IS 'What an asset is known by, normalised for comparison (lower case, MAC with colons, UUID without dashes).';

CREATE TABLE component_identifiers (
  component_id integer NOT NULL REFERENCES system_components (id) ON DELETE CASCADE,
  kind varchar(30) NOT NULL,
  value varchar(255) NOT NULL,
  PRIMARY KEY (component_id, kind, value)
);
CREATE INDEX idx_component_identifiers_value ON component_identifiers (kind, value);
COMMENT ON TABLE component_identifiers IS 'What a component is known by, normalised like asset_identifiers.';

CREATE TABLE asset_correlations (
  asset_uuid uuid NOT NULL REFERENCES ingestion_assets (asset_uuid) ON DELETE CASCADE,
  component_id integer NOT NULL REFERENCES system_components (id) ON DELETE CASCADE,
  decision varchar(20) NOT NULL CHECK (decision IN ('linked', 'review', 'rejected')),
  score numeric(6,2) NOT NULL,
  evidence jsonb NOT NULL,
  reason text NOT NULL,
  decided_by varchar(255) NOT NULL,
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  decided_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (asset_uuid, component_id)
);
CREATE INDEX idx_asset_correlations_component ON asset_correlations (component_id);
CREATE INDEX idx_asset_correlations_decision ON asset_correlations (decision);
CREATE INDEX idx_asset_correlations_operation ON asset_correlations (operation_id);
COMMENT ON TABLE asset_correlations IS 'Candidates that share an identifier, what was decided about each, and on what evidence.';
COMMENT ON COLUMN asset_correlations.evidence IS 'Array of {kind, value, weight, note}: what both sides share and what it counted.';

-- Weaknesses -----------------------------------------------------------------------------------------------------

CREATE TABLE weaknesses (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  system_id varchar(50) NOT NULL REFERENCES ingestion_systems (system_id),
  grouping varchar(20) NOT NULL DEFAULT 'plugin' CHECK (grouping IN ('plugin', 'cve', 'solution', 'asset')),
  identifier varchar(255) NOT NULL,
  severity varchar(20) NOT NULL,
  detected_on date NOT NULL,
  due_on date NOT NULL,
  due_reason text NOT NULL,
  controls text[] NOT NULL DEFAULT '{}',
  control_reason text NOT NULL,
  poam_id integer REFERENCES ingestion_poams (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT weaknesses_once UNIQUE (system_id, grouping, identifier)
);
CREATE INDEX idx_weaknesses_poam ON weaknesses (poam_id);
COMMENT ON TABLE weaknesses IS 'One weakness of one system, grouped from its findings by rule; each has at most one POA&M (design section 7).';
COMMENT ON COLUMN weaknesses.detected_on IS 'First found among the findings when the weakness was recognised; never moves.';
COMMENT ON COLUMN weaknesses.due_reason IS 'The policy, version and days that gave the due date.';

CREATE TABLE control_rules (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  priority integer NOT NULL,
  match_field varchar(20) NOT NULL CHECK (match_field IN ('plugin_id', 'family', 'name', 'any')),
  pattern text NOT NULL,
  controls text[] NOT NULL,
  source text NOT NULL,
  CONSTRAINT control_rules_once UNIQUE (match_field, pattern)
);
COMMENT ON TABLE control_rules IS 'Ties weaknesses to NIST SP 800-53 controls; the lowest priority number that matches wins. Ships with defaults, to be edited.';
COMMENT ON COLUMN control_rules.pattern IS 'A case-insensitive regular expression over the named plugin field; for plugin_id the id itself.';

INSERT INTO control_rules (priority, match_field, pattern, controls, source) VALUES
  (100, 'name', 'unsupported|end.of.life|seol', '{SA-22,SI-2}', 'unsupported software (reference/grc.md, Controls)'),
  (110, 'name', 'default (credential|password|account)|blank password|null session|anonymous', '{IA-5,AC-2}', 'accounts and default credentials (reference/grc.md, Controls)'),
  (120, 'name', 'ssl|tls|cipher|certificate|weak (key|hash)|cbc mode|rc4|sweet32', '{SC-13,SC-8}', 'weak cryptography (reference/grc.md, Controls)'),
  (130, 'name', 'audit|logging|syslog', '{AU-2,AU-12}', 'missing logging (reference/grc.md, Controls)'),
  (140, 'name', 'telnet|ftp server|rlogin|rsh service|exposed|unrestricted', '{SC-7,CM-7}', 'exposed services (reference/grc.md, Controls)'),
  (200, 'family', 'policy compliance|settings', '{CM-6,CM-7}', 'configuration findings (reference/grc.md, Controls)'),
  (210, 'family', 'local security checks|microsoft bulletins', '{SI-2,RA-5}', 'local security checks are flaw remediation (reference/grc.md, Controls)'),
  (900, 'any', '.*', '{SI-2,RA-5}', 'every vulnerability bears first on flaw remediation and vulnerability monitoring (reference/grc.md, Controls)');
