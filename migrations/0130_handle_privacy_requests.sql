-- Requests under the Privacy Act (5 U.S.C. 552a): their types, states and days; searches that say what they looked through; statements
-- that stay with records; and the accounting of disclosures.

ALTER TABLE data_subject_requests ADD COLUMN subject_name varchar(255),
  ADD COLUMN subject_mail varchar(255),
  ADD COLUMN reply_to varchar(1000),
  ADD COLUMN asked text,
  ADD COLUMN is_non_us boolean NOT NULL DEFAULT false,
  ADD COLUMN received_on date,
  ADD COLUMN acknowledge_by date,
  ADD COLUMN answer_by date,
  ADD COLUMN acknowledged_at timestamptz,
  ADD COLUMN identity_how varchar(40),
  ADD COLUMN identity_note text,
  ADD COLUMN identity_by varchar(255),
  ADD COLUMN identity_at timestamptz,
  ADD COLUMN consent varchar(40),
  ADD COLUMN readable_sha256 varchar(64) REFERENCES stored_files (sha256),
  ADD COLUMN json_sha256 varchar(64) REFERENCES stored_files (sha256);
ALTER TABLE data_subject_requests ALTER COLUMN request_type TYPE varchar(40);
ALTER TABLE data_subject_requests ALTER COLUMN status TYPE varchar(40);
ALTER TABLE data_subject_requests DROP CONSTRAINT data_subject_requests_type_known;
ALTER TABLE data_subject_requests DROP CONSTRAINT data_subject_requests_status_known;
UPDATE data_subject_requests
   SET request_type = CASE request_type WHEN 'rectification' THEN 'amendment' ELSE request_type END,
       status = CASE status WHEN 'in_progress' THEN 'acknowledged' WHEN 'completed' THEN 'closed' WHEN 'rejected' THEN 'refused' ELSE status END,
       received_on = coalesce(received_on, (created_at AT TIME ZONE 'UTC')::date),
       is_non_us = request_type IN ('erasure', 'portability');
ALTER TABLE data_subject_requests ADD CONSTRAINT data_subject_requests_type_of_act
  CHECK (request_type IN ('access', 'amendment', 'accounting_of_disclosures', 'statement_of_disagreement', 'erasure', 'portability'));
ALTER TABLE data_subject_requests ADD CONSTRAINT data_subject_requests_status_of_act
  CHECK (status IN ('received', 'acknowledged', 'identity_pending', 'identity_verified', 'searching', 'review',
                    'granted', 'partly_granted', 'refused', 'appealed', 'closed'));
DROP INDEX idx_data_subject_requests_open;
CREATE INDEX idx_data_subject_requests_waiting ON data_subject_requests (due_date) WHERE status <> 'closed';
CREATE INDEX idx_data_subject_requests_readable ON data_subject_requests (readable_sha256) WHERE readable_sha256 IS NOT NULL;
CREATE INDEX idx_data_subject_requests_json ON data_subject_requests (json_sha256) WHERE json_sha256 IS NOT NULL;
COMMENT ON COLUMN data_subject_requests.subject_name IS 'Full name of the person whose record it is.';
COMMENT ON COLUMN data_subject_requests.reply_to IS 'Where the answer goes: an address as the person gave it.';
COMMENT ON COLUMN data_subject_requests.asked IS 'What the person asks for, in their words.';
COMMENT ON COLUMN data_subject_requests.is_non_us IS 'Whether the person is outside of the Privacy Act (neither a citizen nor a permanent resident): only then may it be erasure or portability.';
COMMENT ON COLUMN data_subject_requests.due_date IS 'The day that holds now: of the acknowledgement, then of the answer, then of the appeal.';
COMMENT ON COLUMN data_subject_requests.identity_how IS 'How the identity was proved (src/modules/privacy/words.ts).';
COMMENT ON COLUMN data_subject_requests.consent IS 'How the person consented to the disclosure of the record, or why no consent is needed.';
COMMENT ON COLUMN data_subject_requests.response_details IS 'Object: decision, reason, exemption (code), appealTo, appeal; what the answer says.';
COMMENT ON COLUMN data_subject_requests.readable_sha256 IS 'The copy of the record for the person, one HTML file in the store.';
COMMENT ON COLUMN data_subject_requests.json_sha256 IS 'The same as JSON.';

CREATE TABLE privacy_request_steps (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_ref integer NOT NULL REFERENCES data_subject_requests (id),
  step varchar(40) NOT NULL,
  from_status varchar(40),
  to_status varchar(40) NOT NULL,
  details jsonb NOT NULL DEFAULT '{}',
  done_at timestamptz NOT NULL,
  done_by varchar(255) NOT NULL
);
CREATE INDEX idx_privacy_request_steps_request ON privacy_request_steps (request_ref, id);
COMMENT ON TABLE privacy_request_steps IS 'What was done about a privacy request, step by step. Only ever added to.';

CREATE TABLE privacy_searches (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_ref integer NOT NULL REFERENCES data_subject_requests (id),
  terms text[] NOT NULL,
  job_id uuid,
  asked_at timestamptz NOT NULL,
  asked_by varchar(255) NOT NULL,
  listed_at timestamptz,
  ended_at timestamptz,
  problem jsonb
);
CREATE INDEX idx_privacy_searches_request ON privacy_searches (request_ref, id);
COMMENT ON TABLE privacy_searches IS 'Searches for what is held on the person of a privacy request. The latest one counts.';
COMMENT ON COLUMN privacy_searches.terms IS 'What is searched for, in any letter case, anywhere in a text.';
COMMENT ON COLUMN privacy_searches.listed_at IS 'When the tables were listed from the catalogue; null: not begun.';
COMMENT ON COLUMN privacy_searches.problem IS 'Why it ended without a result: code, message.';

CREATE TABLE privacy_search_tables (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  search_id integer NOT NULL REFERENCES privacy_searches (id),
  schema_name text NOT NULL,
  table_name text NOT NULL,
  key_columns text[] NOT NULL DEFAULT '{}',
  searched_columns text[] NOT NULL DEFAULT '{}',
  left_out_columns text[] NOT NULL DEFAULT '{}',
  position jsonb,
  rows_read bigint NOT NULL DEFAULT 0,
  rows_found bigint NOT NULL DEFAULT 0,
  not_searched_because varchar(40),
  ended_at timestamptz,
  UNIQUE (search_id, schema_name, table_name)
);
COMMENT ON TABLE privacy_search_tables IS 'How far a search is in each table, and which ones it did not look through, and why.';
COMMENT ON COLUMN privacy_search_tables.key_columns IS 'By which it is read, and a row is named; empty: it has no key and is read by its blocks.';
COMMENT ON COLUMN privacy_search_tables.left_out_columns IS 'Columns that may hold what a person wrote but were not searched: bytes.';
COMMENT ON COLUMN privacy_search_tables.position IS 'The key of the last row that was read, as texts; where there is no key, the number of the next block.';
COMMENT ON COLUMN privacy_search_tables.not_searched_because IS 'A code (src/modules/privacy/words.ts); null: it is searched.';

CREATE TABLE privacy_search_hits (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  search_table_id integer NOT NULL REFERENCES privacy_search_tables (id),
  row_key jsonb NOT NULL,
  left_out_because varchar(40),
  left_out_note text,
  reviewed_at timestamptz,
  reviewed_by varchar(255)
);
CREATE INDEX idx_privacy_search_hits_table ON privacy_search_hits (search_table_id, id);
COMMENT ON TABLE privacy_search_hits IS 'Rows that a search found, by their keys: what they hold is read when it is shown, and not kept twice.';
COMMENT ON COLUMN privacy_search_hits.row_key IS 'Object of the key columns and their values; of a table without a key, the row itself.';
COMMENT ON COLUMN privacy_search_hits.left_out_because IS 'Why it is not in the copy for the person: another_person, or the code of an exemption; null: it is.';

CREATE TABLE record_statements (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  request_ref integer NOT NULL REFERENCES data_subject_requests (id),
  kind varchar(40) NOT NULL CONSTRAINT record_statements_kind_known CHECK (kind IN ('disagreement', 'annotation')),
  entity_type varchar(50) NOT NULL,
  entity_id varchar(255) NOT NULL,
  system_id varchar(50),
  statement text NOT NULL,
  made_at timestamptz NOT NULL,
  made_by varchar(255) NOT NULL
);
CREATE INDEX idx_record_statements_request ON record_statements (request_ref);
CREATE INDEX idx_record_statements_record ON record_statements (entity_type, entity_id);
COMMENT ON TABLE record_statements IS 'Statements of disagreement and annotations under the Privacy Act: kept with a record and shown where it is shown; the record itself stays.';
COMMENT ON COLUMN record_statements.entity_type IS 'An entity of the record, or schema.table of what is never changed (the journal, the logs).';
COMMENT ON COLUMN record_statements.made_by IS 'Who entered it; the statement of disagreement itself is the person''s.';

CREATE TABLE disclosures (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  disclosure_id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  disclosed_at timestamptz NOT NULL,
  nature varchar(40) NOT NULL CONSTRAINT disclosures_nature_known CHECK (nature IN ('report', 'export', 'privacy_copy', 'other')),
  what varchar(500) NOT NULL,
  item_type varchar(50),
  item_id varchar(255),
  purpose varchar(1000) NOT NULL,
  recipient varchar(500) NOT NULL,
  recipient_address varchar(500),
  authority varchar(500) NOT NULL,
  subjects text[],
  everywhere boolean NOT NULL DEFAULT false,
  system_ids text[] NOT NULL DEFAULT '{}',
  file_sha256 varchar(64),
  disclosed_by varchar(255) NOT NULL,
  disclosed_by_principal varchar(255),
  keep_until date NOT NULL
);
CREATE INDEX idx_disclosures_at ON disclosures (disclosed_at DESC, id DESC);
CREATE INDEX idx_disclosures_keep ON disclosures (keep_until);
COMMENT ON TABLE disclosures IS 'Accounting of disclosures (5 U.S.C. 552a(c)): what left the agency, when, what for, to whom, by which authority. Kept five years or longer.';
COMMENT ON COLUMN disclosures.what IS 'What left: the title of a report, the name of a list.';
COMMENT ON COLUMN disclosures.item_type IS 'generated_report, list, data_subject_request, or null.';
COMMENT ON COLUMN disclosures.subjects IS 'Whose records left, as names, addresses or user ids; null: nobody looked, so it may hold anybody''s of its boundaries.';
COMMENT ON COLUMN disclosures.everywhere IS 'Whether it covers every boundary; else system_ids says which.';
COMMENT ON COLUMN disclosures.file_sha256 IS 'The file that left. It may be gone from the store by now.';
