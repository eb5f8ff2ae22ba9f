-- What threat feeds say of vulnerabilities: each load of a feed, what each feed said of a CVE, what that comes to, and how it changed.
-- Loaded from files, so that it works without a network.

CREATE TABLE intelligence_loads (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  feed varchar(10) NOT NULL CHECK (feed IN ('kev', 'epss', 'nvd', 'cve', 'ssvc')),
  source text NOT NULL,
  version text,
  feed_date timestamptz,
  loaded_at timestamptz NOT NULL,
  loaded_by varchar(255) NOT NULL,
  rows_read bigint NOT NULL,
  rows_changed bigint NOT NULL,
  rows_unchanged bigint NOT NULL,
  rows_older bigint NOT NULL DEFAULT 0,
  rows_withdrawn bigint NOT NULL DEFAULT 0,
  sha256 varchar(64) NOT NULL,
  bytes bigint NOT NULL,
  forced_reason text,
  operation_id uuid REFERENCES ingestion_batches (batch_id)
);
CREATE INDEX idx_intelligence_loads_feed ON intelligence_loads (feed, loaded_at);
CREATE INDEX idx_intelligence_loads_operation ON intelligence_loads (operation_id);
COMMENT ON TABLE intelligence_loads IS 'Files of threat feeds that were loaded, one row a file.';
COMMENT ON COLUMN intelligence_loads.source IS 'The file or address that it came from.';
COMMENT ON COLUMN intelligence_loads.version IS 'What the publisher calls this issue of the feed: catalogue version, model version.';
COMMENT ON COLUMN intelligence_loads.feed_date IS 'When the publisher made it, as the file says.';
COMMENT ON COLUMN intelligence_loads.rows_changed IS 'Rows that were new or said something else than the last load.';
COMMENT ON COLUMN intelligence_loads.rows_older IS 'Records that were left out because what is stored of the same feed is newer.';
COMMENT ON COLUMN intelligence_loads.rows_withdrawn IS 'Entries that the feed no longer lists.';
COMMENT ON COLUMN intelligence_loads.sha256 IS 'Of the file as it came, packed or not.';
COMMENT ON COLUMN intelligence_loads.forced_reason IS 'Why a person had a file loaded that is older than the one before, or that lacks many entries.';

CREATE TABLE cve_reports (
  cve text NOT NULL,
  feed varchar(10) NOT NULL,
  reported_at timestamptz,
  facts jsonb NOT NULL,
  first_loaded_at timestamptz NOT NULL,
  withdrawn_at timestamptz,
  load_id bigint NOT NULL REFERENCES intelligence_loads (id),
  PRIMARY KEY (cve, feed)
);
CREATE INDEX idx_cve_reports_load ON cve_reports (load_id);
COMMENT ON TABLE cve_reports IS 'What each feed last said of a CVE; cve_intelligence is put together from it. EPSS scores are kept there alone.';
COMMENT ON COLUMN cve_reports.reported_at IS 'When the publisher last changed its record, as the record says.';
COMMENT ON COLUMN cve_reports.facts IS 'What we take of the record, in one form for all feeds.';
COMMENT ON COLUMN cve_reports.withdrawn_at IS 'When a load first no longer listed it; null while it is listed.';
COMMENT ON COLUMN cve_reports.load_id IS 'The load that last changed it.';

CREATE TABLE cve_intelligence (
  cve text PRIMARY KEY,
  kev_added date,
  kev_due date,
  kev_ransomware boolean,
  kev_name text,
  kev_action text,
  kev_withdrawn_on date,
  epss numeric,
  epss_percentile numeric,
  epss_date date,
  epss_model text,
  automatable text CHECK (automatable IN ('yes', 'no')),
  technical_impact text CHECK (technical_impact IN ('total', 'partial')),
  exploitation text CHECK (exploitation IN ('none', 'poc', 'active')),
  ssvc_at timestamptz,
  ssvc_source varchar(10),
  cvss jsonb NOT NULL DEFAULT '{}',
  attack_vector varchar(50),
  exploitability_score numeric(3,1),
  exploit_known boolean,
  patch_available boolean,
  nvd_status text,
  is_rejected boolean NOT NULL DEFAULT false,
  description text,
  cwes text[] NOT NULL DEFAULT '{}',
  published_at timestamptz,
  modified_at timestamptz,
  loaded_at timestamptz NOT NULL
);
CREATE INDEX idx_cve_intelligence_prefix ON cve_intelligence (cve text_pattern_ops);
CREATE INDEX idx_cve_intelligence_kev ON cve_intelligence (kev_added) WHERE kev_added IS NOT NULL;
COMMENT ON TABLE cve_intelligence IS 'What is known of a CVE from all feeds together. What no feed says is null, which means unknown and never no.';
COMMENT ON COLUMN cve_intelligence.kev_added IS 'Day on which CISA listed it as known to be exploited; null if it is not listed, or no longer.';
COMMENT ON COLUMN cve_intelligence.kev_due IS 'The due date that the catalogue prints; for some entries it lies before kev_added.';
COMMENT ON COLUMN cve_intelligence.kev_ransomware IS 'Whether ransomware is known to use it; false: the catalogue says Unknown; null: not listed.';
COMMENT ON COLUMN cve_intelligence.kev_action IS 'What the catalogue requires to be done.';
COMMENT ON COLUMN cve_intelligence.kev_withdrawn_on IS 'Day of the catalogue that no longer listed it; what it said before is in cve_reports.';
COMMENT ON COLUMN cve_intelligence.epss IS 'Probability of exploitation in the next 30 days, 0 to 1 (EPSS, FIRST).';
COMMENT ON COLUMN cve_intelligence.epss_date IS 'Day of the file that brought this score; a later file that says the same does not move it.';
COMMENT ON COLUMN cve_intelligence.epss_model IS 'The model that made the score: a score that differs only because the model changed is no change of risk.';
COMMENT ON COLUMN cve_intelligence.automatable IS 'SSVC: whether exploitation can be automated.';
COMMENT ON COLUMN cve_intelligence.technical_impact IS 'SSVC: total or partial control of the software.';
COMMENT ON COLUMN cve_intelligence.exploitation IS 'SSVC: none, poc (exploit code is public), active.';
COMMENT ON COLUMN cve_intelligence.ssvc_at IS 'When the SSVC points were assessed; null if not said.';
COMMENT ON COLUMN cve_intelligence.ssvc_source IS 'The feed that the SSVC points are from.';
COMMENT ON COLUMN cve_intelligence.cvss IS 'By version (2.0, 3.0, 3.1, 4.0) an object of score, severity, vector, attack_vector, exploitability, impact, source; NVD''s own rating before that of others.';
COMMENT ON COLUMN cve_intelligence.attack_vector IS 'Of the newest CVSS version: network, adjacent, local, physical.';
COMMENT ON COLUMN cve_intelligence.exploitability_score IS 'CVSS exploitability on a scale of 0 to 10, whatever the version''s own scale.';
COMMENT ON COLUMN cve_intelligence.exploit_known IS 'Exploited, or exploit code is public; false only where a feed says that there is none.';
COMMENT ON COLUMN cve_intelligence.patch_available IS 'True where a reference is marked as a patch; false is never concluded from the absence of one.';
COMMENT ON COLUMN cve_intelligence.is_rejected IS 'The CVE was rejected: its scores are withdrawn.';
COMMENT ON COLUMN cve_intelligence.modified_at IS 'When NVD, or else the CVE program, last changed its record.';
COMMENT ON COLUMN cve_intelligence.loaded_at IS 'When a load last changed this row.';

CREATE TABLE cve_changes (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  cve text NOT NULL,
  field_name varchar(50) NOT NULL,
  before_value jsonb,
  after_value jsonb,
  load_id bigint NOT NULL REFERENCES intelligence_loads (id),
  changed_at timestamptz NOT NULL
);
CREATE INDEX idx_cve_changes_cve ON cve_changes (cve, changed_at);
CREATE INDEX idx_cve_changes_load ON cve_changes (load_id);
CREATE INDEX idx_cve_changes_time ON cve_changes (changed_at);
COMMENT ON TABLE cve_changes IS 'What loads changed of CVEs that a known plugin names, and of the KEV catalogue for all: what a date or a score that moved can be explained by.';
COMMENT ON COLUMN cve_changes.field_name IS 'A column of cve_intelligence.';
