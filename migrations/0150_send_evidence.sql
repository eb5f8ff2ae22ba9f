-- Files of evidence go to the GRC system as artifacts of their POA&M.

CREATE TABLE poam_artifacts (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  poam_id varchar(50) NOT NULL,
  sha256 varchar(64) NOT NULL REFERENCES stored_files (sha256),
  file_name varchar(255) NOT NULL,
  description varchar(2000),
  purpose varchar(20) NOT NULL CONSTRAINT poam_artifacts_purpose_known CHECK (purpose IN ('closure', 'deviation')),
  deviation_id integer REFERENCES deviations (id),
  added_by varchar(255) NOT NULL,
  added_at timestamptz NOT NULL,
  artifact_id varchar(100),
  delivered_by varchar(255),
  delivered_at timestamptz,
  unsent_code varchar(20) CONSTRAINT poam_artifacts_unsent_known CHECK (unsent_code IN ('no_endpoint', 'no_mapping', 'policy')),
  unsent_since timestamptz,
  CONSTRAINT poam_artifacts_once UNIQUE (poam_id, sha256),
  CONSTRAINT poam_artifacts_unsent_dated CHECK ((unsent_code IS NULL) = (unsent_since IS NULL)),
  CONSTRAINT poam_artifacts_delivery_signed CHECK ((delivered_by IS NULL) = (delivered_at IS NULL))
);
CREATE INDEX idx_poam_artifacts_sha256 ON poam_artifacts (sha256);
CREATE INDEX idx_poam_artifacts_deviation ON poam_artifacts (deviation_id);
CREATE INDEX idx_poam_artifacts_unsent ON poam_artifacts (id) WHERE artifact_id IS NULL;
COMMENT ON TABLE poam_artifacts IS 'Files of evidence of POA&Ms as the GRC system is to have them: one row for each file of a POA&M.';
COMMENT ON COLUMN poam_artifacts.poam_id IS 'Of ingestion_poams, by name: evidence outlives the POA&M.';
COMMENT ON COLUMN poam_artifacts.purpose IS 'closure: what the POA&M was closed on; deviation: what a deviation was asked for with.';
COMMENT ON COLUMN poam_artifacts.artifact_id IS 'What the GRC system calls it; null: it does not have the file.';
COMMENT ON COLUMN poam_artifacts.delivered_by IS 'Who took the file there by hand, where the GRC system takes none from Tieline.';
COMMENT ON COLUMN poam_artifacts.unsent_code IS 'Why it does not go to the GRC system that has the POA&M: a row of the inbox until it does, or somebody took it there. src/record/artifacts.';

-- What living deviations were asked for with.
INSERT INTO poam_artifacts (poam_id, sha256, file_name, description, purpose, deviation_id, added_by, added_at)
SELECT DISTINCT ON (d.poam_id, f.sha256) d.poam_id, f.sha256, f.file_name, 'Evidence of deviation ' || d.id, 'deviation', d.id, f.added_by, f.added_at
  FROM deviation_files f
  JOIN deviations d ON d.id = f.deviation_id AND d.state IN ('requested', 'approved')
 ORDER BY d.poam_id, f.sha256, d.id;

-- One file is one artifact of a server.
CREATE UNIQUE INDEX idx_sync_links_artifact_once ON sync_links (external_system_id, entity_id) WHERE retired_at IS NULL AND entity_type = 'artifact';

ALTER TABLE poam_lives ADD COLUMN evidence_file_due boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN poam_lives.evidence_file_due IS 'It was closed on its evidence, and the file of it is still to be written.';
