-- A scan with credentials that does not show a finding says that it was gone then, in whatever order files and chunks are told. So the
-- times at which a finding was seen are kept, and what is concluded of them is told from what a source reported. Design section 4.

ALTER TABLE ingestion_vulnerabilities
  ADD COLUMN seen_at timestamp[];
COMMENT ON COLUMN ingestion_vulnerabilities.seen_at IS 'When sources have seen the finding (UTC), the latest 400 times: what tells a scan that showed it from one that did not, also when that scan is told of late.';

ALTER TABLE finding_state_changes
  ADD COLUMN is_concluded boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN finding_state_changes.is_concluded IS 'Not reported by a source but concluded from scans with credentials (scan_coverage); concluded anew when more is told.';
CREATE INDEX idx_finding_state_changes_concluded ON finding_state_changes (vulnerability_id) WHERE is_concluded;
