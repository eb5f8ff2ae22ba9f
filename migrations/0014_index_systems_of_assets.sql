-- What is open in each system is asked of all assets at once: from an index, without reading their records. Design section 4.

CREATE INDEX idx_ingestion_assets_uuid_system ON ingestion_assets (asset_uuid, system_id);
