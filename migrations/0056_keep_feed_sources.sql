-- Where feeds come from by themselves, for those who have a network; and what feeds say of a plugin beyond the plan's columns.

CREATE TABLE intelligence_sources (
  feed varchar(10) PRIMARY KEY CHECK (feed IN ('kev', 'epss', 'nvd', 'cve', 'ssvc')),
  address text NOT NULL,
  cron varchar(100) NOT NULL,
  is_enabled boolean NOT NULL DEFAULT true,
  next_run_at timestamptz,
  last_run_at timestamptz,
  last_outcome text,
  set_by varchar(255) NOT NULL,
  set_at timestamptz NOT NULL
);
COMMENT ON TABLE intelligence_sources IS 'From where and when a worker loads a feed by itself; at most one a feed.';
COMMENT ON COLUMN intelligence_sources.address IS 'Address or file. {date} stands for the day before, YYYY-MM-DD; {year} for the year.';
COMMENT ON COLUMN intelligence_sources.cron IS 'Five fields (minute hour day month weekday), in UTC.';
COMMENT ON COLUMN intelligence_sources.last_outcome IS 'What the last time came to: what was loaded, or why not.';

ALTER TABLE vulnerability_intelligence
  ADD COLUMN kev_added date,
  ADD COLUMN kev_due date,
  ADD COLUMN kev_ransomware boolean,
  ADD COLUMN epss numeric,
  ADD COLUMN epss_percentile numeric;
COMMENT ON COLUMN vulnerability_intelligence.kev_added IS 'Earliest day on which a CVE of the plugin was listed as known to be exploited; null: none is.';
COMMENT ON COLUMN vulnerability_intelligence.kev_due IS 'Earliest due date that the catalogue prints for a CVE of the plugin.';
COMMENT ON COLUMN vulnerability_intelligence.kev_ransomware IS 'Whether ransomware is known to use a CVE of the plugin; null: none is listed.';
COMMENT ON COLUMN vulnerability_intelligence.epss IS 'Highest EPSS score of its CVEs, 0 to 1.';

CREATE TABLE plugin_cves (
  cve text NOT NULL,
  plugin_id varchar(50) NOT NULL REFERENCES scan_plugins (plugin_id) ON DELETE CASCADE,
  PRIMARY KEY (cve, plugin_id)
);
CREATE INDEX idx_plugin_cves_plugin ON plugin_cves (plugin_id);
COMMENT ON TABLE plugin_cves IS 'scan_plugins.cves, a row each: which plugins look for a CVE. Renewed after each sync and load.';
