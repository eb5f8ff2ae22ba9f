-- A connection can be paused (neither read nor sent to) and removed: the row and all that hangs on it stay, since what it reported is a fact.
ALTER TABLE external_systems
  ADD COLUMN sync_paused_at timestamptz,
  ADD COLUMN sync_paused_by varchar(255),
  ADD COLUMN sync_paused_reason text,
  ADD COLUMN removed_at timestamptz,
  ADD COLUMN removed_by varchar(255),
  ADD COLUMN removed_reason text;
COMMENT ON COLUMN external_systems.sync_paused_at IS 'Since when a person has it paused: sync_enabled is false, nothing is read from it and nothing is sent to it.';
COMMENT ON COLUMN external_systems.removed_at IS 'When a person removed the connection. Its secrets are erased; what it reported, its links and its journal stay. Adding the same name, type and address again continues it.';
COMMENT ON COLUMN external_systems.system_name IS 'What the operator calls it, as in `tieline connections check NAME`; kept for good, since records bear it.';
