-- Saved views are shared with a role or an authorization boundary, and one of them is how a list begins.

ALTER TABLE saved_views
  ADD COLUMN shared_role varchar(40),
  ADD COLUMN shared_system varchar(255),
  ADD COLUMN is_role_default boolean NOT NULL DEFAULT false;
ALTER TABLE saved_views ADD CONSTRAINT saved_views_shared_with_one CHECK (shared_role IS NULL OR shared_system IS NULL);
CREATE UNIQUE INDEX idx_saved_views_role_default ON saved_views (list, shared_role) WHERE is_role_default;
COMMENT ON COLUMN saved_views.shared_role IS 'Holders of this role see it; where no system is named either, a shared view is for everybody.';
COMMENT ON COLUMN saved_views.shared_system IS 'Those who see something of this authorization boundary (ingestion_systems.system_id) see it.';
COMMENT ON COLUMN saved_views.is_role_default IS 'How the list begins for holders of the role who have chosen nothing themselves.';

CREATE TABLE default_views (
  principal_id uuid NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  list varchar(60) NOT NULL,
  view_id uuid REFERENCES saved_views (id) ON DELETE CASCADE,
  PRIMARY KEY (principal_id, list)
);
CREATE INDEX idx_default_views_view ON default_views (view_id);
COMMENT ON TABLE default_views IS 'With which saved view a list begins for a person.';
COMMENT ON COLUMN default_views.view_id IS 'Null: with none, whatever the role has.';
