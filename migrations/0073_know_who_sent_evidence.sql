-- Who sent which file as evidence: only they, and who sees a deviation that has it, may name it; what nobody names is removed after a week.

CREATE TABLE evidence_uploads (
  sha256 varchar(64) NOT NULL REFERENCES stored_files (sha256) ON DELETE CASCADE,
  sent_by_principal varchar(255) NOT NULL,
  sent_at timestamptz NOT NULL,
  PRIMARY KEY (sha256, sent_by_principal)
);
CREATE INDEX idx_evidence_uploads_sent ON evidence_uploads (sent_by_principal, sent_at);
COMMENT ON TABLE evidence_uploads IS 'Files that people sent as evidence, by who sent them; of the same bytes the latest time.';
