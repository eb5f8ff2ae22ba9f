-- Runs of workflows that ended long ago are deleted: they are found by when they ended.

CREATE INDEX idx_workflow_executions_completed ON workflow_executions (completed_at) WHERE completed_at IS NOT NULL;
