-- Leases of the facilities that a system stands in. Invented: only tests have them.
CREATE TABLE leases (
  id serial PRIMARY KEY,
  lease_number text NOT NULL,
  remote_id text,
  system_id text NOT NULL,
  title text NOT NULL,
  lessee text,
  rooms text[],
  ends_on date,
  status text,
  remarks text,
  raw_json jsonb,
  created_at timestamp DEFAULT now(),
  updated_at timestamp DEFAULT now()
);
COMMENT ON TABLE leases IS 'Leases of facilities, merged with the records of the lessor''s server';
CREATE INDEX idx_leases_number ON leases (system_id, lease_number);
-- One row is one record of a system, as for the entities that ship.
CREATE UNIQUE INDEX idx_sync_links_lease_once ON sync_links (external_system_id, entity_id)
  WHERE retired_at IS NULL AND entity_type = 'lease';
