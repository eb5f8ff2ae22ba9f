-- A risk accepted at one server stays accepted when another, which knows of no rule, reports the finding. And a report that says what
-- the one before it said is known as such at once.

ALTER TABLE ingestion_vulnerabilities
  ADD COLUMN rule_reports jsonb,
  ADD COLUMN report_digest bigint;
COMMENT ON COLUMN ingestion_vulnerabilities.rule_reports IS 'What each external system last said of rules: by its id an array of modification (accepted, recast, none), severity rank and time of the report (UTC). Accepted by one is accepted.';
COMMENT ON COLUMN ingestion_vulnerabilities.report_digest IS 'Of the last report of the system in external_system_id: the same again is not compared field by field.';
