-- Requests: what a person asks for and others decide by their role (a deviation, an extension, a completion), in the table and the lists
-- of approvals. Who decides is data, by authorization boundary, kind and severity.

ALTER TABLE approvals
  ADD COLUMN subject_kind varchar(40),
  ADD COLUMN subject_id varchar(255),
  ADD COLUMN system_id varchar(50),
  ADD COLUMN severity varchar(20),
  ADD COLUMN asked jsonb,
  ADD COLUMN content_sha256 varchar(64),
  ADD COLUMN levels jsonb,
  ADD COLUMN requested_by_principal varchar(255),
  ADD COLUMN expires_at timestamptz;
ALTER TABLE approvals DROP CONSTRAINT approvals_about_one_thing;
ALTER TABLE approvals ADD CONSTRAINT approvals_about_one_thing CHECK (
  num_nonnulls(execution_id, plan_id, subject_kind) = 1
  AND num_nonnulls(subject_kind, subject_id, asked, content_sha256, levels) IN (0, 5)
);
CREATE UNIQUE INDEX idx_approvals_one_request ON approvals (subject_kind, subject_id) WHERE status = 'pending' AND subject_kind IS NOT NULL;
CREATE INDEX idx_approvals_subject ON approvals (subject_kind, subject_id);
CREATE INDEX idx_approvals_expiry ON approvals (expires_at) WHERE status = 'pending' AND expires_at IS NOT NULL;
COMMENT ON COLUMN approvals.subject_kind IS 'What is asked for, of src/canonical/vocabulary/request-kinds.ts; null where a plan or a workflow run waits.';
COMMENT ON COLUMN approvals.subject_id IS 'Our id of what it is asked for: a POA&M of an extension or a completion, a deviation.';
COMMENT ON COLUMN approvals.system_id IS 'Of a request: its authorization boundary (ingestion_systems.system_id); null where it is in none. Of a plan the plan says it.';
COMMENT ON COLUMN approvals.severity IS 'Of a request: the severity of the weakness when it was asked for, by which its deciders were looked up.';
COMMENT ON COLUMN approvals.asked IS 'Of a request: its rationale, and lines of field, before and after, as its deciders read them.';
COMMENT ON COLUMN approvals.content_sha256 IS 'Of a request: of what its deciders read. A decision about another content is refused.';
COMMENT ON COLUMN approvals.levels IS 'Of a request: who decides, in turn, as the rule said when it was asked for: roles, and whether one of them or all must agree.';
COMMENT ON COLUMN approvals.requested_by_principal IS 'Who asked for it, as the key of an account; never one of those who decide.';
COMMENT ON COLUMN approvals.expires_at IS 'Of a request: when it falls back if nobody has decided it; null: never.';

CREATE TABLE approval_answers (
  approval_id uuid NOT NULL REFERENCES approvals (approval_id),
  level_number smallint NOT NULL,
  role_name varchar(40) NOT NULL,
  approved boolean NOT NULL,
  answered_by varchar(255) NOT NULL,
  answered_by_principal varchar(255) NOT NULL,
  answered_at timestamptz NOT NULL,
  reason text,
  PRIMARY KEY (approval_id, level_number, role_name),
  CONSTRAINT approval_answers_once_a_person UNIQUE (approval_id, answered_by_principal)
);
COMMENT ON TABLE approval_answers IS 'What each decider of a request said. One no rejects it; nobody answers twice.';
COMMENT ON COLUMN approval_answers.level_number IS 'Place in approvals.levels, from 1.';
COMMENT ON COLUMN approval_answers.role_name IS 'The role by which they answered, of src/canonical/access/role.ts.';
COMMENT ON COLUMN approval_answers.answered_by IS 'A name as it was then; answered_by_principal is who it is.';

CREATE TABLE approval_rules (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  system_id varchar(50),
  subject_kind varchar(40) NOT NULL,
  severity varchar(20),
  is_refused boolean NOT NULL DEFAULT false,
  levels jsonb NOT NULL DEFAULT '[]' CONSTRAINT approval_rules_levels_listed CHECK (jsonb_typeof(levels) = 'array'),
  answer_within_days integer CONSTRAINT approval_rules_days_positive CHECK (answer_within_days > 0),
  longest_days integer CONSTRAINT approval_rules_longest_positive CHECK (longest_days > 0),
  note text,
  set_by varchar(255),
  set_at timestamptz,
  CONSTRAINT approval_rules_refused_has_no_levels CHECK (NOT is_refused OR levels = '[]')
);
CREATE UNIQUE INDEX idx_approval_rules_place ON approval_rules (coalesce(system_id, ''), subject_kind, coalesce(severity, ''));
COMMENT ON TABLE approval_rules IS 'Who decides a request: the row of its boundary, kind and severity, else of its boundary and kind, else the same of every boundary.';
COMMENT ON COLUMN approval_rules.system_id IS 'ingestion_systems.system_id; null: every boundary that has no row of its own.';
COMMENT ON COLUMN approval_rules.severity IS 'Null: any severity that has no row of its own. An unknown severity counts as High.';
COMMENT ON COLUMN approval_rules.is_refused IS 'Such a request is not taken at all; the note says why.';
COMMENT ON COLUMN approval_rules.levels IS 'In turn: {roles, needs}, where needs is one (a person of any of the roles) or all (one person of each). Empty: nobody is asked.';
COMMENT ON COLUMN approval_rules.answer_within_days IS 'A request that nobody decided after so many days falls back; null: it waits.';
COMMENT ON COLUMN approval_rules.longest_days IS 'What is granted holds at most so many days from the request, so that it must bear an end; null: it may be without an end.';
COMMENT ON COLUMN approval_rules.set_by IS 'Who set it; null: it came with Tieline.';

INSERT INTO approval_rules (subject_kind, severity, is_refused, levels, longest_days, note) VALUES
  ('false_positive', NULL, false, '[{"roles": ["isso"], "needs": "one"}]', NULL, NULL),
  ('false_positive', 'High', false, '[{"roles": ["issm"], "needs": "one"}]', NULL, NULL),
  ('false_positive', 'Critical', false, '[{"roles": ["issm"], "needs": "one"}]', NULL, NULL),
  ('risk_adjustment', NULL, false, '[{"roles": ["ao"], "needs": "one"}]', NULL, NULL),
  ('risk_acceptance', NULL, false, '[{"roles": ["ao"], "needs": "one"}]', 365, NULL),
  ('operational_requirement', NULL, false, '[{"roles": ["ao"], "needs": "one"}]', 365, NULL),
  ('operational_requirement', 'High', true, '[]', NULL, 'An operational requirement is never granted for a High weakness: ask for a risk adjustment first.'),
  ('operational_requirement', 'Critical', true, '[]', NULL, 'An operational requirement is never granted for a High weakness, and Critical counts as High: ask for a risk adjustment first.'),
  ('vendor_dependency', NULL, false, '[]', NULL, 'Recorded without consent; the vendor is asked at least every 30 days.'),
  ('extension', NULL, false, '[{"roles": ["isso"], "needs": "one"}, {"roles": ["ao"], "needs": "one"}]', NULL, NULL),
  ('completion', NULL, false, '[{"roles": ["isso"], "needs": "one"}]', NULL, NULL),
  ('completion', 'High', false, '[{"roles": ["isso"], "needs": "one"}, {"roles": ["issm"], "needs": "one"}]', NULL, NULL),
  ('completion', 'Critical', false, '[{"roles": ["isso"], "needs": "one"}, {"roles": ["issm"], "needs": "one"}]', NULL, NULL),
  ('due_date', NULL, false, '[{"roles": ["isso"], "needs": "one"}]', NULL, NULL);
