-- What is open on each asset, counted where findings are stored: a console's first question is asked of thousands of assets, not of
-- millions of findings. Design section 4.

CREATE TABLE asset_exposure (
  asset_uuid uuid PRIMARY KEY,
  open_info integer NOT NULL,
  open_low integer NOT NULL,
  open_medium integer NOT NULL,
  open_high integer NOT NULL,
  open_critical integer NOT NULL,
  accepted integer NOT NULL,
  severe_since timestamp,
  counted_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE asset_exposure IS 'Open findings of each asset by severity, counted anew whenever findings of the asset change through Tieline, and of all assets after each full read of findings.';
COMMENT ON COLUMN asset_exposure.open_info IS 'Open or reopened, and neither accepted nor a false positive; so are the other severities.';
COMMENT ON COLUMN asset_exposure.accepted IS 'Open or reopened, with the risk accepted or as a false positive, of whatever severity.';
COMMENT ON COLUMN asset_exposure.severe_since IS 'When the oldest of its open high and critical findings was first found (UTC).';
