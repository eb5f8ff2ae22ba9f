-- Deviations: what stands beside the work on a POA&M for a time (a risk that is accepted, a finding that is false, a requirement of
-- operations, a rating that is adjusted, a vendor who is waited for), with what each needs, who decided it, and until when it holds.

CREATE TABLE deviations (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind varchar(40) NOT NULL CONSTRAINT deviations_kind_known CHECK (kind IN
    ('false_positive', 'risk_adjustment', 'risk_acceptance', 'operational_requirement', 'vendor_dependency')),
  poam_id varchar(50) NOT NULL,
  system_id varchar(50),
  severity varchar(20),
  is_whole_poam boolean NOT NULL,
  state varchar(20) NOT NULL DEFAULT 'requested' CONSTRAINT deviations_state_known CHECK (state IN
    ('requested', 'approved', 'rejected', 'withdrawn', 'expired', 'lapsed')),
  rationale text NOT NULL,
  compensating_controls text,
  details jsonb NOT NULL DEFAULT '{}',
  adjusted_severity varchar(20),
  rating_before varchar(20),
  expires_on date,
  review_on date,
  requested_by varchar(255) NOT NULL,
  requested_by_principal varchar(255) NOT NULL,
  requested_at timestamptz NOT NULL,
  approval_id uuid,
  decided_by varchar(255),
  decided_at timestamptz,
  decision_reason text,
  ended_by varchar(255),
  ended_at timestamptz,
  end_reason text,
  CONSTRAINT deviations_decision_signed CHECK (state NOT IN ('approved', 'rejected', 'expired') OR (decided_by IS NOT NULL AND decided_at IS NOT NULL)),
  CONSTRAINT deviations_end_dated CHECK ((state IN ('withdrawn', 'expired', 'lapsed')) = (ended_at IS NOT NULL))
);
CREATE INDEX idx_deviations_poam ON deviations (poam_id);
CREATE INDEX idx_deviations_system ON deviations (system_id, state);
CREATE INDEX idx_deviations_living ON deviations (expires_on) WHERE state IN ('requested', 'approved');
COMMENT ON TABLE deviations IS 'Deviations of POA&Ms, never deleted. Several may hold at once beside the state of the POA&M.';
COMMENT ON COLUMN deviations.kind IS 'A word of src/canonical/vocabulary/request-kinds.ts.';
COMMENT ON COLUMN deviations.poam_id IS 'Of ingestion_poams, by name: the record of what was decided outlives the POA&M.';
COMMENT ON COLUMN deviations.system_id IS 'The authorization boundary of the POA&M when it was asked for.';
COMMENT ON COLUMN deviations.severity IS 'Of the weakness when it was asked for, by which its deciders were looked up.';
COMMENT ON COLUMN deviations.is_whole_poam IS 'True: every asset of the POA&M, also those that join it later. False: those of deviation_assets.';
COMMENT ON COLUMN deviations.state IS 'src/modules/deviations/deviation-states.ts.';
COMMENT ON COLUMN deviations.details IS 'What its kind needs beside the rationale: src/modules/deviations/requirements.ts names the fields.';
COMMENT ON COLUMN deviations.adjusted_severity IS 'Of a risk adjustment: what the weakness is to be rated.';
COMMENT ON COLUMN deviations.rating_before IS 'Of an approved risk adjustment: the rating of the POA&M before it, which returns when it ends.';
COMMENT ON COLUMN deviations.expires_on IS 'The last day on which it holds, in UTC; null: no end.';
COMMENT ON COLUMN deviations.review_on IS 'When an operational requirement is to be looked at again.';
COMMENT ON COLUMN deviations.approval_id IS 'The request that it waits or waited with (approvals); null where the rules asked nobody.';
COMMENT ON COLUMN deviations.end_reason IS 'Why it was withdrawn; what it was about, where it lapsed.';

CREATE TABLE deviation_assets (
  deviation_id integer NOT NULL REFERENCES deviations (id),
  asset_uuid uuid NOT NULL,
  PRIMARY KEY (deviation_id, asset_uuid)
);
CREATE INDEX idx_deviation_assets_asset ON deviation_assets (asset_uuid);
COMMENT ON TABLE deviation_assets IS 'The assets that a deviation is for, where it is not for the whole POA&M.';

CREATE TABLE deviation_files (
  deviation_id integer NOT NULL REFERENCES deviations (id),
  sha256 varchar(64) NOT NULL REFERENCES stored_files (sha256),
  file_name varchar(255) NOT NULL,
  added_by varchar(255) NOT NULL,
  added_at timestamptz NOT NULL,
  PRIMARY KEY (deviation_id, sha256)
);
CREATE INDEX idx_deviation_files_sha256 ON deviation_files (sha256);
COMMENT ON TABLE deviation_files IS 'Evidence of a deviation: files of the store, with what they are called here.';

CREATE TABLE deviation_rules (
  deviation_id integer NOT NULL REFERENCES deviations (id),
  acceptance_id integer NOT NULL REFERENCES acceptances (id),
  external_system_id integer NOT NULL REFERENCES external_systems (id),
  asset_uuid uuid NOT NULL,
  plugin_id varchar(50) NOT NULL,
  PRIMARY KEY (deviation_id, acceptance_id)
);
CREATE UNIQUE INDEX idx_deviation_rules_once ON deviation_rules (deviation_id, external_system_id, asset_uuid, plugin_id);
CREATE INDEX idx_deviation_rules_acceptance ON deviation_rules (acceptance_id);
CREATE INDEX idx_deviation_rules_external_system ON deviation_rules (external_system_id);
COMMENT ON TABLE deviation_rules IS 'By which rule at a scanner''s server a deviation holds there: one for each asset and plugin.';

CREATE TABLE deviation_checkins (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  deviation_id integer NOT NULL REFERENCES deviations (id),
  checked_on date NOT NULL,
  note text NOT NULL,
  checked_by varchar(255) NOT NULL,
  recorded_at timestamptz NOT NULL
);
CREATE INDEX idx_deviation_checkins_deviation ON deviation_checkins (deviation_id, checked_on);
COMMENT ON TABLE deviation_checkins IS 'When a vendor was asked for the fix that a dependency waits for, and what they said.';

CREATE TABLE deviation_notices (
  deviation_id integer NOT NULL REFERENCES deviations (id),
  kind varchar(30) NOT NULL CONSTRAINT deviation_notices_kind_known CHECK (kind IN
    ('ends_in_30', 'ends_in_7', 'check_in_due', 'review_due', 'plugin_changed', 'not_sent', 'adjust_due')),
  noticed_at timestamptz NOT NULL,
  about text,
  PRIMARY KEY (deviation_id, kind)
);
COMMENT ON TABLE deviation_notices IS 'What a person is to know or do about a deviation; a row of the inbox as long as it holds.';
COMMENT ON COLUMN deviation_notices.kind IS 'src/modules/deviations/notices.ts.';
COMMENT ON COLUMN deviation_notices.about IS 'The day, the number or the name that its sentence says.';
