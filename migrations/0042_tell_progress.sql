-- What other processes are told: how far an operation is and that it is to end, jobs that a worker does, and events.

CREATE TABLE operation_progress (
  operation_id uuid PRIMARY KEY REFERENCES ingestion_batches (batch_id) ON DELETE CASCADE,
  connection varchar(100),
  step varchar(100),
  done bigint,
  total bigint,
  unit varchar(50),
  updated_at timestamptz NOT NULL DEFAULT now(),
  cancel_requested_at timestamptz,
  cancel_requested_by varchar(255)
);
COMMENT ON TABLE operation_progress IS 'How far an operation is, written at most once a second by the process that does it; and whether a person wants it to end.';
COMMENT ON COLUMN operation_progress.connection IS 'The external system that the present step is about.';
COMMENT ON COLUMN operation_progress.done IS 'Of the present step; total is null where it is not known.';
COMMENT ON COLUMN operation_progress.updated_at IS 'A sign of life: the process that does it writes at least every 10 seconds.';
COMMENT ON COLUMN operation_progress.cancel_requested_at IS 'The process that does it ends within seconds; a sync that was ended so continues with the next one.';

CREATE TABLE requested_jobs (
  job_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  kind varchar(50) NOT NULL,
  payload jsonb NOT NULL,
  state varchar(20) NOT NULL DEFAULT 'queued' CONSTRAINT requested_jobs_state_known
    CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  requested_by varchar(255) NOT NULL,
  requested_by_principal varchar(255) NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  ended_at timestamptz,
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  step varchar(100),
  done bigint,
  total bigint,
  unit varchar(50),
  result jsonb,
  problem jsonb,
  cancel_requested_at timestamptz,
  cancel_requested_by varchar(255)
);
CREATE INDEX idx_requested_jobs_requested ON requested_jobs (requested_at, job_id);
CREATE INDEX idx_requested_jobs_principal ON requested_jobs (requested_by_principal, requested_at);
CREATE INDEX idx_requested_jobs_open ON requested_jobs (state) WHERE state IN ('queued', 'running');
CREATE INDEX idx_requested_jobs_operation ON requested_jobs (operation_id);
COMMENT ON TABLE requested_jobs IS 'Work that a person or program asked for and a worker does; a job whose worker is gone is done by the next one.';
COMMENT ON COLUMN requested_jobs.kind IS 'A key of the table of kinds in src/operate/jobs.';
COMMENT ON COLUMN requested_jobs.requested_by IS 'A name as it was then; requested_by_principal is who it is.';
COMMENT ON COLUMN requested_jobs.operation_id IS 'The operation under which it is done, once that has begun.';
COMMENT ON COLUMN requested_jobs.problem IS 'Object: code, message, remedy, fields. Why it failed, or why it waits.';

CREATE TABLE requested_job_results (
  job_id uuid NOT NULL REFERENCES requested_jobs (job_id) ON DELETE CASCADE,
  record varchar(255) NOT NULL,
  outcome varchar(20) NOT NULL CHECK (outcome IN ('done', 'unchanged', 'refused')),
  detail jsonb,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (job_id, record)
);
COMMENT ON TABLE requested_job_results IS 'What came of each record of a job over many, written in the transaction that changed the record: a job that is done again leaves these out.';
COMMENT ON COLUMN requested_job_results.detail IS 'Of what was refused: code and message; of what was done, what else is to be told.';

CREATE TABLE tieline_events (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind varchar(30) NOT NULL,
  subject varchar(255),
  system_id varchar(50),
  count integer,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_tieline_events_at ON tieline_events (at);
COMMENT ON TABLE tieline_events IS 'That something changed, for whoever watches: ids and counts only, so that whoever is told asks for the rest with their own rights. Kept for 24 hours.';
COMMENT ON COLUMN tieline_events.subject IS 'What changed: the id of an operation, job, approval or connection; null where many did.';
COMMENT ON COLUMN tieline_events.system_id IS 'The authorization boundary that it concerns; null where it concerns none, or may concern several.';
COMMENT ON COLUMN tieline_events.count IS 'How many records; null where that says nothing.';
