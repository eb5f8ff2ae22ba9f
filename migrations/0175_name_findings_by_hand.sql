-- A contradiction about findings that the rule of their boundary does not name any more can be answered by a new POA&M.

CREATE TABLE weakness_named_findings (
  finding_id integer NOT NULL REFERENCES ingestion_vulnerabilities (id) ON DELETE CASCADE,
  system_id varchar(50) NOT NULL,
  conflict_id bigint,
  named_by varchar(255) NOT NULL,
  named_at timestamptz NOT NULL,
  PRIMARY KEY (finding_id, system_id)
);
COMMENT ON TABLE weakness_named_findings IS 'Findings that a person wants a POA&M for, whatever the floor and filters of the rule of their boundary say: they answered the contradiction of a completed POA&M by a new one. It holds until the finding is fixed: one that is found again is for the rule to name.';
COMMENT ON COLUMN weakness_named_findings.system_id IS 'ingestion_systems.system_id of the boundary.';
COMMENT ON COLUMN weakness_named_findings.conflict_id IS 'sync_conflicts.id of the contradiction.';
