-- Two files that came at the same time each allowed a word of its own for how a machine leaves a POA&M, and not that of the other.
ALTER TABLE poam_asset_departures ADD CONSTRAINT poam_asset_departures_kind_words CHECK (kind IN ('moved', 'taken off', 'ended', 'regrouped'));
ALTER TABLE poam_asset_departures DROP CONSTRAINT IF EXISTS poam_asset_departures_kind_told;
ALTER TABLE poam_asset_departures DROP CONSTRAINT IF EXISTS poam_asset_departures_kind_known;
COMMENT ON COLUMN poam_asset_departures.kind IS 'moved: to another system, kept until the remote no longer lists the machine. taken off: by a person at the remote, kept until the remote lists it again. ended: terminated or deleted, while another machine under the POA&M lives; kept until it is there again, or the remote no longer lists it. regrouped: a changed rule put its findings under another POA&M.';
