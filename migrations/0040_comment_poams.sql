-- What people write about a POA&M among themselves, and what the lists of POA&Ms read.

CREATE TABLE poam_comments (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  comment_id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  poam_id varchar(50) NOT NULL,
  body text NOT NULL CHECK (length(body) BETWEEN 1 AND 10000),
  principal_id varchar(100) NOT NULL,
  author varchar(255) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_poam_comments_poam ON poam_comments (poam_id, id);
COMMENT ON TABLE poam_comments IS 'Comments on a POA&M that are never sent; what is sent is ingestion_poams.comments.';
COMMENT ON COLUMN poam_comments.poam_id IS 'ingestion_poams.poam_id.';
COMMENT ON COLUMN poam_comments.principal_id IS 'Who wrote it: the principal, or local:… for the operator at the machine.';
COMMENT ON COLUMN poam_comments.author IS 'What the principal was called then.';

ALTER TABLE sync_links
  ADD COLUMN edited_at timestamptz;
COMMENT ON COLUMN sync_links.edited_at IS 'When a person edited a field here that goes out, where no sync has looked at the record since; null: none.';

CREATE INDEX idx_sync_links_edited ON sync_links (entity_type, entity_id) WHERE edited_at IS NOT NULL;
CREATE INDEX idx_sync_outbox_unsettled ON sync_outbox (entity_type, entity_id) WHERE state IN ('waiting', 'pending', 'sent', 'failed');
CREATE INDEX idx_ingestion_poams_due ON ingestion_poams (scheduled_completion, poam_id);
CREATE INDEX idx_ingestion_poam_milestones_due ON ingestion_poam_milestones (scheduled_completion, id);
