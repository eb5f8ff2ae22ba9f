-- The texts of POA&Ms follow a changed weakness rule where nobody has edited them: what Tieline last composed is kept as the base to compare with.

ALTER TABLE poam_rules
  ADD COLUMN texts jsonb,
  ADD COLUMN reworded_at timestamptz,
  ADD COLUMN reworded_by integer REFERENCES weakness_rules (id),
  ADD COLUMN kept_texts jsonb;
CREATE INDEX idx_poam_rules_reworded_by ON poam_rules (reworded_by);
COMMENT ON COLUMN poam_rules.texts IS 'The texts that a changed rule last gave it, by field, and its milestones'' in order: what is different since was edited. Null: those that it was proposed with (sync_outbox).';
COMMENT ON COLUMN poam_rules.reworded_at IS 'When a changed rule last gave it other texts, or would have but for an edit.';
COMMENT ON COLUMN poam_rules.reworded_by IS 'weakness_rules.id of the version that did.';
COMMENT ON COLUMN poam_rules.kept_texts IS 'Texts that stayed then, though the version says them otherwise: field, and why (edited, held, policy, number, unknown).';
