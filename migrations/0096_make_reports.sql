-- Reports: what they froze of the record, what came of them, who may read them, and what is made by itself.

CREATE TABLE report_snapshots (
  sha256 varchar(64) PRIMARY KEY REFERENCES stored_files (sha256),
  taken_at timestamptz NOT NULL,
  report_type varchar(100) NOT NULL,
  everywhere boolean NOT NULL,
  system_ids text[] NOT NULL DEFAULT '{}',
  unassigned boolean NOT NULL DEFAULT false,
  keep_until timestamptz NOT NULL
);
CREATE INDEX idx_report_snapshots_keep ON report_snapshots (keep_until);
COMMENT ON TABLE report_snapshots IS 'The rows that reports used, frozen: a file of the store, named by its hash. The same snapshot and parameters give the same report.';
COMMENT ON COLUMN report_snapshots.taken_at IS 'The moment that it shows.';
COMMENT ON COLUMN report_snapshots.report_type IS 'The kind of report for which it was taken (src/modules/reports/kinds.ts): it holds what that needs.';
COMMENT ON COLUMN report_snapshots.everywhere IS 'Whether it covers every boundary, and what is in none; else system_ids and unassigned say what it covers.';
COMMENT ON COLUMN report_snapshots.keep_until IS 'Until when it is kept at least; longer while a report of it is.';

ALTER TABLE report_templates
  ADD COLUMN title varchar(255),
  ADD COLUMN is_shipped boolean NOT NULL DEFAULT false,
  ADD COLUMN system_id varchar(50),
  ADD COLUMN owner_principal varchar(255),
  ADD COLUMN owner_name varchar(255),
  ADD COLUMN next_run_at timestamptz,
  ADD COLUMN last_run_at timestamptz,
  ADD COLUMN last_outcome jsonb;
CREATE INDEX idx_report_templates_due ON report_templates (next_run_at) WHERE next_run_at IS NOT NULL;
COMMENT ON COLUMN report_templates.template_type IS 'The kind of report (src/modules/reports/kinds.ts), which says what it holds and how it is made.';
COMMENT ON COLUMN report_templates.template_definition IS 'Object: keepDays, for how long its reports are kept; question, what it answers.';
COMMENT ON COLUMN report_templates.schedule_config IS 'When it is produced by itself: object of cron (five fields, UTC) and the parameters as they were given; null means on demand only.';
COMMENT ON COLUMN report_templates.is_shipped IS 'Whether it came with the product: such a one is never changed, and has no schedule.';
COMMENT ON COLUMN report_templates.system_id IS 'The authorization boundary that a scheduled one is about; null: everything that its owner may see.';
COMMENT ON COLUMN report_templates.owner_principal IS 'With whose rights it runs: the key of an account. It does nothing once these are gone, and says so.';
COMMENT ON COLUMN report_templates.last_outcome IS 'What its last run came to: object of report, or of code and message.';

ALTER TABLE generated_reports
  ADD COLUMN report_type varchar(100),
  ADD COLUMN report_format varchar(20),
  ADD COLUMN media_type varchar(255),
  ADD COLUMN file_name varchar(255),
  ADD COLUMN snapshot_sha256 varchar(64) REFERENCES report_snapshots (sha256) ON DELETE SET NULL,
  ADD COLUMN data_as_of timestamptz,
  ADD COLUMN everywhere boolean NOT NULL DEFAULT false,
  ADD COLUMN system_ids text[] NOT NULL DEFAULT '{}',
  ADD COLUMN unassigned boolean NOT NULL DEFAULT false,
  ADD COLUMN notes jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN problem jsonb,
  ADD COLUMN job_id uuid,
  ADD COLUMN generated_by_principal varchar(255),
  ADD COLUMN input_sha256 varchar(64);
CREATE INDEX idx_generated_reports_snapshot ON generated_reports (snapshot_sha256);
CREATE INDEX idx_generated_reports_latest ON generated_reports (created_at DESC, id DESC);
CREATE INDEX idx_generated_reports_file ON generated_reports (file_sha256);
-- The new check bears a name of its own, so that it may come before the old one goes.
ALTER TABLE generated_reports ADD CONSTRAINT generated_reports_status_of_plan
  CHECK (generation_status IN ('pending', 'running', 'completed', 'failed', 'cancelled'));
ALTER TABLE generated_reports DROP CONSTRAINT generated_reports_status_known;
COMMENT ON COLUMN generated_reports.file_path IS 'Where the file store keeps it, relative to its folder.';
COMMENT ON COLUMN generated_reports.report_type IS 'The kind of report (src/modules/reports/kinds.ts).';
COMMENT ON COLUMN generated_reports.snapshot_sha256 IS 'The rows that it was made of (report_snapshots).';
COMMENT ON COLUMN generated_reports.data_as_of IS 'The moment that its data shows.';
COMMENT ON COLUMN generated_reports.everywhere IS 'Whether it covers every boundary, and what is in none: only who may see all of them may read it. Else those of system_ids, and what is in none if unassigned.';
COMMENT ON COLUMN generated_reports.notes IS 'What could not be said in its format, or is to be looked at: array of {code, subject, detail}; the sentence is made when it is shown.';
COMMENT ON COLUMN generated_reports.problem IS 'Why there is none: {code, message, remedy, fields}.';
COMMENT ON COLUMN generated_reports.job_id IS 'The requested job that makes it; null: made in-process.';
COMMENT ON COLUMN generated_reports.input_sha256 IS 'A file that was given to be filled (a workbook template), in the store; null: none was.';

INSERT INTO report_templates (template_name, template_type, report_format, title, template_definition, is_shipped)
SELECT kind, kind, format, title, jsonb_build_object('keepDays', 1096), true
  FROM (VALUES
    ('fedramp-poam', 'xlsx', 'FedRAMP POA&M workbook 2.1'),
    ('deviation-requests', 'xlsx', 'FedRAMP deviation request form'),
    ('oscal-poam', 'json', 'OSCAL POA&M'),
    ('ver-detail', 'json', 'FedRAMP vulnerability detail report'),
    ('ver-accepted', 'json', 'FedRAMP accepted vulnerabilities'),
    ('ver-history', 'json', 'FedRAMP historical VER activity')) AS shipped (kind, format, title);
