-- A step of a workflow may make a POA&M for findings that the rule of their boundary does not name.

COMMENT ON TABLE weakness_named_findings IS 'Findings that a person or a workflow wants a POA&M for, whatever the floor and filters of the rule of their boundary say: a person answered the contradiction of a completed POA&M by a new one, or a step of a workflow makes one. It holds until the finding is fixed: one that is found again is for the rule to name.';
COMMENT ON COLUMN weakness_named_findings.conflict_id IS 'sync_conflicts.id of the contradiction; null: a workflow named it.';
COMMENT ON COLUMN weakness_named_findings.named_by IS 'Who wants it: a person, or the workflow with its owner.';
