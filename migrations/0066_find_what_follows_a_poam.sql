-- Which POA&M was made after one that was completed: asked on the page of each.
CREATE INDEX idx_poam_lives_follows ON poam_lives (follows_poam_id) WHERE follows_poam_id IS NOT NULL;

-- Who agrees to an extension is said by the rules of who decides (approval_rules), which came at the same time.
ALTER TABLE life_settings DROP COLUMN extension_approvers;
