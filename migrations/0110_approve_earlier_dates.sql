-- An earlier obligation may ask those who decide before it moves a promised date: a third way beside asking a person and following by itself. A
-- boundary, or the default of all, may say otherwise than the policy.

ALTER TABLE due_date_policy_versions DROP CONSTRAINT due_date_policy_versions_when_earlier_check;
ALTER TABLE due_date_policy_versions ADD CONSTRAINT due_date_policy_versions_when_earlier_check CHECK (when_earlier IN ('ask', 'approve', 'follow'));
COMMENT ON COLUMN due_date_policy_versions.when_earlier IS 'What becomes of a promised date when this policy gives an earlier one: ask a person, move it once those who decide agree (approvals of kind due_date), or follow by itself.';

ALTER TABLE due_date_policy_uses ADD COLUMN when_earlier varchar(20) CONSTRAINT due_date_policy_uses_when_earlier_known CHECK (when_earlier IN ('ask', 'approve', 'follow'));
COMMENT ON COLUMN due_date_policy_uses.when_earlier IS 'What becomes of a promised date here when this policy gives an earlier one; null: as the default of all says, else as the policy says.';

-- A request to pull a date in falls back after two weeks: until then its POA&M is late, and nobody is reminded otherwise.
UPDATE approval_rules SET answer_within_days = 14 WHERE subject_kind = 'due_date' AND system_id IS NULL AND set_by IS NULL AND answer_within_days IS NULL;
