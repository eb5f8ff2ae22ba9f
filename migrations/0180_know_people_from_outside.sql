-- People whom an identity provider or a card proves: who they are there, what groups they are in, what these give them, and who came
-- and is not known here.

ALTER TABLE principal_identities
  ADD COLUMN presented jsonb,
  ADD COLUMN created_by varchar(255);
COMMENT ON COLUMN principal_identities.presented IS 'Name, full name and e-mail address as the outside gave them at the last sign-in; shown, and nobody is found by them.';
COMMENT ON COLUMN principal_identities.created_by IS 'Who tied it to the account; null: it came with the account.';

ALTER TABLE sessions
  ADD COLUMN identity_id bigint,
  ADD COLUMN outside_session varchar(500),
  ADD COLUMN sealed_id_token text,
  ADD COLUMN previous_sign_in_at timestamptz,
  ADD COLUMN previous_sign_in_address inet,
  ADD COLUMN failures_before integer;
CREATE INDEX idx_sessions_outside ON sessions (identity_id, outside_session) WHERE ended_at IS NULL;
COMMENT ON COLUMN sessions.identity_id IS 'The identity (principal_identities.id) by which it began; not a reference, since an identity may be taken away earlier. Null: before it was kept, or of the demo.';
COMMENT ON COLUMN sessions.outside_session IS 'What the identity provider calls its session (sid): by it the provider ends this one.';
COMMENT ON COLUMN sessions.sealed_id_token IS 'The id token, sealed: signing out hands it back to the provider. Emptied when the session ends.';
COMMENT ON COLUMN sessions.previous_sign_in_at IS 'Of the sign-in before this one, as its person is told (AC-9).';
COMMENT ON COLUMN sessions.previous_sign_in_address IS 'From where that was.';
COMMENT ON COLUMN sessions.failures_before IS 'Refused sign-ins between that one and this.';
-- The new check bears a name of its own, so that it may come before the old one goes.
ALTER TABLE sessions ADD CONSTRAINT sessions_end_of_all
  CHECK (ended_why IN ('signed_out', 'idle', 'too_old', 'too_many', 'ended', 'locked', 'disabled', 'password_changed', 'provider', 'identity_removed'));
ALTER TABLE sessions DROP CONSTRAINT sessions_end_known;

CREATE TABLE unknown_identities (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  way varchar(20) NOT NULL CONSTRAINT unknown_identities_way_known CHECK (way IN ('oidc', 'cac')),
  issuer varchar(500) NOT NULL,
  subject varchar(500) NOT NULL,
  why varchar(30) NOT NULL CONSTRAINT unknown_identities_why_known CHECK (why IN ('unknown', 'name_taken')),
  presented jsonb NOT NULL,
  group_names text[] NOT NULL DEFAULT '{}',
  attempts integer NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  last_address inet,
  settled_how varchar(20) CONSTRAINT unknown_identities_settled_known CHECK (settled_how IN ('linked', 'dismissed')),
  settled_at timestamptz,
  settled_by varchar(255)
);
CREATE UNIQUE INDEX idx_unknown_identities_subject ON unknown_identities (way, issuer, subject);
COMMENT ON TABLE unknown_identities IS 'Who proved an identity that no account has, and was refused: an administrator links it to an account, or dismisses it.';
COMMENT ON COLUMN unknown_identities.why IS 'unknown: no account has it; name_taken: one would have been made, and another account has that name.';
COMMENT ON COLUMN unknown_identities.settled_how IS 'Null: it waits. A dismissed one waits again when it comes again.';

CREATE TABLE group_members (
  identity_id bigint NOT NULL REFERENCES principal_identities (id) ON DELETE CASCADE,
  group_name varchar(500) NOT NULL,
  since_at timestamptz NOT NULL,
  until_at timestamptz NOT NULL,
  PRIMARY KEY (identity_id, group_name)
);
CREATE INDEX idx_group_members_name ON group_members (group_name);
COMMENT ON TABLE group_members IS 'Groups of an identity, as its issuer gave them at the last sign-in.';
COMMENT ON COLUMN group_members.until_at IS 'What the group gives rests from then on, until its person signs in again: who left the issuer keeps nothing.';

CREATE TABLE group_grants (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  issuer varchar(500) NOT NULL,
  group_name varchar(500) NOT NULL,
  role varchar(30),
  permission varchar(60),
  reach varchar(20) NOT NULL CONSTRAINT group_grants_reach_known CHECK (reach IN ('everywhere', 'boundaries')),
  system_ids text[] NOT NULL DEFAULT '{}',
  unassigned boolean NOT NULL DEFAULT false,
  until_at timestamptz,
  source varchar(20) NOT NULL CONSTRAINT group_grants_source_known CHECK (source IN ('person', 'machine')),
  granted_at timestamptz NOT NULL,
  granted_by varchar(255) NOT NULL,
  granted_by_principal_id uuid REFERENCES principals (id) ON DELETE SET NULL,
  reason text,
  revoked_at timestamptz,
  revoked_by varchar(255),
  revoked_by_principal_id uuid REFERENCES principals (id) ON DELETE SET NULL,
  revoked_reason text,
  CONSTRAINT group_grants_give_one_thing CHECK ((role IS NULL) <> (permission IS NULL))
);
CREATE INDEX idx_group_grants_group ON group_grants (issuer, group_name);
CREATE INDEX idx_group_grants_granted_by ON group_grants (granted_by_principal_id);
CREATE INDEX idx_group_grants_revoked_by ON group_grants (revoked_by_principal_id);
COMMENT ON TABLE group_grants IS 'A role, or one permission, given to a group of an identity provider. What it gives to each member is a row of grants, which comes and goes with the membership.';
COMMENT ON COLUMN group_grants.issuer IS 'Whose group it is: two providers may have groups of the same name.';

ALTER TABLE grants ADD COLUMN group_grant_id uuid REFERENCES group_grants (id);
CREATE INDEX idx_grants_group_grant ON grants (group_grant_id);
COMMENT ON COLUMN grants.group_grant_id IS 'Of source group: the grant of the group that this follows from.';
ALTER TABLE grants ADD CONSTRAINT grants_source_of_all CHECK (source IN ('person', 'machine', 'demo', 'group'));
ALTER TABLE grants DROP CONSTRAINT grants_source_known;
COMMENT ON COLUMN grants.source IS 'person: given in the product; machine: on the command line; demo: made by the demo; group: follows from a group of an identity provider.';

CREATE TABLE sign_in_requests (
  secret_sha256 bytea PRIMARY KEY,
  purpose varchar(20) NOT NULL CONSTRAINT sign_in_requests_purpose_known CHECK (purpose IN ('sign_in', 'step_up')),
  next_path varchar(2000) NOT NULL,
  banner_acknowledged boolean NOT NULL,
  session_id uuid,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX idx_sign_in_requests_expires ON sign_in_requests (expires_at);
COMMENT ON TABLE sign_in_requests IS 'Sign-ins that were begun, and have not come back from the identity provider yet. A row is taken away when it comes back: none comes back twice.';
COMMENT ON COLUMN sign_in_requests.secret_sha256 IS 'SHA-256 of what the cookie of the browser holds; state, nonce and code verifier are derived from the cookie, so that nothing here helps a reader.';
COMMENT ON COLUMN sign_in_requests.session_id IS 'Of step_up: the session whose person proves again who they are.';

CREATE TABLE used_logout_tokens (
  issuer varchar(500) NOT NULL,
  token_id varchar(500) NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (issuer, token_id)
);
CREATE INDEX idx_used_logout_tokens_expires ON used_logout_tokens (expires_at);
COMMENT ON TABLE used_logout_tokens IS 'Logout tokens (jti) of identity providers that were carried out; kept for as long as they would be accepted.';
