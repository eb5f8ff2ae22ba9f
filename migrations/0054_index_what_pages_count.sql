-- What the first page counts is counted from narrow indexes, not from the table of findings.

-- Whether a POA&M still has an open finding: asked of every POA&M.
CREATE INDEX idx_ingestion_vulnerabilities_answered ON ingestion_vulnerabilities (poam_id) INCLUDE (lifecycle_state) WHERE poam_id IS NOT NULL;

-- What was fixed lately, among all that was ever fixed.
CREATE INDEX idx_ingestion_vulnerabilities_fixed_at ON ingestion_vulnerabilities (last_fixed) INCLUDE (severity_rank, lifecycle_state)
  WHERE last_fixed IS NOT NULL AND finding_key IS NOT NULL;
