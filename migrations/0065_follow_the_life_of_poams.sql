-- The life of a POA&M after it was made: what a person is asked, what evidence closed it, which rating it had first; findings whose machine
-- is gone, or that a full read no longer shows, count no longer as open.

-- Without a check: to add one again would read the whole table under a lock, and what writes the column is typed.
ALTER TABLE ingestion_vulnerabilities DROP CONSTRAINT ingestion_vulnerabilities_lifecycle_state_known;
ALTER TABLE ingestion_vulnerabilities
  ADD COLUMN missing_since timestamptz,
  ADD COLUMN fix_reported_at timestamptz,
  ADD COLUMN fix_reported_by varchar(255);
COMMENT ON COLUMN ingestion_vulnerabilities.lifecycle_state IS 'open, reopened or fixed, as the scanner says; missing: the last full read of its scanner did not show it, and nobody said that it was fixed; gone: its machine is gone (terminated, deleted, or shown by no source), or a person said that it is. The last two count neither as open nor as fixed.';
COMMENT ON COLUMN ingestion_vulnerabilities.missing_since IS 'Since when it is missing or gone; null while it is neither.';
COMMENT ON COLUMN ingestion_vulnerabilities.fix_reported_at IS 'When a person reported that it was fixed: a scan proves that only if it began later.';
COMMENT ON COLUMN ingestion_vulnerabilities.fix_reported_by IS 'Who reported that it was fixed.';
CREATE INDEX idx_ingestion_vulnerabilities_missing ON ingestion_vulnerabilities (lifecycle_state, asset_ref) WHERE missing_since IS NOT NULL;

ALTER TABLE weaknesses ADD COLUMN rated_severity varchar(20);
UPDATE weaknesses SET rated_severity = severity;
COMMENT ON COLUMN weaknesses.rated_severity IS 'The severity by which its POA&M was rated last: where the severity differs from it, the rating is to follow, or a person is asked.';

CREATE TABLE poam_lives (
  poam_id varchar(50) PRIMARY KEY REFERENCES ingestion_poams (poam_id) ON DELETE CASCADE,
  original_rating varchar(20),
  original_completion date,
  verified_at timestamptz,
  evidence jsonb,
  closed_by_evidence_at timestamptz,
  follows_poam_id varchar(50),
  updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE poam_lives IS 'What is kept of the life of a POA&M beside its fields: first values that are never rewritten, and the evidence that it is fixed.';
COMMENT ON COLUMN poam_lives.poam_id IS 'ingestion_poams.poam_id.';
COMMENT ON COLUMN poam_lives.original_rating IS 'Its rating before that first followed the weakness; null: it never moved.';
COMMENT ON COLUMN poam_lives.original_completion IS 'Its scheduled completion before that was first moved by an extension; null: it never moved.';
COMMENT ON COLUMN poam_lives.verified_at IS 'Since when all its findings are fixed with evidence; null: they are not.';
COMMENT ON COLUMN poam_lives.evidence IS 'Array of {finding, asset, plugin, fixedAt, after, sawHost, authenticated, ranPlugin, source}, each answer yes, no or unknown.';
COMMENT ON COLUMN poam_lives.closed_by_evidence_at IS 'When it was completed on this evidence.';
COMMENT ON COLUMN poam_lives.follows_poam_id IS 'The POA&M that was completed before the weakness was found again; this one was made in its place.';

CREATE TABLE poam_questions (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  poam_id varchar(50) NOT NULL REFERENCES ingestion_poams (poam_id) ON DELETE CASCADE,
  external_system_id integer REFERENCES external_systems (id) ON DELETE CASCADE,
  code varchar(40) NOT NULL,
  params jsonb NOT NULL DEFAULT '{}',
  operation_id uuid REFERENCES ingestion_batches (batch_id),
  opened_at timestamptz NOT NULL DEFAULT now(),
  settled_at timestamptz,
  settled_by varchar(255),
  settlement varchar(40)
);
CREATE UNIQUE INDEX idx_poam_questions_open ON poam_questions (poam_id, code) WHERE settled_at IS NULL;
CREATE INDEX idx_poam_questions_poam ON poam_questions (poam_id);
CREATE INDEX idx_poam_questions_system ON poam_questions (external_system_id);
CREATE INDEX idx_poam_questions_operation ON poam_questions (operation_id);
COMMENT ON TABLE poam_questions IS 'What only a person can say about the life of a POA&M: each open one is a row of the inbox.';
COMMENT ON COLUMN poam_questions.poam_id IS 'ingestion_poams.poam_id.';
COMMENT ON COLUMN poam_questions.code IS 'What is asked (canonical/vocabulary/poam-questions.ts); the sentence is made when it is shown.';
COMMENT ON COLUMN poam_questions.params IS 'What the sentence names.';
COMMENT ON COLUMN poam_questions.settled_at IS 'When a person answered, or it was over by itself.';
COMMENT ON COLUMN poam_questions.settled_by IS 'Who answered; null: it was over by itself.';
COMMENT ON COLUMN poam_questions.settlement IS 'over, or what the person answered.';

-- The new check bears a name of its own, so that it may come before the old one goes.
ALTER TABLE poam_asset_departures ADD CONSTRAINT poam_asset_departures_kind_told CHECK (kind IN ('moved', 'taken off', 'ended'));
ALTER TABLE poam_asset_departures DROP CONSTRAINT poam_asset_departures_kind_known;
COMMENT ON COLUMN poam_asset_departures.kind IS 'moved: to another system, kept until the remote no longer lists the machine. taken off: by a person at the remote, kept until the remote lists it again. ended: terminated or deleted, while another machine under the POA&M lives; kept until it is there again, or the remote no longer lists it.';

CREATE TABLE life_settings (
  system_id varchar(50) PRIMARY KEY REFERENCES ingestion_systems (system_id) ON DELETE CASCADE,
  close_after varchar(20) CHECK (close_after IN ('at once', 'days', 'word')),
  close_days integer CHECK (close_days BETWEEN 0 AND 3650),
  reopen_days integer CHECK (reopen_days BETWEEN 0 AND 3650),
  contradiction varchar(20) CHECK (contradiction IN ('ask', 'reopen', 'accept')),
  accept_until date,
  extension_approvers integer CHECK (extension_approvers BETWEEN 0 AND 5),
  is_fedramp boolean,
  set_by varchar(255),
  set_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE life_settings IS 'How the POA&Ms of an authorization boundary live; what is null, or has no row, is the default.';
COMMENT ON COLUMN life_settings.close_after IS 'When a POA&M whose findings are all fixed with evidence is completed: at once, after close_days without return, or after the word of a person (the default).';
COMMENT ON COLUMN life_settings.reopen_days IS 'A finding that returns within so many days after completion reopens its POA&M; later it gets a new one that names the old. Default 30, of a FedRAMP boundary 0.';
COMMENT ON COLUMN life_settings.contradiction IS 'A POA&M that was completed at the remote while findings are open: ask a person (the default), reopen it, or accept the completion until accept_until.';
COMMENT ON COLUMN life_settings.extension_approvers IS 'How many persons other than the one who asks must agree to an extension. Default 1.';
COMMENT ON COLUMN life_settings.is_fedramp IS 'Whether the boundary is authorized by FedRAMP.';

-- Connections that were made before: when a scan with credentials was last done is evidence of a fix.
INSERT INTO data_field_mappings (external_system_id, entity_type, external_field_name, internal_field_name, transformation_rule, is_required)
SELECT s.id, 'asset', CASE s.system_type WHEN 'tenable' THEN 'last_authenticated_scan_date | scan.last_authenticated_scan_date' ELSE 'authenticated_at' END, 'last_authenticated_at', known.transformation_rule, false
  FROM external_systems s
  JOIN data_field_mappings known ON known.external_system_id = s.id AND known.entity_type = 'asset' AND known.internal_field_name = 'last_seen'
 WHERE s.system_type IN ('tenable', 'tenable_sc')
   AND NOT EXISTS (SELECT FROM data_field_mappings m
                    WHERE m.external_system_id = s.id AND m.entity_type = 'asset' AND m.internal_field_name = 'last_authenticated_at');

-- What these connections have told of it already, so that their assets need not be told again.
UPDATE asset_sources
   SET record = asset_sources.record || jsonb_build_object('last_authenticated_at',
         CASE WHEN told.at ~ '^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$'
              THEN to_char(told.at::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END)
  FROM (SELECT x.external_system_id, x.external_id,
               coalesce(x.raw_json ->> 'last_authenticated_scan_date', x.raw_json #>> '{scan,last_authenticated_scan_date}') AS at
          FROM asset_sources x JOIN external_systems s ON s.id = x.external_system_id AND s.system_type = 'tenable'
         WHERE x.record ? 'last_seen') told
 WHERE told.external_system_id = asset_sources.external_system_id AND told.external_id = asset_sources.external_id;
