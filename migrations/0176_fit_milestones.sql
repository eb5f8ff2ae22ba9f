-- Milestones that are planned after the day their POA&M promises are a list; the one that asks the GRC system for an extension is none of them.

ALTER TABLE poam_lives
  ADD COLUMN extension_milestone_id integer;
COMMENT ON COLUMN poam_lives.extension_milestone_id IS 'ingestion_poam_milestones.id of the milestone that asks the GRC system for an extension: it lies after the promised day until that is granted.';
