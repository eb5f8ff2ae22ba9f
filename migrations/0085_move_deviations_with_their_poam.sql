-- A POA&M that is merged into another one takes its deviations along, each for just the assets and checks that it was approved for.

ALTER TABLE deviations
  ADD COLUMN only_plugins text[],
  ADD COLUMN moved_from varchar(50);
COMMENT ON COLUMN deviations.only_plugins IS 'Of one that moved with its POA&M: the plugins that it is about; null: all that are under its POA&M.';
COMMENT ON COLUMN deviations.moved_from IS 'The POA&M that it was asked for, which was merged into the present one.';
