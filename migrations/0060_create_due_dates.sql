-- Due dates as data: policies with versions and tables, which of them apply where, calendars; and of each POA&M the date by which it is
-- obliged beside the one that it promises, with every obligation that it ever had.

CREATE TABLE calendars (
  name varchar(50) PRIMARY KEY,
  title varchar(200) NOT NULL,
  weekend integer[] NOT NULL DEFAULT '{6,7}',
  federal_holidays boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE calendars IS 'On which days people work, for due dates and working days; own days are in calendar_days.';
COMMENT ON COLUMN calendars.weekend IS 'Days of the week that are free: 1 Monday to 7 Sunday.';
COMMENT ON COLUMN calendars.federal_holidays IS 'Whether the US federal holidays are free; they are computed by rule (5 U.S.C. 6103), not stored.';

CREATE TABLE calendar_days (
  calendar varchar(50) NOT NULL REFERENCES calendars (name),
  day date NOT NULL,
  is_working boolean NOT NULL,
  title varchar(200) NOT NULL,
  set_by varchar(255) NOT NULL,
  set_at timestamptz NOT NULL,
  PRIMARY KEY (calendar, day)
);
COMMENT ON TABLE calendar_days IS 'Days that an organization adds to a calendar: free ones, or ones that are worked on although they would be free.';

CREATE TABLE due_date_policies (
  policy_id varchar(50) PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by varchar(255) NOT NULL DEFAULT 'tieline'
);
COMMENT ON TABLE due_date_policies IS 'Due-date policies; what each says is in its versions.';
COMMENT ON COLUMN due_date_policies.created_by IS 'Who added it; tieline: it was shipped.';

CREATE TABLE due_date_policy_versions (
  policy_id varchar(50) NOT NULL REFERENCES due_date_policies (policy_id),
  version integer NOT NULL CHECK (version > 0),
  title varchar(200) NOT NULL,
  basis varchar(30) NOT NULL CHECK (basis IN ('first_found', 'original_detection', 'evaluation_completed', 'kev_or_detection', 'kev_due', 'comply_by')),
  counts varchar(20) NOT NULL DEFAULT 'days' CHECK (counts IN ('days', 'working_days', 'days_then_before', 'days_then_after')),
  calendar varchar(50) REFERENCES calendars (name),
  civilian_only boolean NOT NULL DEFAULT false,
  when_earlier varchar(20) NOT NULL DEFAULT 'ask' CHECK (when_earlier IN ('ask', 'follow')),
  effective_from date,
  effective_until date,
  grace_until date,
  source varchar(500) NOT NULL,
  source_read boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by varchar(255) NOT NULL DEFAULT 'tieline',
  PRIMARY KEY (policy_id, version)
);
CREATE INDEX idx_due_date_policy_versions_calendar ON due_date_policy_versions (calendar);
COMMENT ON TABLE due_date_policy_versions IS 'What a due-date policy says, by version; a version is never changed. A weakness follows the newest version in force on the day on which its clock starts.';
COMMENT ON COLUMN due_date_policy_versions.basis IS 'What the clock starts with (src/canonical/due-dates/policy-words.ts).';
COMMENT ON COLUMN due_date_policy_versions.counts IS 'days: every day; working_days: only those of the calendar; days_then_before, days_then_after: every day, and an end on a free day moves to the working day before or after.';
COMMENT ON COLUMN due_date_policy_versions.civilian_only IS 'Does not apply to national security systems.';
COMMENT ON COLUMN due_date_policy_versions.when_earlier IS 'What becomes of a promised date when this policy gives an earlier one: ask a person, or follow by itself.';
COMMENT ON COLUMN due_date_policy_versions.effective_from IS 'First day on which a clock may start under it; null: any.';
COMMENT ON COLUMN due_date_policy_versions.effective_until IS 'First day on which none starts any more; null: it is in force.';
COMMENT ON COLUMN due_date_policy_versions.grace_until IS 'Until when its issuer still takes work under it, for information.';
COMMENT ON COLUMN due_date_policy_versions.source IS 'The document that it is taken from.';
COMMENT ON COLUMN due_date_policy_versions.source_read IS 'Whether that document was read; false: by hearsay.';

CREATE TABLE due_date_policy_times (
  policy_id varchar(50) NOT NULL,
  version integer NOT NULL,
  ordinal integer NOT NULL,
  conditions jsonb NOT NULL,
  days numeric(7, 2),
  remark varchar(200),
  PRIMARY KEY (policy_id, version, ordinal),
  FOREIGN KEY (policy_id, version) REFERENCES due_date_policy_versions (policy_id, version)
);
COMMENT ON TABLE due_date_policy_times IS 'The table of a version: under these conditions so many days from the start of its clock; the first row that fits counts.';
COMMENT ON COLUMN due_date_policy_times.conditions IS 'By condition the value that it must have (src/canonical/due-dates/policy-words.ts); one that is left out may be anything.';
COMMENT ON COLUMN due_date_policy_times.days IS 'Half a day is twelve hours; null: no date, the remark says until when.';

CREATE TABLE due_date_policy_uses (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  system_id varchar(50) REFERENCES ingestion_systems (system_id),
  policy_id varchar(50) NOT NULL REFERENCES due_date_policies (policy_id),
  applies boolean NOT NULL,
  covers_open boolean NOT NULL DEFAULT false,
  reason text,
  set_at timestamptz NOT NULL DEFAULT now(),
  set_by varchar(255) NOT NULL DEFAULT 'tieline',
  ended_at timestamptz
);
CREATE UNIQUE INDEX idx_due_date_policy_uses_now ON due_date_policy_uses (policy_id, coalesce(system_id, '')) WHERE ended_at IS NULL;
CREATE INDEX idx_due_date_policy_uses_policy ON due_date_policy_uses (policy_id);
CREATE INDEX idx_due_date_policy_uses_system ON due_date_policy_uses (system_id);
COMMENT ON TABLE due_date_policy_uses IS 'Which policies apply where, and since when: a boundary inherits what applies by default, and its own rows decide otherwise. What is replaced is kept with its end.';
COMMENT ON COLUMN due_date_policy_uses.system_id IS 'The authorization boundary; null: the default of all.';
COMMENT ON COLUMN due_date_policy_uses.applies IS 'false: it does not apply to this boundary although it does by default.';
COMMENT ON COLUMN due_date_policy_uses.covers_open IS 'Whether it counts for weaknesses too whose clock had started before the policy began, from the day on which it began.';
COMMENT ON COLUMN due_date_policy_uses.ended_at IS 'When it was replaced; null: it holds.';

CREATE TABLE poam_obligations (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  poam_ref integer NOT NULL REFERENCES ingestion_poams (id) ON DELETE CASCADE,
  weakness_id integer REFERENCES weaknesses (id) ON DELETE SET NULL,
  obliged_by date NOT NULL,
  policy_id varchar(50) NOT NULL,
  version integer NOT NULL,
  reason text NOT NULL,
  inputs jsonb NOT NULL,
  since timestamptz NOT NULL,
  operation_id uuid
);
CREATE INDEX idx_poam_obligations_poam ON poam_obligations (poam_ref, weakness_id, id DESC);
CREATE INDEX idx_poam_obligations_weakness ON poam_obligations (weakness_id);
CREATE INDEX idx_poam_obligations_operation ON poam_obligations (operation_id);
COMMENT ON TABLE poam_obligations IS 'Every date by which a POA&M was ever obliged, with the policy that gave it and what was known then. Rows are only added: a new obligation never rewrites an older one.';
COMMENT ON COLUMN poam_obligations.weakness_id IS 'The weakness that it is about; null where that is gone.';
COMMENT ON COLUMN poam_obligations.inputs IS 'What the policy was told: when the clock started, the facts, what was unknown, and what every other policy answered.';
COMMENT ON COLUMN poam_obligations.since IS 'When the obligation arose.';

CREATE TABLE poam_due_dates (
  poam_ref integer PRIMARY KEY REFERENCES ingestion_poams (id) ON DELETE CASCADE,
  obliged_by date NOT NULL,
  since timestamptz NOT NULL,
  proposed date,
  stands_for date,
  stands_since timestamptz,
  stands_by varchar(255),
  stands_reason text
);
CREATE INDEX idx_poam_due_dates_obliged_by ON poam_due_dates (obliged_by);
COMMENT ON TABLE poam_due_dates IS 'By which day each POA&M is obliged now: the earliest of what its weaknesses are due by. What it promises is scheduled_completion of the POA&M.';
COMMENT ON COLUMN poam_due_dates.since IS 'Since when it is obliged by that day.';
COMMENT ON COLUMN poam_due_dates.proposed IS 'The scheduled completion that Tieline proposed because the obligation was past already; null where they were the same day.';
COMMENT ON COLUMN poam_due_dates.stands_for IS 'The obligation about which a person said that the promised date stands although it is later.';
COMMENT ON COLUMN poam_due_dates.stands_reason IS 'Why, in the words of that person.';

INSERT INTO calendars (name, title) VALUES ('federal', 'US federal working days');

-- The values are those of the documents named in each row's source; works of the US government (CISA, FedRAMP, HHS) are in the public domain,
-- the table of BOD 26-04 is as CERT/CC coded it, and the DoD practice is that of C-PAT's published documentation.
INSERT INTO due_date_policies (policy_id) VALUES
  ('org-default'),
  ('fedramp-rev5'),
  ('fedramp-vdr'),
  ('cisa-bod-26-04'),
  ('cisa-bod-22-01'),
  ('cisa-bod-19-02'),
  ('hhs-cms'),
  ('dod-cat'),
  ('dod-iavm');

INSERT INTO due_date_policy_versions (policy_id, version, title, basis, civilian_only, effective_from, effective_until, grace_until, source, source_read) VALUES
  ('org-default', 1, 'organization matrix', 'first_found', false, NULL, NULL, NULL, 'the organization’s own matrix (docs/due-dates.md)', true),
  ('fedramp-rev5', 1, 'FedRAMP Rev 5 continuous monitoring', 'original_detection', false, '2015-02-18', '2026-12-07', '2027-03-07', 'CSP POA&M Template Completion Guide v2.2, table 2 and section 3; POA&M template v2.1, column L', true),
  ('fedramp-vdr', 1, 'FedRAMP vulnerability detection and response 2026', 'evaluation_completed', false, '2026-12-07', NULL, NULL, 'FedRAMP consolidated rules 2026 (v2026.07.14.01): VDR-TFR-PVR, VER-TFR-EVU, VER-TFR-MAV', true),
  ('cisa-bod-26-04', 1, 'CISA BOD 26-04', 'kev_or_detection', true, '2026-06-10', NULL, NULL, 'BOD 26-04 table 1, as coded by CERT/CC (SSVC data, cisa_bod_26_04_1_0_0.csv); what the clock counts from is secondary', false),
  ('cisa-bod-22-01', 1, 'CISA BOD 22-01', 'kev_due', true, '2021-11-03', '2026-06-10', NULL, 'the KEV catalogue’s own due date; revoked by BOD 26-04', true),
  ('cisa-bod-19-02', 1, 'CISA BOD 19-02', 'first_found', true, '2019-04-29', '2026-06-10', NULL, 'BOD 19-02; revoked by BOD 26-04', false),
  ('hhs-cms', 1, 'HHS POA&M Standard as applied by CMS', 'first_found', false, '2020-08-05', NULL, NULL, 'CMS CISO Memorandum 20:01', true),
  ('dod-cat', 1, 'DoD component practice by category', 'first_found', false, NULL, NULL, NULL, 'C-PAT user documentation, POAM creation', true),
  ('dod-iavm', 1, 'IAVM comply-by date', 'comply_by', false, NULL, NULL, NULL, 'C-PAT admin documentation, VRAM import: the notice’s own comply-by date', true);

INSERT INTO due_date_policy_times (policy_id, version, ordinal, conditions, days, remark) VALUES
  ('org-default', 1, 1, '{"severity": "Critical"}', 7, NULL),
  ('org-default', 1, 2, '{"severity": "High"}', 30, NULL),
  ('org-default', 1, 3, '{"severity": "Medium"}', 90, NULL),
  ('org-default', 1, 4, '{"severity": "Low"}', 180, NULL),
  ('fedramp-rev5', 1, 1, '{"severity": "Critical"}', 30, NULL),
  ('fedramp-rev5', 1, 2, '{"severity": "High"}', 30, NULL),
  ('fedramp-rev5', 1, 3, '{"severity": "Medium"}', 90, NULL),
  ('fedramp-rev5', 1, 4, '{"severity": "Low"}', 180, NULL),
  ('fedramp-vdr', 1, 1, '{"class": "A", "agency_impact": "N5", "exploitable": "yes", "reachable": "yes"}', 4, NULL),
  ('fedramp-vdr', 1, 2, '{"class": "A", "agency_impact": "N5", "exploitable": "yes", "reachable": "no"}', 8, NULL),
  ('fedramp-vdr', 1, 3, '{"class": "A", "agency_impact": "N5", "exploitable": "no"}', 32, NULL),
  ('fedramp-vdr', 1, 4, '{"class": "A", "agency_impact": "N4", "exploitable": "yes", "reachable": "yes"}', 8, NULL),
  ('fedramp-vdr', 1, 5, '{"class": "A", "agency_impact": "N4", "exploitable": "yes", "reachable": "no"}', 32, NULL),
  ('fedramp-vdr', 1, 6, '{"class": "A", "agency_impact": "N4", "exploitable": "no"}', 64, NULL),
  ('fedramp-vdr', 1, 7, '{"class": "A", "agency_impact": "N3", "exploitable": "yes", "reachable": "yes"}', 32, NULL),
  ('fedramp-vdr', 1, 8, '{"class": "A", "agency_impact": "N3", "exploitable": "yes", "reachable": "no"}', 64, NULL),
  ('fedramp-vdr', 1, 9, '{"class": "A", "agency_impact": "N3", "exploitable": "no"}', 192, NULL),
  ('fedramp-vdr', 1, 10, '{"class": "A", "agency_impact": "N2", "exploitable": "yes", "reachable": "yes"}', 96, NULL),
  ('fedramp-vdr', 1, 11, '{"class": "A", "agency_impact": "N2", "exploitable": "yes", "reachable": "no"}', 160, NULL),
  ('fedramp-vdr', 1, 12, '{"class": "A", "agency_impact": "N2", "exploitable": "no"}', 192, NULL),
  ('fedramp-vdr', 1, 13, '{"class": "B", "agency_impact": "N5", "exploitable": "yes", "reachable": "yes"}', 4, NULL),
  ('fedramp-vdr', 1, 14, '{"class": "B", "agency_impact": "N5", "exploitable": "yes", "reachable": "no"}', 8, NULL),
  ('fedramp-vdr', 1, 15, '{"class": "B", "agency_impact": "N5", "exploitable": "no"}', 32, NULL),
  ('fedramp-vdr', 1, 16, '{"class": "B", "agency_impact": "N4", "exploitable": "yes", "reachable": "yes"}', 8, NULL),
  ('fedramp-vdr', 1, 17, '{"class": "B", "agency_impact": "N4", "exploitable": "yes", "reachable": "no"}', 32, NULL),
  ('fedramp-vdr', 1, 18, '{"class": "B", "agency_impact": "N4", "exploitable": "no"}', 64, NULL),
  ('fedramp-vdr', 1, 19, '{"class": "B", "agency_impact": "N3", "exploitable": "yes", "reachable": "yes"}', 32, NULL),
  ('fedramp-vdr', 1, 20, '{"class": "B", "agency_impact": "N3", "exploitable": "yes", "reachable": "no"}', 64, NULL),
  ('fedramp-vdr', 1, 21, '{"class": "B", "agency_impact": "N3", "exploitable": "no"}', 192, NULL),
  ('fedramp-vdr', 1, 22, '{"class": "B", "agency_impact": "N2", "exploitable": "yes", "reachable": "yes"}', 96, NULL),
  ('fedramp-vdr', 1, 23, '{"class": "B", "agency_impact": "N2", "exploitable": "yes", "reachable": "no"}', 160, NULL),
  ('fedramp-vdr', 1, 24, '{"class": "B", "agency_impact": "N2", "exploitable": "no"}', 192, NULL),
  ('fedramp-vdr', 1, 25, '{"class": "C", "agency_impact": "N5", "exploitable": "yes", "reachable": "yes"}', 2, NULL),
  ('fedramp-vdr', 1, 26, '{"class": "C", "agency_impact": "N5", "exploitable": "yes", "reachable": "no"}', 4, NULL),
  ('fedramp-vdr', 1, 27, '{"class": "C", "agency_impact": "N5", "exploitable": "no"}', 16, NULL),
  ('fedramp-vdr', 1, 28, '{"class": "C", "agency_impact": "N4", "exploitable": "yes", "reachable": "yes"}', 4, NULL),
  ('fedramp-vdr', 1, 29, '{"class": "C", "agency_impact": "N4", "exploitable": "yes", "reachable": "no"}', 8, NULL),
  ('fedramp-vdr', 1, 30, '{"class": "C", "agency_impact": "N4", "exploitable": "no"}', 64, NULL),
  ('fedramp-vdr', 1, 31, '{"class": "C", "agency_impact": "N3", "exploitable": "yes", "reachable": "yes"}', 16, NULL),
  ('fedramp-vdr', 1, 32, '{"class": "C", "agency_impact": "N3", "exploitable": "yes", "reachable": "no"}', 32, NULL),
  ('fedramp-vdr', 1, 33, '{"class": "C", "agency_impact": "N3", "exploitable": "no"}', 128, NULL),
  ('fedramp-vdr', 1, 34, '{"class": "C", "agency_impact": "N2", "exploitable": "yes", "reachable": "yes"}', 48, NULL),
  ('fedramp-vdr', 1, 35, '{"class": "C", "agency_impact": "N2", "exploitable": "yes", "reachable": "no"}', 128, NULL),
  ('fedramp-vdr', 1, 36, '{"class": "C", "agency_impact": "N2", "exploitable": "no"}', 192, NULL),
  ('fedramp-vdr', 1, 37, '{"class": "D", "agency_impact": "N5", "exploitable": "yes", "reachable": "yes"}', 0.5, '12 hours'),
  ('fedramp-vdr', 1, 38, '{"class": "D", "agency_impact": "N5", "exploitable": "yes", "reachable": "no"}', 1, NULL),
  ('fedramp-vdr', 1, 39, '{"class": "D", "agency_impact": "N5", "exploitable": "no"}', 8, NULL),
  ('fedramp-vdr', 1, 40, '{"class": "D", "agency_impact": "N4", "exploitable": "yes", "reachable": "yes"}', 2, NULL),
  ('fedramp-vdr', 1, 41, '{"class": "D", "agency_impact": "N4", "exploitable": "yes", "reachable": "no"}', 8, NULL),
  ('fedramp-vdr', 1, 42, '{"class": "D", "agency_impact": "N4", "exploitable": "no"}', 32, NULL),
  ('fedramp-vdr', 1, 43, '{"class": "D", "agency_impact": "N3", "exploitable": "yes", "reachable": "yes"}', 8, NULL),
  ('fedramp-vdr', 1, 44, '{"class": "D", "agency_impact": "N3", "exploitable": "yes", "reachable": "no"}', 16, NULL),
  ('fedramp-vdr', 1, 45, '{"class": "D", "agency_impact": "N3", "exploitable": "no"}', 64, NULL),
  ('fedramp-vdr', 1, 46, '{"class": "D", "agency_impact": "N2", "exploitable": "yes", "reachable": "yes"}', 24, NULL),
  ('fedramp-vdr', 1, 47, '{"class": "D", "agency_impact": "N2", "exploitable": "yes", "reachable": "no"}', 96, NULL),
  ('fedramp-vdr', 1, 48, '{"class": "D", "agency_impact": "N2", "exploitable": "no"}', 192, NULL),
  ('fedramp-vdr', 1, 49, '{"agency_impact": "N1"}', NULL, 'no timeframe for negligible impact'),
  ('cisa-bod-26-04', 1, 1, '{"kev": "no", "exposed": "no", "automatable": "no", "impact": "partial"}', NULL, 'fix on system upgrade'),
  ('cisa-bod-26-04', 1, 2, '{"kev": "yes", "exposed": "no", "automatable": "no", "impact": "partial"}', 14, NULL),
  ('cisa-bod-26-04', 1, 3, '{"kev": "no", "exposed": "yes", "automatable": "no", "impact": "partial"}', 60, NULL),
  ('cisa-bod-26-04', 1, 4, '{"kev": "no", "exposed": "no", "automatable": "yes", "impact": "partial"}', 60, NULL),
  ('cisa-bod-26-04', 1, 5, '{"kev": "no", "exposed": "no", "automatable": "no", "impact": "total"}', NULL, 'fix on system upgrade'),
  ('cisa-bod-26-04', 1, 6, '{"kev": "yes", "exposed": "yes", "automatable": "no", "impact": "partial"}', 14, NULL),
  ('cisa-bod-26-04', 1, 7, '{"kev": "yes", "exposed": "no", "automatable": "yes", "impact": "partial"}', 14, NULL),
  ('cisa-bod-26-04', 1, 8, '{"kev": "no", "exposed": "yes", "automatable": "yes", "impact": "partial"}', 14, NULL),
  ('cisa-bod-26-04', 1, 9, '{"kev": "yes", "exposed": "no", "automatable": "no", "impact": "total"}', 14, NULL),
  ('cisa-bod-26-04', 1, 10, '{"kev": "no", "exposed": "yes", "automatable": "no", "impact": "total"}', 14, NULL),
  ('cisa-bod-26-04', 1, 11, '{"kev": "no", "exposed": "no", "automatable": "yes", "impact": "total"}', 60, NULL),
  ('cisa-bod-26-04', 1, 12, '{"kev": "yes", "exposed": "yes", "automatable": "yes", "impact": "partial"}', 3, NULL),
  ('cisa-bod-26-04', 1, 13, '{"kev": "yes", "exposed": "yes", "automatable": "no", "impact": "total"}', 3, 'with forensic investigation'),
  ('cisa-bod-26-04', 1, 14, '{"kev": "yes", "exposed": "no", "automatable": "yes", "impact": "total"}', 3, 'with forensic investigation'),
  ('cisa-bod-26-04', 1, 15, '{"kev": "no", "exposed": "yes", "automatable": "yes", "impact": "total"}', 3, NULL),
  ('cisa-bod-26-04', 1, 16, '{"kev": "yes", "exposed": "yes", "automatable": "yes", "impact": "total"}', 3, 'with forensic investigation'),
  ('cisa-bod-22-01', 1, 1, '{}', 0, NULL),
  ('cisa-bod-19-02', 1, 1, '{"severity": "Critical", "exposed": "yes"}', 15, NULL),
  ('cisa-bod-19-02', 1, 2, '{"severity": "High", "exposed": "yes"}', 30, NULL),
  ('hhs-cms', 1, 1, '{"severity": "Critical"}', 15, NULL),
  ('hhs-cms', 1, 2, '{"severity": "High"}', 30, NULL),
  ('hhs-cms', 1, 3, '{"severity": "Medium"}', 90, NULL),
  ('hhs-cms', 1, 4, '{"severity": "Low"}', 365, NULL),
  ('dod-cat', 1, 1, '{"severity": "Critical"}', 30, 'CAT I'),
  ('dod-cat', 1, 2, '{"severity": "High"}', 30, 'CAT I'),
  ('dod-cat', 1, 3, '{"severity": "Medium"}', 180, 'CAT II'),
  ('dod-cat', 1, 4, '{"severity": "Low"}', 365, 'CAT III'),
  ('dod-cat', 1, 5, '{"severity": "Info"}', 365, 'CAT III'),
  ('dod-iavm', 1, 1, '{}', 0, NULL);

INSERT INTO due_date_policy_uses (system_id, policy_id, applies) VALUES (NULL, 'org-default', true);
