-- A file that was sent and is gone, or is another one, in the GRC system is noticed, and a person decides about it.

ALTER TABLE poam_artifacts
  ADD COLUMN differs_since timestamptz,
  ADD COLUMN other_sha256 varchar(64),
  ADD COLUMN accepted_by varchar(255),
  ADD COLUMN accepted_at timestamptz,
  ADD COLUMN replaced_by varchar(255),
  ADD COLUMN replaced_at timestamptz;
ALTER TABLE poam_artifacts
  ADD CONSTRAINT poam_artifacts_difference_known CHECK (differs_since IS NOT NULL OR (other_sha256 IS NULL AND accepted_at IS NULL AND replaced_at IS NULL)),
  ADD CONSTRAINT poam_artifacts_acceptance_signed CHECK ((accepted_by IS NULL) = (accepted_at IS NULL)),
  ADD CONSTRAINT poam_artifacts_replacement_signed CHECK ((replaced_by IS NULL) = (replaced_at IS NULL));
-- What was sent again is another row; the one that was lost stays as it was.
CREATE UNIQUE INDEX idx_poam_artifacts_once ON poam_artifacts (poam_id, sha256) WHERE replaced_at IS NULL;
ALTER TABLE poam_artifacts DROP CONSTRAINT poam_artifacts_once;
CREATE INDEX idx_poam_artifacts_differing ON poam_artifacts (poam_id) WHERE differs_since IS NOT NULL;
COMMENT ON COLUMN poam_artifacts.differs_since IS 'When a sync noticed that the GRC system has it no more, or has another file in its place; null: it is there as it was sent.';
COMMENT ON COLUMN poam_artifacts.other_sha256 IS 'The hash of what the GRC system has in its place; null beside differs_since: it is gone there.';
COMMENT ON COLUMN poam_artifacts.accepted_by IS 'Who accepted that it is gone, or another one, there.';
COMMENT ON COLUMN poam_artifacts.replaced_by IS 'Who had it sent again: as another row, which is an artifact of its own there.';
