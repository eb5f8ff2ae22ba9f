-- Work on findings: who does it (a person or a team), until when, how far it is, and whether a later scan proves it.
-- One row of ours a finding; rows that the host application made (without updated_at) stay as they are and are not read. `ingestion_vulnerabilities.remediation_*` repeat it for those who read that table.

ALTER TABLE vulnerability_remediation
  ADD COLUMN assigned_principal_id uuid REFERENCES principals (id),
  ADD COLUMN assigned_team_id uuid REFERENCES teams (id),
  ADD COLUMN fix_reported_at timestamptz,
  ADD COLUMN fix_reported_by varchar(255),
  ADD COLUMN validated_at timestamptz,
  ADD COLUMN note text,
  ADD COLUMN updated_at timestamptz,
  ADD COLUMN updated_by varchar(255);
ALTER TABLE vulnerability_remediation ADD CONSTRAINT vulnerability_remediation_of_one CHECK (
  num_nonnulls(assigned_principal_id, assigned_team_id) <= 1
);
CREATE UNIQUE INDEX idx_vulnerability_remediation_once ON vulnerability_remediation (vulnerability_id) WHERE updated_at IS NOT NULL;
CREATE INDEX idx_vulnerability_remediation_person ON vulnerability_remediation (assigned_principal_id)
  WHERE assigned_principal_id IS NOT NULL;
CREATE INDEX idx_vulnerability_remediation_team ON vulnerability_remediation (assigned_team_id)
  WHERE assigned_team_id IS NOT NULL;
COMMENT ON COLUMN vulnerability_remediation.remediation_status IS 'open, in_progress, blocked, fix_reported (its owner says that it is fixed), fixed (a scan showed it): src/canonical/vocabulary/remediation.ts.';
COMMENT ON COLUMN vulnerability_remediation.validation_status IS 'What a scan says of a fix: waiting, shown_fixed, refuted (a scan after the report still saw it, or it came back); null: none was reported.';
COMMENT ON COLUMN vulnerability_remediation.assigned_principal_id IS 'The person who works on it; leads over assigned_to, which is the same person among the owner''s users, where known.';
COMMENT ON COLUMN vulnerability_remediation.assigned_team_id IS 'The team that works on it, in place of a person.';
COMMENT ON COLUMN vulnerability_remediation.fix_reported_at IS 'When its owner reported it fixed: a scan proves that only if it began later. Null again once a scan refuted it.';
COMMENT ON COLUMN vulnerability_remediation.fix_reported_by IS 'Who reported it, as a name of that time.';
COMMENT ON COLUMN vulnerability_remediation.validated_at IS 'The time of the sighting or fix by which validation_status was decided.';
COMMENT ON COLUMN vulnerability_remediation.note IS 'What its owner says, such as why it is blocked.';
COMMENT ON COLUMN vulnerability_remediation.updated_at IS 'When it was changed last; null: a row that Tieline did not make.';
COMMENT ON COLUMN vulnerability_remediation.updated_by IS 'A name; null where a scan decided.';
