-- Scans by which a scanner's server looks again at certain plugins on certain machines, and the findings that each is to verify.
-- Design sections 4 and 5.

CREATE TABLE remediation_scans (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  external_system_id integer NOT NULL REFERENCES external_systems (id),
  idempotency_key uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  name varchar(255) NOT NULL,
  targets text[] NOT NULL,
  plugin_ids text[] NOT NULL,
  state varchar(20) NOT NULL CHECK (state IN ('waiting', 'requested', 'created', 'launched', 'running', 'completed', 'failed', 'cancelled')),
  external_id varchar(255),
  attempts integer NOT NULL DEFAULT 0,
  started_at timestamptz,
  ended_at timestamptz,
  settled_at timestamptz,
  problem jsonb,
  plan_id uuid,
  requested_by varchar(255) NOT NULL,
  reason text,
  operation_id uuid NOT NULL REFERENCES ingestion_batches (batch_id),
  requested_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_remediation_scans_unfinished ON remediation_scans (external_system_id, id)
  WHERE state NOT IN ('completed', 'failed', 'cancelled');
CREATE INDEX idx_remediation_scans_external_system ON remediation_scans (external_system_id);
CREATE INDEX idx_remediation_scans_operation ON remediation_scans (operation_id);
COMMENT ON TABLE remediation_scans IS 'Scans that people asked for to verify what was patched; src/model/remediation-scan.ts has the states, sync_changes (entity remediation_scan) each change of them.';
COMMENT ON COLUMN remediation_scans.idempotency_key IS 'Stands in the scan''s name at the server, where it is looked for before anything is sent again.';
COMMENT ON COLUMN remediation_scans.targets IS 'Addresses or names, sorted.';
COMMENT ON COLUMN remediation_scans.plugin_ids IS 'Sorted.';
COMMENT ON COLUMN remediation_scans.external_id IS 'What the server calls the scan; null until the server is known to have it.';
COMMENT ON COLUMN remediation_scans.attempts IS 'How often its creation was sent; raised before it is, so that what may have arrived is looked up first.';
COMMENT ON COLUMN remediation_scans.started_at IS 'When the scan began, by the server''s clock.';
COMMENT ON COLUMN remediation_scans.ended_at IS 'When the scan ended, by the server''s clock.';
COMMENT ON COLUMN remediation_scans.settled_at IS 'When its end was seen here: findings read later show what came of it.';
COMMENT ON COLUMN remediation_scans.problem IS 'Object: message, remedy, fields. Why it failed, or why it does not go on yet.';
COMMENT ON COLUMN remediation_scans.plan_id IS 'The plan under which approval is asked for, as in sync_outbox.';
COMMENT ON COLUMN remediation_scans.operation_id IS 'The operation that asked for it.';

CREATE TABLE remediation_scan_findings (
  remediation_scan_id integer NOT NULL REFERENCES remediation_scans (id) ON DELETE CASCADE,
  vulnerability_id integer NOT NULL REFERENCES ingestion_vulnerabilities (id) ON DELETE CASCADE,
  state_before varchar(20) NOT NULL,
  PRIMARY KEY (remediation_scan_id, vulnerability_id)
);
CREATE INDEX idx_remediation_scan_findings_vulnerability ON remediation_scan_findings (vulnerability_id);
COMMENT ON TABLE remediation_scan_findings IS 'The findings that a remediation scan is to verify.';
COMMENT ON COLUMN remediation_scan_findings.state_before IS 'The finding''s lifecycle_state when the scan was asked for.';
