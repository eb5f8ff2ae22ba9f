-- Workflows that run: versions that another person approved, runs that survive their process, a trace of every step, and how far what
-- happens in the record was looked at.

ALTER TABLE workflows ADD COLUMN title varchar(200),
  ADD COLUMN purpose text,
  ADD COLUMN record_kind varchar(20),
  ADD COLUMN trigger_kind varchar(20),
  ADD COLUMN trigger_event varchar(60),
  ADD COLUMN mode varchar(10) NOT NULL DEFAULT 'off',
  ADD COLUMN run_limit integer NOT NULL DEFAULT 100,
  ADD COLUMN owner_name varchar(255),
  ADD COLUMN owner_principal varchar(255),
  ADD COLUMN latest_version integer NOT NULL DEFAULT 0,
  ADD COLUMN approved_version integer,
  ADD COLUMN is_shipped boolean NOT NULL DEFAULT false,
  ADD COLUMN next_run_at timestamptz,
  ADD COLUMN metric_position jsonb,
  ADD COLUMN last_started_at timestamptz,
  ADD COLUMN stopped_code varchar(40),
  ADD COLUMN stopped_params jsonb,
  ADD COLUMN stopped_at timestamptz,
  ADD COLUMN updated_at timestamptz,
  ADD COLUMN removed_at timestamptz;
ALTER TABLE workflows ADD CONSTRAINT workflows_mode_known CHECK (mode IN ('off', 'simulate', 'live'));
CREATE INDEX idx_workflows_listening ON workflows (trigger_event) WHERE mode <> 'off' AND removed_at IS NULL;
CREATE INDEX idx_workflows_due ON workflows (next_run_at) WHERE mode <> 'off' AND removed_at IS NULL;
COMMENT ON COLUMN workflows.workflow_type IS 'What it is for, of src/canonical/workflow.';
COMMENT ON COLUMN workflows.trigger_conditions IS 'Object: trigger, record, when; of the approved version, else of the latest. Shown; a run reads its version.';
COMMENT ON COLUMN workflows.workflow_steps IS 'The steps of the same version. Shown; a run reads its version.';
COMMENT ON COLUMN workflows.is_active IS 'Whether it may run: mode is not off, and a version was approved. Written by Tieline; what somebody else writes here starts nothing.';
COMMENT ON COLUMN workflows.record_kind IS 'The kind of record that its runs are about.';
COMMENT ON COLUMN workflows.trigger_kind IS 'event, schedule, metric or by_hand.';
COMMENT ON COLUMN workflows.trigger_event IS 'Of the approved version: the event that starts a run; null where something else does.';
COMMENT ON COLUMN workflows.mode IS 'off: nothing starts and nothing continues. simulate: runs change nothing. live.';
COMMENT ON COLUMN workflows.run_limit IS 'Of the approved version: how many records it may touch in 24 hours; runs beyond wait until a person releases them.';
COMMENT ON COLUMN workflows.owner_principal IS 'By whose rights it runs, as they are when a step runs; the key of an account.';
COMMENT ON COLUMN workflows.approved_version IS 'The version that runs; null: none may.';
COMMENT ON COLUMN workflows.is_shipped IS 'It came with Tieline.';
COMMENT ON COLUMN workflows.next_run_at IS 'Of one with a schedule.';
COMMENT ON COLUMN workflows.metric_position IS 'Of one that a metric starts: whether its latest value lay beyond the threshold, by boundary.';
COMMENT ON COLUMN workflows.stopped_code IS 'Why it stopped by itself (src/modules/workflows/stops.ts); null: it did not. Nothing of it runs until a person resumes it.';
COMMENT ON COLUMN workflows.removed_at IS 'When a person removed it; its runs are kept.';

CREATE TABLE workflow_versions (
  workflow_id integer NOT NULL REFERENCES workflows (id),
  version integer NOT NULL,
  definition jsonb NOT NULL,
  source text NOT NULL,
  sha256 varchar(64) NOT NULL,
  note text,
  saved_by varchar(255) NOT NULL,
  saved_by_principal varchar(255) NOT NULL,
  saved_at timestamptz NOT NULL,
  state varchar(20) NOT NULL CONSTRAINT workflow_versions_state_known CHECK (state IN ('waiting', 'approved', 'rejected', 'replaced')),
  decided_by varchar(255),
  decided_by_principal varchar(255),
  decided_at timestamptz,
  decision_note text,
  PRIMARY KEY (workflow_id, version),
  CONSTRAINT workflow_versions_decision_signed CHECK (state NOT IN ('approved', 'rejected') OR (decided_by IS NOT NULL AND decided_at IS NOT NULL)),
  CONSTRAINT workflow_versions_decided_by_another CHECK (decided_by_principal IS NULL OR decided_by_principal <> saved_by_principal)
);
COMMENT ON TABLE workflow_versions IS 'Each version of a workflow as it was saved; never changed, only decided about. A run follows the version that it began with.';
COMMENT ON COLUMN workflow_versions.definition IS 'The whole workflow (src/canonical/workflow), its defaults filled in.';
COMMENT ON COLUMN workflow_versions.source IS 'As it was written, comments included.';
COMMENT ON COLUMN workflow_versions.sha256 IS 'Of the definition: one that was changed beside Tieline does not run.';
COMMENT ON COLUMN workflow_versions.state IS 'replaced: a newer version came before anybody decided about it.';

ALTER TABLE workflow_executions ADD COLUMN version integer,
  ADD COLUMN mode varchar(10),
  ADD COLUMN record_kind varchar(20),
  ADD COLUMN record_id varchar(255),
  ADD COLUMN system_id varchar(50),
  ADD COLUMN trigger_key varchar(400),
  ADD COLUMN trigger_kind varchar(60),
  ADD COLUMN started_by varchar(255),
  ADD COLUMN started_by_principal varchar(255),
  ADD COLUMN caused_by uuid,
  ADD COLUMN depth integer NOT NULL DEFAULT 0,
  ADD COLUMN current_step varchar(40),
  ADD COLUMN step_since timestamptz,
  ADD COLUMN wake_at timestamptz,
  ADD COLUMN reminded integer NOT NULL DEFAULT 0,
  ADD COLUMN attempts integer NOT NULL DEFAULT 0,
  ADD COLUMN traces integer NOT NULL DEFAULT 0,
  ADD COLUMN problem jsonb,
  ADD COLUMN updated_at timestamptz;
CREATE UNIQUE INDEX idx_workflow_executions_once ON workflow_executions (workflow_id, trigger_key);
CREATE INDEX idx_workflow_executions_version ON workflow_executions (workflow_id, version);
CREATE INDEX idx_workflow_executions_started ON workflow_executions (workflow_id, started_at);
CREATE INDEX idx_workflow_executions_wake ON workflow_executions (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX idx_workflow_executions_record ON workflow_executions (record_kind, record_id);
CREATE INDEX idx_workflow_executions_left ON workflow_executions (updated_at) WHERE status = 'pending';
COMMENT ON COLUMN workflow_executions.status IS 'Where it is, of src/modules/workflows/executor/run-states.ts.';
COMMENT ON COLUMN workflow_executions.version IS 'The version that it follows to its end.';
COMMENT ON COLUMN workflow_executions.mode IS 'simulate or live, as the workflow was when it began.';
COMMENT ON COLUMN workflow_executions.record_id IS 'Our id of the record that it is about.';
COMMENT ON COLUMN workflow_executions.system_id IS 'The authorization boundary of the record (ingestion_systems.system_id) when it began; null: none.';
COMMENT ON COLUMN workflow_executions.trigger_key IS 'What started it, so that nothing starts two: the event and its number, the time of a schedule, and the record.';
COMMENT ON COLUMN workflow_executions.trigger_kind IS 'An event, or schedule, metric, by_hand.';
COMMENT ON COLUMN workflow_executions.started_by IS 'Who started it by hand; null: it started by itself.';
COMMENT ON COLUMN workflow_executions.caused_by IS 'The run whose step made what started this one.';
COMMENT ON COLUMN workflow_executions.depth IS 'How many runs led to it one after another; beyond a limit it is cut.';
COMMENT ON COLUMN workflow_executions.current_step IS 'The step that is next, or that it waits in; null: it is over.';
COMMENT ON COLUMN workflow_executions.step_since IS 'When it came to that step: times of waiting count from here.';
COMMENT ON COLUMN workflow_executions.wake_at IS 'When to look again at what waits: the end of a wait, the next reminder, the next look at a condition.';
COMMENT ON COLUMN workflow_executions.reminded IS 'How many reminders of the current step were sent.';
COMMENT ON COLUMN workflow_executions.attempts IS 'How often the current step failed for a reason that may pass.';
COMMENT ON COLUMN workflow_executions.traces IS 'How many rows its trace has.';
COMMENT ON COLUMN workflow_executions.problem IS 'Object: code and params, why it failed or waits for a person.';

CREATE TABLE workflow_traces (
  execution_id uuid NOT NULL REFERENCES workflow_executions (execution_id),
  number integer NOT NULL,
  step_id varchar(40),
  kind varchar(20) NOT NULL,
  outcome varchar(30) NOT NULL,
  why jsonb NOT NULL,
  changes jsonb NOT NULL DEFAULT '[]',
  operation_id uuid,
  by_name varchar(255),
  at timestamptz NOT NULL,
  PRIMARY KEY (execution_id, number)
);
COMMENT ON TABLE workflow_traces IS 'What each step of a run did, in its order; written in the transaction that did it.';
COMMENT ON COLUMN workflow_traces.step_id IS 'Null: of the run as a whole.';
COMMENT ON COLUMN workflow_traces.kind IS 'action, approve, wait, branch, or run.';
COMMENT ON COLUMN workflow_traces.outcome IS 'What came of it, of src/modules/workflows/executor/trace-words.ts.';
COMMENT ON COLUMN workflow_traces.why IS 'Object: code and params, from which the sentence is made; text where an action says it.';
COMMENT ON COLUMN workflow_traces.changes IS 'Array of what the action changed, or would have: entity, id, field, before, after.';
COMMENT ON COLUMN workflow_traces.operation_id IS 'The operation that did it, with its journal; null where nothing was changed.';
COMMENT ON COLUMN workflow_traces.by_name IS 'Where a person did it: who.';

CREATE TABLE workflow_cursors (
  source varchar(40) PRIMARY KEY,
  position bigint NOT NULL,
  up_to bigint,
  up_to_seen_at timestamptz,
  up_to_xid varchar(30),
  moved_at timestamptz NOT NULL
);
COMMENT ON TABLE workflow_cursors IS 'How far what happens in the record was looked at for workflows: one row a source that some workflow listens to.';
COMMENT ON COLUMN workflow_cursors.position IS 'Every row up to this number was looked at.';
COMMENT ON COLUMN workflow_cursors.up_to IS 'What is looked at next: up to the highest number that was there, once no earlier transaction can add a lower one.';
COMMENT ON COLUMN workflow_cursors.up_to_seen_at IS 'When that number was read.';
COMMENT ON COLUMN workflow_cursors.up_to_xid IS 'The first transaction that had not begun a while later: when all before it are over, no lower number can appear.';

ALTER TABLE finding_state_changes ADD COLUMN change_number bigint;
CREATE INDEX idx_finding_state_changes_number ON finding_state_changes (change_number) WHERE change_number IS NOT NULL;
COMMENT ON COLUMN finding_state_changes.change_number IS 'In the order of the journal, from whose sequence it is; null: from before workflows.';

ALTER TABLE approvals ADD CONSTRAINT approvals_about_one_subject CHECK (
  num_nonnulls(plan_id, subject_kind) = 1
  AND (execution_id IS NULL OR subject_kind IS NOT NULL)
  AND num_nonnulls(subject_kind, subject_id, asked, content_sha256, levels) IN (0, 5)
);
ALTER TABLE approvals DROP CONSTRAINT approvals_about_one_thing;
COMMENT ON COLUMN approvals.execution_id IS 'Of a request that a step of a workflow makes: the run that waits.';
