-- Lists of findings: pages by key in each order that is offered, counts and facets. Design section 7; measured by bench/read-lists.ts.

-- Open and fixed findings have indexes of their own, since after some years nearly all are fixed and the open ones are what is asked for. Each
-- row is in one half. Only findings of the record: rows that are identified, with a state and a severity.
CREATE INDEX idx_ingestion_vulnerabilities_open_severity ON ingestion_vulnerabilities (severity_rank, id)
  WHERE lifecycle_state IN ('open', 'reopened') AND finding_key IS NOT NULL;
CREATE INDEX idx_ingestion_vulnerabilities_fixed_severity ON ingestion_vulnerabilities (severity_rank, id)
  WHERE lifecycle_state = 'fixed' AND finding_key IS NOT NULL;
CREATE INDEX idx_ingestion_vulnerabilities_open_first ON ingestion_vulnerabilities (first_found, id)
  WHERE lifecycle_state IN ('open', 'reopened') AND finding_key IS NOT NULL;
CREATE INDEX idx_ingestion_vulnerabilities_fixed_first ON ingestion_vulnerabilities (first_found, id)
  WHERE lifecycle_state = 'fixed' AND finding_key IS NOT NULL;
CREATE INDEX idx_ingestion_vulnerabilities_open_last ON ingestion_vulnerabilities (last_found, id)
  WHERE lifecycle_state IN ('open', 'reopened') AND finding_key IS NOT NULL;
CREATE INDEX idx_ingestion_vulnerabilities_fixed_last ON ingestion_vulnerabilities (last_found, id)
  WHERE lifecycle_state = 'fixed' AND finding_key IS NOT NULL;

-- What is counted, and what some assets or plugins have, is read from these two and not from the rows, which are 20 times as large.
CREATE INDEX idx_ingestion_vulnerabilities_of_asset ON ingestion_vulnerabilities (asset_ref, plugin_id)
  INCLUDE (id, severity_rank, lifecycle_state, severity_modification, state, first_found, last_found, last_fixed, port, poam_id, control_id, reported_by)
  WHERE finding_key IS NOT NULL AND lifecycle_state IS NOT NULL;
CREATE INDEX idx_ingestion_vulnerabilities_of_plugin ON ingestion_vulnerabilities (plugin_id, asset_ref)
  INCLUDE (id, severity_rank, lifecycle_state, severity_modification, state, first_found, last_found, last_fixed, port, poam_id, control_id, reported_by)
  WHERE finding_key IS NOT NULL AND lifecycle_state IS NOT NULL;

-- What these two were for is served by those above.
DROP INDEX idx_ingestion_vulnerabilities_severe_since;
DROP INDEX idx_ingestion_vulnerabilities_severe_last;
