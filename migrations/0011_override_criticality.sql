-- A person's word on how critical an asset is, for servers that rate assets by themselves (the ACR of Tenable).

ALTER TABLE assets_extended
  ADD COLUMN acr_override smallint CONSTRAINT assets_extended_acr_override_range CHECK (acr_override BETWEEN 1 AND 10);
COMMENT ON COLUMN assets_extended.acr_override IS 'The Asset Criticality Rating that the organization gives the asset, 1 to 10, in place of the one that Tenable computes; null: none is given. Sent out only where a mapping of the system says so.';
