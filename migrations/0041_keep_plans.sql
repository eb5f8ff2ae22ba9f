-- Plans as rows: made once, read in pages by several people, applied exactly or not at all; and approvals by authorization boundary.

ALTER TABLE sync_plans
  ADD COLUMN system_id varchar(50),
  ADD COLUMN is_by_boundary boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN sync_plans.system_id IS 'The authorization boundary (ingestion_systems.system_id) of every record in it; null where they are in none.';
COMMENT ON COLUMN sync_plans.is_by_boundary IS 'False: made before approvals were asked by boundary, so that it may hold records of several.';

CREATE TABLE kept_plans (
  plan_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  sha256 varchar(64) NOT NULL,
  head jsonb NOT NULL,
  item_count integer NOT NULL,
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  made_by varchar(255) NOT NULL,
  made_by_principal varchar(255) NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  applied_at timestamptz,
  applied_by varchar(255),
  applied_operation_id uuid REFERENCES ingestion_batches (batch_id)
);
CREATE INDEX idx_kept_plans_made ON kept_plans (made_at);
CREATE INDEX idx_kept_plans_expires ON kept_plans (expires_at);
CREATE INDEX idx_kept_plans_operation ON kept_plans (operation_id);
CREATE INDEX idx_kept_plans_applied_operation ON kept_plans (applied_operation_id);
COMMENT ON TABLE kept_plans IS 'What a sync would have done at a moment; never altered. Deleted when it expires, unless it was applied.';
COMMENT ON COLUMN kept_plans.sha256 IS 'Of the items in canonical form: what is applied must come out the same.';
COMMENT ON COLUMN kept_plans.head IS 'The document of src/canonical/vocabulary/plan.ts without its items.';
COMMENT ON COLUMN kept_plans.operation_id IS 'The operation that read both sides for it.';
COMMENT ON COLUMN kept_plans.made_by IS 'A name as it was then; made_by_principal is who it is.';

CREATE TABLE kept_plan_groups (
  plan_id uuid NOT NULL REFERENCES kept_plans (plan_id) ON DELETE CASCADE,
  group_number integer NOT NULL,
  danger varchar(20) NOT NULL,
  danger_rank smallint NOT NULL,
  content_sha256 varchar(64) NOT NULL,
  sample jsonb NOT NULL,
  PRIMARY KEY (plan_id, group_number)
);
COMMENT ON TABLE kept_plan_groups IS 'Items of a plan that make the same change, in the order in which they are reviewed: the most dangerous first.';
COMMENT ON COLUMN kept_plan_groups.danger IS 'A word of src/canonical/vocabulary/danger.ts; danger_rank is its place there.';
COMMENT ON COLUMN kept_plan_groups.content_sha256 IS 'Of all its items: a group of another plan with the same hash was reviewed already.';
COMMENT ON COLUMN kept_plan_groups.sample IS 'One of its items: the change that all of them make.';

CREATE TABLE kept_plan_items (
  plan_id uuid NOT NULL,
  item_number integer NOT NULL,
  group_number integer NOT NULL,
  system_id varchar(50),
  entity_id varchar(255),
  title text,
  item jsonb NOT NULL,
  PRIMARY KEY (plan_id, item_number),
  FOREIGN KEY (plan_id, group_number) REFERENCES kept_plan_groups (plan_id, group_number) ON DELETE CASCADE
);
CREATE INDEX idx_kept_plan_items_group ON kept_plan_items (plan_id, group_number, item_number);
COMMENT ON TABLE kept_plan_items IS 'The items of a plan.';
COMMENT ON COLUMN kept_plan_items.item_number IS 'Its place in the document, from 1.';
COMMENT ON COLUMN kept_plan_items.system_id IS 'The authorization boundary of the record when the plan was made; null where it was in none.';
COMMENT ON COLUMN kept_plan_items.entity_id IS 'Our id of the record; of one that the sync would make, an id that it may not get.';
COMMENT ON COLUMN kept_plan_items.title IS 'What the record was called then.';
COMMENT ON COLUMN kept_plan_items.item IS 'As the document holds it.';

CREATE TABLE kept_plan_views (
  principal_id varchar(255) NOT NULL,
  content_sha256 varchar(64) NOT NULL,
  viewed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (principal_id, content_sha256)
);
CREATE INDEX idx_kept_plan_views_viewed ON kept_plan_views (viewed_at);
COMMENT ON TABLE kept_plan_views IS 'Which groups a person has reviewed, by their content: a group that is the same in a later plan counts as reviewed.';
