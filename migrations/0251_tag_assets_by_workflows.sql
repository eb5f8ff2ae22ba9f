-- Tags that steps of workflows set on assets: who set each, and what the next sync sends to scanners.

CREATE TABLE workflow_tags (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  asset_uuid uuid NOT NULL REFERENCES ingestion_assets (asset_uuid) ON DELETE CASCADE,
  tag_key varchar(100) NOT NULL,
  tag_value varchar(50) NOT NULL,
  workflow_name varchar(255) NOT NULL,
  tagged_by varchar(255) NOT NULL,
  tagged_at timestamptz NOT NULL,
  operation_id uuid NOT NULL REFERENCES ingestion_batches (batch_id),
  removed_by varchar(255),
  removed_at timestamptz,
  CHECK ((removed_at IS NULL) = (removed_by IS NULL))
);
CREATE UNIQUE INDEX idx_workflow_tags_standing ON workflow_tags (asset_uuid, tag_key, tag_value) WHERE removed_at IS NULL;
CREATE INDEX idx_workflow_tags_asset ON workflow_tags (asset_uuid);
CREATE INDEX idx_workflow_tags_operation ON workflow_tags (operation_id);
COMMENT ON TABLE workflow_tags IS 'Tags that workflows set on assets, the ones that stand and those that were taken away; assets_extended.asset_tags holds those that stand. The sync sends both to scanners that take tags.';
COMMENT ON COLUMN workflow_tags.tag_key IS 'The category of the tag.';
COMMENT ON COLUMN workflow_tags.workflow_name IS 'workflows.workflow_name of the workflow that set it.';
COMMENT ON COLUMN workflow_tags.tagged_by IS 'The owner of the workflow.';
COMMENT ON COLUMN workflow_tags.removed_by IS 'The workflow or person that took it away; null: it stands.';
