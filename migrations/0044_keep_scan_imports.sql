-- What came in as scan files, by whatever way, and what became of each: also of those that were refused, which leave nothing else behind.

CREATE TABLE scan_imports (
  import_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  file_name varchar(255) NOT NULL,
  source_name varchar(50) NOT NULL,
  way varchar(20) NOT NULL CHECK (way IN ('upload', 'command')),
  bytes bigint,
  sha256 varchar(64),
  imported_by varchar(255) NOT NULL,
  imported_by_principal varchar(255),
  requested_at timestamptz NOT NULL DEFAULT now(),
  job_id uuid REFERENCES requested_jobs (job_id) ON DELETE SET NULL,
  ended_at timestamptz,
  outcome varchar(20) CHECK (outcome IN ('imported', 'already imported', 'partial', 'refused', 'cancelled')),
  files jsonb NOT NULL DEFAULT '[]',
  problem jsonb
);
CREATE INDEX idx_scan_imports_requested ON scan_imports (requested_at, import_id);
CREATE INDEX idx_scan_imports_job ON scan_imports (job_id);
COMMENT ON TABLE scan_imports IS 'Scan files as they were brought, one row each, with what became of them; an archive of several is one row.';
COMMENT ON COLUMN scan_imports.source_name IS 'The source that it is filed under, as it was named; the source is made by the first file of that name.';
COMMENT ON COLUMN scan_imports.way IS 'upload: over the API; command: from a path on the machine, once or from a watched folder.';
COMMENT ON COLUMN scan_imports.sha256 IS 'Of the bytes as they were brought; of an archive, not of what is in it (imported_files). Null for a command.';
COMMENT ON COLUMN scan_imports.imported_by IS 'A name as it was then; imported_by_principal is who it is.';
COMMENT ON COLUMN scan_imports.job_id IS 'The job that imports it; null for a command, and once the job is forgotten.';
COMMENT ON COLUMN scan_imports.outcome IS 'Null until it is over; of an archive the gravest, where not all came to the same: partial.';
COMMENT ON COLUMN scan_imports.files IS 'Array: what became of each file in it, as `import --json` has it.';
COMMENT ON COLUMN scan_imports.problem IS 'Object: code, message, remedy, fields. Why nothing of it could be read.';

INSERT INTO scan_imports (file_name, source_name, way, sha256, imported_by, requested_at, ended_at, outcome, files)
SELECT left(f.file_name, 255), s.system_name, 'command', f.sha256, 'unknown', f.imported_at, f.imported_at,
       CASE WHEN f.is_partial THEN 'partial' ELSE 'imported' END,
       jsonb_build_array(jsonb_build_object(
         'file', f.file_name, 'outcome', CASE WHEN f.is_partial THEN 'partial' ELSE 'imported' END, 'hosts', f.hosts, 'items', f.findings,
         'openPorts', 0, 'heldBecause', '[]'::jsonb, 'fixed', 0, 'newFindings', 0, 'cameBack', 0, 'operationId', f.operation_id,
         'counts', jsonb_build_object('read', 0, 'created', 0, 'updated', 0, 'unchanged', 0, 'held', 0, 'failed', 0)))
  FROM imported_files f JOIN external_systems s ON s.id = f.external_system_id;

ALTER TABLE tieline_events ADD COLUMN conflict_ids integer[];
COMMENT ON COLUMN tieline_events.conflict_ids IS 'Of an event about conflicts: which (sync_conflicts.id). Each reader is told of those in its own boundaries only.';
