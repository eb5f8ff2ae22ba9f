-- What became of weaknesses and POA&Ms when the rule of their boundary was changed.

ALTER TABLE weaknesses
  ADD COLUMN superseded_at timestamptz,
  ADD COLUMN superseded_by integer;
CREATE INDEX idx_weaknesses_superseded_by ON weaknesses (superseded_by) WHERE superseded_by IS NOT NULL;
COMMENT ON COLUMN weaknesses.superseded_at IS 'When a rule no longer made it; null: it is made, or was when it was last open.';
COMMENT ON COLUMN weaknesses.superseded_by IS 'weaknesses.id of the one that has its findings since; null where the rule names none of them.';

ALTER TABLE poam_rules
  ADD COLUMN split_from varchar(50),
  ADD COLUMN regrouped_at timestamptz,
  ADD COLUMN regrouped_by integer,
  ADD COLUMN ended_at timestamptz,
  ADD COLUMN ended_by integer,
  ADD COLUMN merged_into varchar(50);
COMMENT ON COLUMN poam_rules.split_from IS 'The POA&M that answered its findings before a rule was changed.';
COMMENT ON COLUMN poam_rules.regrouped_at IS 'When a change of a rule last gave it other findings: what its text says of plugins may be about others since.';
COMMENT ON COLUMN poam_rules.regrouped_by IS 'weakness_rules.id of the version that did.';
COMMENT ON COLUMN poam_rules.ended_at IS 'When a change of a rule ended it: merged, or none of its findings is named any more.';
COMMENT ON COLUMN poam_rules.ended_by IS 'weakness_rules.id of the version that did.';
COMMENT ON COLUMN poam_rules.merged_into IS 'The POA&M that answers its findings since; null where none does.';

ALTER TABLE poam_asset_departures DROP CONSTRAINT poam_asset_departures_kind_known;
ALTER TABLE poam_asset_departures ADD CONSTRAINT poam_asset_departures_kind_known CHECK (kind IN ('moved', 'taken off', 'regrouped'));
COMMENT ON COLUMN poam_asset_departures.kind IS 'moved: to another system, kept until the remote no longer lists the machine. taken off: by a person at the remote, kept until the remote lists it again. regrouped: its findings are under another POA&M since a rule was changed, kept while they are.';
