-- Weakness rules as versioned rows, what they leave out, and which findings lie under which weakness.

CREATE TABLE weakness_rules (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  system_id varchar(50),
  version integer NOT NULL CHECK (version > 0),
  definition jsonb,
  reason text NOT NULL,
  changed_by varchar(255) NOT NULL,
  changed_by_principal varchar(100),
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  changed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT weakness_rules_default_defined CHECK (system_id IS NOT NULL OR definition IS NOT NULL)
);
CREATE UNIQUE INDEX weakness_rules_once ON weakness_rules (coalesce(system_id, ''), version);
CREATE INDEX idx_weakness_rules_operation ON weakness_rules (operation_id);
COMMENT ON TABLE weakness_rules IS 'Which findings make a weakness, and how they are grouped, by authorization boundary; every version is a row and none is altered. The highest version is in force.';
COMMENT ON COLUMN weakness_rules.system_id IS 'The boundary (ingestion_systems.system_id); null: the rule of every boundary that has none of its own.';
COMMENT ON COLUMN weakness_rules.version IS 'From 1, counted by boundary.';
COMMENT ON COLUMN weakness_rules.definition IS 'As src/canonical/weakness-rule has it; null: from this version on the boundary has the rule of all again.';
COMMENT ON COLUMN weakness_rules.changed_by_principal IS 'Who made the version: the principal, or local:… for the operator at the machine; null: it came with Tieline.';

INSERT INTO weakness_rules (system_id, version, definition, reason, changed_by) VALUES
  (NULL, 1, '{"grouping": "plugin", "compliance": "none", "checkSeverity": "High", "severitySource": "plugin", "floor": "High",
              "filters": {"tags": [], "networks": [], "ports": [], "families": [], "exploitAvailable": false, "minAgeDays": 0},
              "templates": {"description": null, "plan": null, "milestones": null}}',
   'high and critical findings, one weakness for each plugin and boundary', 'tieline');

CREATE TABLE weakness_exclusions (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  system_id varchar(50),
  plugin_id varchar(50),
  cve varchar(30),
  asset_uuid uuid,
  network varchar(50),
  tag varchar(400),
  reason text NOT NULL CHECK (length(btrim(reason)) > 0),
  expires_at timestamptz NOT NULL,
  excluded_by varchar(255) NOT NULL,
  excluded_by_principal varchar(100) NOT NULL,
  excluded_at timestamptz NOT NULL,
  ended_at timestamptz,
  ended_by varchar(255),
  ended_reason text,
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  CONSTRAINT weakness_exclusions_name_something CHECK (num_nonnulls(plugin_id, cve, asset_uuid, network, tag) > 0),
  CONSTRAINT weakness_exclusions_end_later CHECK (expires_at > excluded_at)
);
CREATE INDEX idx_weakness_exclusions_system ON weakness_exclusions (system_id);
CREATE INDEX idx_weakness_exclusions_operation ON weakness_exclusions (operation_id);
COMMENT ON TABLE weakness_exclusions IS 'Findings that make no weakness until a day, with the reason. All that a row names must be true of a finding.';
COMMENT ON COLUMN weakness_exclusions.system_id IS 'The boundary in which it holds; null: in all.';
COMMENT ON COLUMN weakness_exclusions.network IS 'In CIDR notation.';
COMMENT ON COLUMN weakness_exclusions.tag IS 'As category:value, in lower case.';
COMMENT ON COLUMN weakness_exclusions.ended_at IS 'When a person ended it before its day; null: nobody has.';

ALTER TABLE weaknesses DROP CONSTRAINT weaknesses_grouping_check;
ALTER TABLE weaknesses ADD CONSTRAINT weaknesses_grouping_check CHECK (grouping IN ('plugin', 'cve', 'solution', 'asset', 'plugin_asset', 'check'));
ALTER TABLE weaknesses
  ADD COLUMN rule_id integer,
  ADD COLUMN title text,
  ADD COLUMN plugin_id varchar(50);
COMMENT ON COLUMN weaknesses.grouping IS 'By what its findings belong together: a word of src/canonical/weakness-rule.';
COMMENT ON COLUMN weaknesses.identifier IS 'Of what it is grouped by: the plugin; the CVE; solution and a digest of its text; plugin and asset; a digest of audit file and check. A finding without CVE or solution is grouped by plugin and number.';
COMMENT ON COLUMN weaknesses.rule_id IS 'weakness_rules.id of the version under which it was last looked at; null: not since rules have versions.';
COMMENT ON COLUMN weaknesses.title IS 'What it is called, where it is not grouped by plugin; else the name of the plugin says it.';
COMMENT ON COLUMN weaknesses.plugin_id IS 'A plugin that reports it: of several the first; null for checks of an audit that has none, and where it is the identifier.';

CREATE TABLE weakness_findings (
  weakness_id integer NOT NULL REFERENCES weaknesses (id) ON DELETE CASCADE,
  finding_id integer NOT NULL REFERENCES ingestion_vulnerabilities (id) ON DELETE CASCADE,
  PRIMARY KEY (weakness_id, finding_id)
);
CREATE INDEX idx_weakness_findings_finding ON weakness_findings (finding_id, weakness_id);
COMMENT ON TABLE weakness_findings IS 'Which findings lie under which weakness: of one boundary a finding is under one. A fixed finding stays. ingestion_vulnerabilities.poam_id is the POA&M of the main boundary of its asset, for readers that know one.';

CREATE TABLE weakness_checks (
  weakness_id integer NOT NULL REFERENCES weaknesses (id) ON DELETE CASCADE,
  result_id bigint NOT NULL REFERENCES compliance_results (id) ON DELETE CASCADE,
  PRIMARY KEY (weakness_id, result_id)
);
CREATE INDEX idx_weakness_checks_result ON weakness_checks (result_id, weakness_id);
COMMENT ON TABLE weakness_checks IS 'The same of compliance results that make a weakness.';

CREATE TABLE poam_rules (
  poam_id varchar(50) PRIMARY KEY,
  rule_id integer NOT NULL REFERENCES weakness_rules (id),
  made_at timestamptz NOT NULL
);
CREATE INDEX idx_poam_rules_rule ON poam_rules (rule_id);
COMMENT ON TABLE poam_rules IS 'Under which version of which weakness rule Tieline made a POA&M. One that was made before rules had versions, or by others, has no row.';
COMMENT ON COLUMN poam_rules.poam_id IS 'ingestion_poams.poam_id.';

CREATE TABLE weakness_excluded (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  exclusion_id integer NOT NULL REFERENCES weakness_exclusions (id) ON DELETE CASCADE,
  system_id varchar(50) NOT NULL,
  finding_id integer REFERENCES ingestion_vulnerabilities (id) ON DELETE CASCADE,
  result_id bigint REFERENCES compliance_results (id) ON DELETE CASCADE,
  CONSTRAINT weakness_excluded_one CHECK (num_nonnulls(finding_id, result_id) = 1)
);
CREATE INDEX idx_weakness_excluded_exclusion ON weakness_excluded (exclusion_id, id);
CREATE INDEX idx_weakness_excluded_finding ON weakness_excluded (finding_id);
CREATE INDEX idx_weakness_excluded_result ON weakness_excluded (result_id);
CREATE INDEX idx_weakness_excluded_system ON weakness_excluded (system_id);
COMMENT ON TABLE weakness_excluded IS 'Which open findings make no weakness because of an exclusion, as of the last sync or the last change of an exclusion: what the rule would name otherwise.';
