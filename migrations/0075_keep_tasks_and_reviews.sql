-- Tasks that people give each other about a record, and reviews of POA&Ms: when somebody last looked at each, and how often a boundary wants it.

CREATE TABLE work_tasks (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  what varchar(500) NOT NULL,
  entity_type varchar(40) NOT NULL CONSTRAINT work_tasks_about_known CHECK (entity_type IN ('poam', 'finding', 'asset', 'system')),
  entity_id varchar(255) NOT NULL,
  system_id varchar(50),
  assigned_principal_id uuid REFERENCES principals (id),
  assigned_team_id uuid REFERENCES teams (id),
  due_on date,
  note text,
  made_at timestamptz NOT NULL,
  made_by varchar(255) NOT NULL,
  done_at timestamptz,
  done_by varchar(255),
  done_note text,
  CONSTRAINT work_tasks_of_one CHECK (num_nonnulls(assigned_principal_id, assigned_team_id) <= 1),
  CONSTRAINT work_tasks_done_by_somebody CHECK ((done_at IS NULL) = (done_by IS NULL))
);
CREATE INDEX idx_work_tasks_open ON work_tasks (due_on, id) WHERE done_at IS NULL;
CREATE INDEX idx_work_tasks_about ON work_tasks (entity_type, entity_id);
CREATE INDEX idx_work_tasks_person ON work_tasks (assigned_principal_id);
CREATE INDEX idx_work_tasks_team ON work_tasks (assigned_team_id);
COMMENT ON TABLE work_tasks IS 'What somebody is to do about a record. Never deleted: what is done says by whom.';
COMMENT ON COLUMN work_tasks.entity_type IS 'What entity_id is of: poam (poam_id), finding (finding_key), asset (asset_uuid), system (system_id).';
COMMENT ON COLUMN work_tasks.system_id IS 'The authorization boundary of the record when the task was made; null: it was in none.';
COMMENT ON COLUMN work_tasks.assigned_team_id IS 'In place of a person; null of both: whoever sees it.';
COMMENT ON COLUMN work_tasks.made_by IS 'A name of that time, as done_by is.';
COMMENT ON COLUMN work_tasks.done_note IS 'What whoever did it says of it.';

CREATE TABLE poam_reviews (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  poam_id varchar(50) NOT NULL REFERENCES ingestion_poams (poam_id) ON DELETE CASCADE,
  reviewed_at timestamptz NOT NULL,
  reviewed_by varchar(255) NOT NULL,
  note text
);
CREATE INDEX idx_poam_reviews_latest ON poam_reviews (poam_id, reviewed_at DESC);
COMMENT ON TABLE poam_reviews IS 'Each time that somebody looked at a POA&M and found that nothing is to change. Only added to; the latest is its reviewed on / by.';
COMMENT ON COLUMN poam_reviews.reviewed_by IS 'A name of that time.';

CREATE TABLE review_intervals (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  system_id varchar(50),
  interval_days integer CONSTRAINT review_intervals_positive CHECK (interval_days > 0),
  set_by varchar(255) NOT NULL,
  set_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX idx_review_intervals_place ON review_intervals (coalesce(system_id, ''));
COMMENT ON TABLE review_intervals IS 'How often open POA&Ms are to be reviewed: by boundary, else of every boundary. No row: no review is asked for.';
COMMENT ON COLUMN review_intervals.system_id IS 'ingestion_systems.system_id; null: every boundary that has no row of its own.';
COMMENT ON COLUMN review_intervals.interval_days IS 'Days from the last review, or from when the POA&M was made; null: this boundary asks for none.';
