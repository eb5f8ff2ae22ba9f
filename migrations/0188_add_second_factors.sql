-- Second factors of people who sign in with a password: an authenticator app (TOTP), security keys (WebAuthn), recovery codes.

CREATE TABLE second_factors (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  principal_id uuid NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  kind varchar(20) NOT NULL CONSTRAINT second_factors_kind_known CHECK (kind IN ('totp', 'webauthn')),
  name varchar(100) NOT NULL,
  sealed_secret jsonb,
  last_step bigint,
  credential_id text UNIQUE,
  public_key bytea,
  sign_count bigint,
  transports text[] NOT NULL DEFAULT '{}',
  is_synced boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz,
  CONSTRAINT second_factors_whole CHECK (
    (kind = 'totp' AND sealed_secret IS NOT NULL AND credential_id IS NULL)
    OR (kind = 'webauthn' AND sealed_secret IS NULL AND credential_id IS NOT NULL AND public_key IS NOT NULL AND sign_count IS NOT NULL))
);
CREATE INDEX idx_second_factors_principal ON second_factors (principal_id);
CREATE UNIQUE INDEX idx_second_factors_app ON second_factors (principal_id) WHERE kind = 'totp';
COMMENT ON TABLE second_factors IS 'What people prove themselves with beside their password: at most one authenticator app, any number of security keys.';
COMMENT ON COLUMN second_factors.name IS 'What its person calls it.';
COMMENT ON COLUMN second_factors.sealed_secret IS 'Of an authenticator app: its key, sealed with the master key.';
COMMENT ON COLUMN second_factors.last_step IS 'Of an authenticator app: the 30 seconds of the last code that was accepted; that one and earlier ones are refused.';
COMMENT ON COLUMN second_factors.credential_id IS 'Of a security key: how the browser knows it, in base64url. No secret.';
COMMENT ON COLUMN second_factors.public_key IS 'Of a security key: its public key, as COSE.';
COMMENT ON COLUMN second_factors.sign_count IS 'Of a security key: how often it had signed by its own word. One that goes back may be a copy, and is refused.';
COMMENT ON COLUMN second_factors.transports IS 'Of a security key: how a browser reaches it (usb, nfc, internal …).';
COMMENT ON COLUMN second_factors.is_synced IS 'Of a security key: whether its maker copies it to other devices of the person.';

CREATE TABLE recovery_codes (
  principal_id uuid NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  code_sha256 bytea NOT NULL,
  made_at timestamptz NOT NULL,
  used_at timestamptz,
  used_address inet,
  PRIMARY KEY (principal_id, code_sha256)
);
COMMENT ON TABLE recovery_codes IS 'Codes that stand in for a second factor that was lost, each once. A new set takes the place of the former one.';
COMMENT ON COLUMN recovery_codes.code_sha256 IS 'SHA-256 of the code: 120 random bits need no slow hash.';

CREATE TABLE sign_in_tickets (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  ticket_sha256 bytea NOT NULL UNIQUE,
  browser_sha256 bytea NOT NULL,
  principal_id uuid NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  attempt_id bigint,
  challenge text,
  banner_acknowledged boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX idx_sign_in_tickets_principal ON sign_in_tickets (principal_id);
CREATE INDEX idx_sign_in_tickets_expires ON sign_in_tickets (expires_at);
COMMENT ON TABLE sign_in_tickets IS 'Sign-ins whose password was right and whose second factor is still to come. No session yet; good for some minutes and once.';
COMMENT ON COLUMN sign_in_tickets.ticket_sha256 IS 'SHA-256 of what the page holds.';
COMMENT ON COLUMN sign_in_tickets.browser_sha256 IS 'SHA-256 of what the cookie of the same browser holds: a ticket that was read over a shoulder is worth nothing elsewhere.';
COMMENT ON COLUMN sign_in_tickets.attempt_id IS 'sign_in_attempts.id of the password, until the first second factor is tried: both are one sign-in.';
COMMENT ON COLUMN sign_in_tickets.challenge IS 'What a security key is to sign, once; null while none is asked.';

CREATE TABLE factor_challenges (
  session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  purpose varchar(20) NOT NULL CONSTRAINT factor_challenges_purpose_known CHECK (purpose IN ('step_up', 'add_key', 'add_app')),
  challenge text,
  sealed_secret jsonb,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (session_id, purpose)
);
COMMENT ON TABLE factor_challenges IS 'What a signed-in person was asked and has not answered yet: a security key to sign, an authenticator app to show that it has the key.';
COMMENT ON COLUMN factor_challenges.challenge IS 'What a security key is to sign, once.';
COMMENT ON COLUMN factor_challenges.sealed_secret IS 'The key of an authenticator app that is being added, sealed with the master key.';

ALTER TABLE principals
  ADD COLUMN factors_reset_at timestamptz,
  ADD COLUMN factors_reset_by varchar(255);
COMMENT ON COLUMN principals.factors_reset_at IS 'When an administrator last took all second factors away; the person is told at the next sign-in.';
COMMENT ON COLUMN principals.factors_reset_by IS 'Name of the principal, or of the account of the machine.';
