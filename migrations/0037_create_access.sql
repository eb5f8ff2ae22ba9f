-- Who may do what: people and programs (principals) of Tieline's own, how they sign in, what they are granted, their sessions and tokens.
-- Beside the owner's `users`, whose passwords belong to another application; a principal may be linked to a row of it. Names of what
-- grants, tokens and teams reach are ids of boundaries without a foreign key: a grant outlives a boundary that its owner deletes.

CREATE TABLE principals (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  kind varchar(20) NOT NULL CONSTRAINT principals_kind_known CHECK (kind IN ('person', 'service')),
  name varchar(100) NOT NULL,
  display_name varchar(255),
  email varchar(255),
  status varchar(20) NOT NULL DEFAULT 'active' CONSTRAINT principals_status_known CHECK (status IN ('active', 'locked', 'disabled')),
  status_reason text,
  status_since timestamptz,
  locked_until timestamptz,
  failures_counted_from timestamptz,
  user_id integer REFERENCES users (id) ON DELETE SET NULL,
  must_change_password boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by varchar(255) NOT NULL,
  last_sign_in_at timestamptz,
  last_sign_in_address inet
);
CREATE UNIQUE INDEX idx_principals_name ON principals (lower(name));
CREATE INDEX idx_principals_user ON principals (user_id);
COMMENT ON TABLE principals IS 'People and programs that sign in to Tieline. Never deleted, so that what they did keeps its name.';
COMMENT ON COLUMN principals.name IS 'What they sign in with; unique whatever the case.';
COMMENT ON COLUMN principals.status IS 'locked: released by an administrator or at locked_until; disabled: for good, until enabled again.';
COMMENT ON COLUMN principals.status_reason IS 'Why it is locked or disabled.';
COMMENT ON COLUMN principals.locked_until IS 'Of a locked principal: when it releases itself; null: only an administrator does.';
COMMENT ON COLUMN principals.failures_counted_from IS 'Refused sign-ins before it count no more for locking: the last success or release.';
COMMENT ON COLUMN principals.user_id IS 'The row of the owner''s users that is the same person, if known.';
COMMENT ON COLUMN principals.created_by IS 'Name of the principal, or of the account of the machine.';

CREATE TABLE principal_identities (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  principal_id uuid NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  way varchar(20) NOT NULL CONSTRAINT principal_identities_way_known CHECK (way IN ('local', 'oidc', 'cac')),
  issuer varchar(500) NOT NULL DEFAULT '',
  subject varchar(500) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz
);
CREATE UNIQUE INDEX idx_principal_identities_subject ON principal_identities (way, issuer, subject);
CREATE INDEX idx_principal_identities_principal ON principal_identities (principal_id);
COMMENT ON TABLE principal_identities IS 'By which ways a principal signs in, and as whom there.';
COMMENT ON COLUMN principal_identities.issuer IS 'Of OIDC the issuer, of a card its authority; empty for local.';
COMMENT ON COLUMN principal_identities.subject IS 'Of local the name in lower case. Never an e-mail address, which may change hands.';

CREATE TABLE principal_secrets (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  principal_id uuid NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  phc text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  replaced_at timestamptz
);
CREATE UNIQUE INDEX idx_principal_secrets_current ON principal_secrets (principal_id) WHERE replaced_at IS NULL;
CREATE INDEX idx_principal_secrets_principal ON principal_secrets (principal_id, replaced_at);
COMMENT ON TABLE principal_secrets IS 'Hashes of passwords: the present one, and the last ones, which may not be chosen again.';
COMMENT ON COLUMN principal_secrets.phc IS 'Algorithm, parameters, salt and hash in the PHC string format ($argon2id$v=19$m=…). Never the password.';

CREATE TABLE grants (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  principal_id uuid NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  role varchar(30),
  permission varchar(60),
  reach varchar(20) NOT NULL CONSTRAINT grants_reach_known CHECK (reach IN ('everywhere', 'boundaries')),
  system_ids text[] NOT NULL DEFAULT '{}',
  unassigned boolean NOT NULL DEFAULT false,
  until_at timestamptz,
  source varchar(20) NOT NULL DEFAULT 'person' CONSTRAINT grants_source_known CHECK (source IN ('person', 'machine', 'demo')),
  granted_at timestamptz NOT NULL DEFAULT now(),
  granted_by varchar(255) NOT NULL,
  granted_by_principal_id uuid REFERENCES principals (id) ON DELETE SET NULL,
  reason text,
  revoked_at timestamptz,
  revoked_by varchar(255),
  revoked_by_principal_id uuid REFERENCES principals (id) ON DELETE SET NULL,
  revoked_reason text,
  CONSTRAINT grants_give_one_thing CHECK ((role IS NULL) <> (permission IS NULL))
);
CREATE INDEX idx_grants_principal ON grants (principal_id);
CREATE INDEX idx_grants_granted_by ON grants (granted_by_principal_id);
CREATE INDEX idx_grants_revoked_by ON grants (revoked_by_principal_id);
COMMENT ON TABLE grants IS 'A role, or one permission, given to a principal somewhere until a time. Revoked ones stay, as evidence.';
COMMENT ON COLUMN grants.system_ids IS 'Of reach boundaries: ingestion_systems.system_id of each.';
COMMENT ON COLUMN grants.unassigned IS 'Of reach boundaries: also assets and findings in no boundary.';
COMMENT ON COLUMN grants.until_at IS 'From then on it gives nothing; null: until it is revoked.';
COMMENT ON COLUMN grants.source IS 'person: given in the product; machine: on the command line; demo: made by the demo.';
COMMENT ON COLUMN grants.granted_by IS 'Name of the principal, or of the account of the machine.';

CREATE TABLE sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  secret_sha256 bytea NOT NULL UNIQUE,
  principal_id uuid NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  way varchar(20) NOT NULL CONSTRAINT sessions_way_known CHECK (way IN ('local', 'oidc', 'cac', 'demo')),
  address inet,
  agent varchar(500),
  created_at timestamptz NOT NULL DEFAULT now(),
  last_activity_at timestamptz NOT NULL,
  stepped_up_at timestamptz NOT NULL,
  banner_acknowledged_at timestamptz,
  ended_at timestamptz,
  ended_why varchar(30) CONSTRAINT sessions_end_known
    CHECK (ended_why IN ('signed_out', 'idle', 'too_old', 'too_many', 'ended', 'locked', 'disabled', 'password_changed'))
);
CREATE INDEX idx_sessions_principal_open ON sessions (principal_id, created_at) WHERE ended_at IS NULL;
CREATE INDEX idx_sessions_principal ON sessions (principal_id);
CREATE INDEX idx_sessions_ended ON sessions (ended_at) WHERE ended_at IS NOT NULL;
COMMENT ON TABLE sessions IS 'Who is signed in from where. Ended ones are kept for 30 days.';
COMMENT ON COLUMN sessions.secret_sha256 IS 'SHA-256 of what the cookie holds; replaced when the session steps up.';
COMMENT ON COLUMN sessions.last_activity_at IS 'What a person did last; requests that a page makes by itself do not count.';
COMMENT ON COLUMN sessions.stepped_up_at IS 'When the password was given last: at sign-in, and again before what needs it.';

CREATE TABLE api_tokens (
  id varchar(20) PRIMARY KEY,
  secret_sha256 bytea NOT NULL,
  principal_id uuid NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  name varchar(100) NOT NULL,
  permissions text[] NOT NULL,
  reach varchar(20) NOT NULL CONSTRAINT api_tokens_reach_known CHECK (reach IN ('everywhere', 'boundaries')),
  system_ids text[] NOT NULL DEFAULT '{}',
  unassigned boolean NOT NULL DEFAULT false,
  addresses text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by varchar(255) NOT NULL,
  expires_at timestamptz NOT NULL,
  last_used_at timestamptz,
  last_used_address inet,
  revoked_at timestamptz,
  revoked_by varchar(255),
  revoked_reason text
);
CREATE INDEX idx_api_tokens_principal ON api_tokens (principal_id);
COMMENT ON TABLE api_tokens IS 'Tokens of programs. What one may do is what it lists and its owner may at that moment.';
COMMENT ON COLUMN api_tokens.id IS 'The part of the token that is no secret: tl_<id>_<secret>.';
COMMENT ON COLUMN api_tokens.addresses IS 'CIDR blocks from which it is accepted; empty: from everywhere.';
COMMENT ON COLUMN api_tokens.last_used_at IS 'To the minute.';

CREATE TABLE sign_in_attempts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  principal_id uuid REFERENCES principals (id) ON DELETE CASCADE,
  address inet,
  outcome varchar(20) NOT NULL DEFAULT 'open' CONSTRAINT sign_in_attempts_outcome_known
    CHECK (outcome IN ('open', 'succeeded', 'failed', 'limited')),
  attempted_at timestamptz NOT NULL
);
CREATE INDEX idx_sign_in_attempts_principal ON sign_in_attempts (principal_id, attempted_at);
CREATE INDEX idx_sign_in_attempts_address ON sign_in_attempts (address, attempted_at);
CREATE INDEX idx_sign_in_attempts_time ON sign_in_attempts (attempted_at);
COMMENT ON TABLE sign_in_attempts IS 'What lock-out and the limit per address count. Kept for 90 days.';
COMMENT ON COLUMN sign_in_attempts.principal_id IS 'Null for a name that nobody has; such a name is not kept, since people type passwords there.';
COMMENT ON COLUMN sign_in_attempts.outcome IS 'open: being checked, or its check was broken off; limited: not checked, too many came from the address.';

CREATE TABLE one_time_links (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  secret_sha256 bytea NOT NULL UNIQUE,
  principal_id uuid NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  purpose varchar(20) NOT NULL CONSTRAINT one_time_links_purpose_known CHECK (purpose IN ('bootstrap', 'password')),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by varchar(255) NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  used_address inet
);
CREATE INDEX idx_one_time_links_principal ON one_time_links (principal_id);
COMMENT ON TABLE one_time_links IS 'Links by which a person sets a password once, without one before.';
COMMENT ON COLUMN one_time_links.purpose IS 'bootstrap: of the first administrator; password: given by an administrator.';

CREATE TABLE idempotency_keys (
  principal_id uuid NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  key varchar(100) NOT NULL,
  request_sha256 bytea NOT NULL,
  status integer,
  answer jsonb,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (principal_id, key)
);
CREATE INDEX idx_idempotency_keys_created ON idempotency_keys (created_at);
COMMENT ON TABLE idempotency_keys IS 'Answers to requests that may be sent twice, for 24 hours.';
COMMENT ON COLUMN idempotency_keys.status IS 'HTTP status of the answer; null while the request is at work.';

CREATE TABLE saved_views (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  principal_id uuid NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  list varchar(60) NOT NULL,
  name varchar(100) NOT NULL,
  query jsonb NOT NULL,
  is_shared boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX idx_saved_views_name ON saved_views (principal_id, list, name);
CREATE INDEX idx_saved_views_shared ON saved_views (list) WHERE is_shared;
COMMENT ON TABLE saved_views IS 'Filters, columns and order of a list that a person gave a name.';
COMMENT ON COLUMN saved_views.query IS 'As the address of the page has it: filter, sort, columns.';
COMMENT ON COLUMN saved_views.is_shared IS 'Others see it too; what is in the list, their own grants decide.';

CREATE TABLE teams (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name varchar(100) NOT NULL UNIQUE,
  system_ids text[] NOT NULL DEFAULT '{}',
  mail varchar(255),
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by varchar(255) NOT NULL
);
COMMENT ON TABLE teams IS 'People who look after some boundaries together. Gives no right.';
COMMENT ON COLUMN teams.system_ids IS 'ingestion_systems.system_id of each boundary.';

CREATE TABLE team_members (
  team_id uuid NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
  principal_id uuid NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  PRIMARY KEY (team_id, principal_id)
);
CREATE INDEX idx_team_members_principal ON team_members (principal_id);
COMMENT ON TABLE team_members IS 'Who is in which team.';

-- Evidence --------------------------------------------------------------------------------------------------------
-- Rows of evidence name principals without a foreign key, as they name users and assets.

ALTER TABLE data_access_logs
  ADD COLUMN principal_id uuid,
  ADD COLUMN request_id uuid,
  ADD COLUMN boundary varchar(50);
COMMENT ON COLUMN data_access_logs.principal_id IS 'principals.id; null for an account of the machine.';
COMMENT ON COLUMN data_access_logs.request_id IS 'Shared by all that one request did.';
COMMENT ON COLUMN data_access_logs.boundary IS 'system_id of the boundary of the record; null where it has none, or a whole list was read.';

-- Security events become partitioned by month: a table cannot, so it is made again, with its rows.
CREATE TEMPORARY TABLE tieline_moved_security_events ON COMMIT DROP AS SELECT * FROM security_events_extended;
DROP TABLE security_events_extended;
CREATE TABLE security_events_extended (
  id bigserial,
  event_id uuid NOT NULL DEFAULT gen_random_uuid(),
  event_type varchar(100) NOT NULL,
  severity varchar(20) NOT NULL CONSTRAINT security_events_extended_severity_known
    CHECK (severity IN ('Info', 'Low', 'Medium', 'High', 'Critical')),
  source_system varchar(100) NOT NULL,
  user_id integer,
  asset_uuid uuid,
  event_details jsonb NOT NULL DEFAULT '{}',
  correlation_id uuid,
  occurred_at timestamptz NOT NULL,
  detected_at timestamptz NOT NULL DEFAULT now(),
  resolved_at timestamptz,
  investigated_by varchar(255),
  investigation_notes text,
  false_positive boolean NOT NULL DEFAULT false,
  principal_id uuid,
  principal_name varchar(255),
  address inet,
  outcome varchar(20) NOT NULL DEFAULT 'success' CONSTRAINT security_events_extended_outcome_known
    CHECK (outcome IN ('attempted', 'success', 'failure', 'refused')),
  failure_reason text,
  request_id uuid,
  object_type varchar(100),
  object_id varchar(255),
  boundary varchar(50),
  source_way varchar(20) NOT NULL DEFAULT 'unknown' CONSTRAINT security_events_extended_way_known
    CHECK (source_way IN ('session', 'token', 'local', 'none', 'unknown')),
  PRIMARY KEY (id, occurred_at)
) PARTITION BY RANGE (occurred_at);
CREATE TABLE security_events_extended_default PARTITION OF security_events_extended DEFAULT;
CREATE INDEX idx_security_events_extended_occurred ON security_events_extended (occurred_at, id);
CREATE INDEX idx_security_events_extended_event ON security_events_extended (event_id);
CREATE INDEX idx_security_events_extended_type ON security_events_extended (event_type, occurred_at);
CREATE INDEX idx_security_events_extended_principal ON security_events_extended (principal_id, occurred_at)
  WHERE principal_id IS NOT NULL;
CREATE INDEX idx_security_events_extended_user ON security_events_extended (user_id, occurred_at)
  WHERE user_id IS NOT NULL;
CREATE INDEX idx_security_events_extended_asset ON security_events_extended (asset_uuid) WHERE asset_uuid IS NOT NULL;
CREATE INDEX idx_security_events_extended_boundary ON security_events_extended (boundary, occurred_at)
  WHERE boundary IS NOT NULL;
INSERT INTO security_events_extended (id, event_id, event_type, severity, source_system, user_id, asset_uuid, event_details,
    correlation_id, occurred_at, detected_at, resolved_at, investigated_by, investigation_notes, false_positive)
  SELECT id, event_id, event_type, severity, source_system, user_id, asset_uuid, event_details,
    correlation_id, occurred_at, detected_at, resolved_at, investigated_by, investigation_notes, false_positive
  FROM tieline_moved_security_events;
SELECT setval(pg_get_serial_sequence('security_events_extended', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM security_events_extended), false);
COMMENT ON TABLE security_events_extended IS 'Sign-in, permission and other security events. Evidence: only ever added to. Partitioned by month of occurred_at.';
COMMENT ON TABLE security_events_extended_default IS 'Events whose month has no partition of its own; normally empty.';
COMMENT ON COLUMN security_events_extended.event_type IS 'A kind of src/ledger/security/event-kinds.ts.';
COMMENT ON COLUMN security_events_extended.source_system IS 'Where it happened: tieline or the name of an external system.';
COMMENT ON COLUMN security_events_extended.user_id IS 'users.id at that time, if a known user.';
COMMENT ON COLUMN security_events_extended.event_details IS 'What changed, before and after, and why. Never a secret, password, token or scan output.';
COMMENT ON COLUMN security_events_extended.correlation_id IS 'Shared by all that one request set off; see ingestion_batches.correlation_id.';
COMMENT ON COLUMN security_events_extended.investigated_by IS 'User name.';
COMMENT ON COLUMN security_events_extended.principal_id IS 'principals.id of who did it, or of whom a sign-in was for; null for an account of the machine or an unknown name.';
COMMENT ON COLUMN security_events_extended.principal_name IS 'The name at that time, also of an account of the machine. Null for a name that nobody has.';
COMMENT ON COLUMN security_events_extended.outcome IS 'attempted: begun, its end is an event of its own with the same correlation_id.';
COMMENT ON COLUMN security_events_extended.request_id IS 'Shared by all that one request did.';
COMMENT ON COLUMN security_events_extended.object_type IS 'Of what it was done to: principal, grant, token, an entity of the record, command …';
COMMENT ON COLUMN security_events_extended.boundary IS 'system_id of the boundary of the object, if it has one.';
COMMENT ON COLUMN security_events_extended.source_way IS 'local: on the machine; none: nobody is signed in.';

INSERT INTO tieline_partitioned_tables (table_name, time_column, keep_months) VALUES
  ('security_events_extended', 'occurred_at', 84);
