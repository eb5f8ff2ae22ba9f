-- What is known of a plugin is put together field by field: a report that says less empties nothing, and the newer one stands in what
-- it fills, in whatever order files are carried over. So each field keeps the date of the report that filled it.

ALTER TABLE scan_plugins
  ADD COLUMN observed_at timestamptz,
  ADD COLUMN field_reports jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN scan_plugins.observed_at IS 'When the report was made that is the latest of those with this modification date; null where reports do not say.';
COMMENT ON COLUMN scan_plugins.field_reports IS 'Fields that another report than the latest filled: by name an array of its modification date, external system and time.';
COMMENT ON COLUMN scan_plugins.raw_json IS 'The plugin block as it came, with what later reports added.';
