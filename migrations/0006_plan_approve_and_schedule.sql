-- Plans that wait for approval, back-off and an end for changes that cannot be sent, schedules, links broken by a person.
-- Design section 5.

ALTER TABLE sync_outbox DROP CONSTRAINT sync_outbox_state_check;
ALTER TABLE sync_outbox ADD CONSTRAINT sync_outbox_state_known
  CHECK (state IN ('waiting', 'pending', 'sent', 'confirmed', 'failed', 'dropped', 'superseded'));
ALTER TABLE sync_outbox
  ADD COLUMN before_values jsonb,
  ADD COLUMN not_before timestamptz,
  ADD COLUMN plan_id uuid;
COMMENT ON COLUMN sync_outbox.before_values IS 'What both sides last agreed on for the fields of the payload, when this was decided; for the plan, the journal and undo.';
COMMENT ON COLUMN sync_outbox.not_before IS 'Back-off: not sent again before this instant; null where it may go at once.';
COMMENT ON COLUMN sync_outbox.plan_id IS 'The plan under which it waits for approval, or was approved.';
CREATE INDEX idx_sync_outbox_waiting ON sync_outbox (external_system_id, entity_type, entity_id) WHERE state IN ('waiting', 'pending');

CREATE TABLE sync_plans (
  plan_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  external_system_id integer NOT NULL REFERENCES external_systems (id) ON DELETE CASCADE,
  content jsonb NOT NULL,
  content_sha256 varchar(64) NOT NULL,
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_sync_plans_external_system ON sync_plans (external_system_id);
CREATE INDEX idx_sync_plans_operation ON sync_plans (operation_id);
COMMENT ON TABLE sync_plans IS 'Outbound changes that wait for approval together; never altered. An approval is for this content only.';
COMMENT ON COLUMN sync_plans.content IS 'Each change: record, field, before, after and why.';
COMMENT ON COLUMN sync_plans.content_sha256 IS 'Of the content in canonical form, in hexadecimal.';

ALTER TABLE sync_policies
  ADD COLUMN approval_scope jsonb;
COMMENT ON COLUMN sync_policies.approval_scope IS 'Where requires_approval: {fields, severities} for which it is asked; null: every outbound change of the entity.';

ALTER TABLE external_systems
  ADD COLUMN sending_paused_at timestamptz,
  ADD COLUMN sending_paused_by varchar(255),
  ADD COLUMN sending_paused_reason text;
COMMENT ON COLUMN external_systems.sending_paused_at IS 'Since when nothing is sent to this system: a person paused it. Reading goes on.';

CREATE TABLE sync_schedules (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  external_system_id integer NOT NULL REFERENCES external_systems (id) ON DELETE CASCADE,
  schedule_name varchar(100) NOT NULL,
  cron varchar(100) NOT NULL,
  entity_types text[] NOT NULL DEFAULT '{}',
  reads_all boolean NOT NULL DEFAULT false,
  jitter_seconds integer NOT NULL DEFAULT 60 CHECK (jitter_seconds >= 0),
  is_enabled boolean NOT NULL DEFAULT true,
  next_run_at timestamptz,
  last_run_at timestamptz,
  last_outcome text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sync_schedules_once UNIQUE (external_system_id, schedule_name)
);
CREATE INDEX idx_sync_schedules_next ON sync_schedules (next_run_at) WHERE is_enabled;
COMMENT ON TABLE sync_schedules IS 'When the worker syncs a system by itself. A time that passed while no worker ran is made up for once.';
COMMENT ON COLUMN sync_schedules.cron IS 'Five fields (minute hour day month weekday), in UTC.';
COMMENT ON COLUMN sync_schedules.entity_types IS 'Empty: all entities of the system.';
COMMENT ON COLUMN sync_schedules.reads_all IS 'True: a full read, which also tells what is missing; false: what changed.';
COMMENT ON COLUMN sync_schedules.jitter_seconds IS 'Up to so many seconds, at random, are added to each time, so that installations do not all call at once.';

CREATE TABLE sync_separations (
  external_system_id integer NOT NULL REFERENCES external_systems (id) ON DELETE CASCADE,
  entity_type varchar(50) NOT NULL,
  entity_id varchar(255) NOT NULL,
  external_id varchar(255) NOT NULL,
  separated_by varchar(255) NOT NULL,
  reason text,
  separated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (external_system_id, entity_type, external_id, entity_id)
);
COMMENT ON TABLE sync_separations IS 'Pairs that a person said are not the same thing: never linked again by a natural key or by correlation.';
