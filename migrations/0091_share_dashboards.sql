-- Own dashboards: whose they are, beside the owner's account of the plan.

ALTER TABLE dashboards
  ADD COLUMN owner_principal_id uuid REFERENCES principals (id) ON DELETE CASCADE,
  ADD COLUMN owner_name varchar(255);
CREATE INDEX idx_dashboards_owner_principal ON dashboards (owner_principal_id);
COMMENT ON COLUMN dashboards.owner_principal_id IS 'Whose it is; leads over owner_id, which is the same person among the owner''s users, where known. Null: made at the machine.';
COMMENT ON COLUMN dashboards.owner_name IS 'As the owner was called when it was last saved.';
COMMENT ON COLUMN dashboards.dashboard_type IS 'own: made of tiles by somebody here. Those that ship are not rows.';
COMMENT ON COLUMN dashboards.layout_config IS '{columns}: into how many columns the tiles are laid.';
COMMENT ON COLUMN dashboards.widget_config IS '{tiles}: array of {metric, measure, by, period}.';
COMMENT ON COLUMN dashboards.access_control IS '{roles}: holders of these roles see it. What is in its tiles, the grants of who looks decide.';
COMMENT ON COLUMN dashboards.is_public IS 'True: everybody who can sign in sees it, with the numbers of their own scope.';
