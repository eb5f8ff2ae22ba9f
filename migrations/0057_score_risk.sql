-- The risk score: what each plugin contributes to it, and what it comes to by boundary and plugin. That of an asset is in assets_extended.

ALTER TABLE vulnerability_intelligence
  ADD COLUMN severity_factor numeric(4,3),
  ADD COLUMN exploitability_factor numeric(4,3),
  ADD COLUMN reach_factor numeric(4,3),
  ADD COLUMN factor_reasons jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN vulnerability_intelligence.severity_factor IS 'Part of the risk score, 0 to 1 (docs/intelligence.md).';
COMMENT ON COLUMN vulnerability_intelligence.exploitability_factor IS 'Part of the risk score, 0 to 1: exploited is 1.';
COMMENT ON COLUMN vulnerability_intelligence.reach_factor IS 'Part of the risk score, 0 to 1: from where it can be attacked.';
COMMENT ON COLUMN vulnerability_intelligence.factor_reasons IS 'Of severity and exploitability: the rule that gave the factor, the CVE, and what it says.';

CREATE TABLE group_risks (
  system_id varchar(50) NOT NULL,
  plugin_id varchar(50) NOT NULL,
  risk_score numeric(5,2) NOT NULL,
  findings integer NOT NULL,
  assets integer NOT NULL,
  worst_asset uuid NOT NULL,
  assessed_at timestamptz NOT NULL,
  PRIMARY KEY (plugin_id, system_id)
);
CREATE INDEX idx_group_risks_system ON group_risks (system_id, risk_score DESC);
COMMENT ON TABLE group_risks IS 'The risk score of a group of findings: those of a plugin in a boundary. It is that of the worst of them.';
COMMENT ON COLUMN group_risks.system_id IS 'Empty: on assets that are in no boundary.';
COMMENT ON COLUMN group_risks.findings IS 'Open findings that count: neither informational nor accepted.';
COMMENT ON COLUMN group_risks.assessed_at IS 'When this row was set.';

CREATE TABLE risk_assessments (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  assessed_at timestamptz NOT NULL,
  cause varchar(20) NOT NULL CHECK (cause IN ('load', 'sync', 'import', 'command')),
  findings bigint NOT NULL,
  assets bigint NOT NULL,
  changed bigint NOT NULL
);
COMMENT ON TABLE risk_assessments IS 'When risk scores were computed, and how many changed.';
COMMENT ON COLUMN risk_assessments.findings IS 'Open findings that counted.';
COMMENT ON COLUMN risk_assessments.changed IS 'Assets whose score changed.';
