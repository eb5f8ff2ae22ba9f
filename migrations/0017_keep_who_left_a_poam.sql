-- A machine that moves to another system leaves the POA&Ms of the old one. That it left is kept until the remote no longer lists it: else the
-- next read of the old list would bring it back.

CREATE TABLE poam_asset_departures (
  poam_id varchar(50) NOT NULL,
  asset_uuid uuid NOT NULL REFERENCES ingestion_assets (asset_uuid) ON DELETE CASCADE,
  reason text NOT NULL,
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  departed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (poam_id, asset_uuid)
);
CREATE INDEX idx_poam_asset_departures_asset ON poam_asset_departures (asset_uuid);
CREATE INDEX idx_poam_asset_departures_operation ON poam_asset_departures (operation_id);
COMMENT ON TABLE poam_asset_departures IS 'Assets that a POA&M is no longer about, and that its remote still lists.';
COMMENT ON COLUMN poam_asset_departures.poam_id IS 'ingestion_poams.poam_id.';
