-- Sign-ins by card that were begun: which browser began, and the code that leads it back from the port that asks for the card.

CREATE TABLE card_sign_ins (
  state_sha256 bytea PRIMARY KEY,
  browser_sha256 bytea NOT NULL,
  purpose varchar(20) NOT NULL CONSTRAINT card_sign_ins_purpose_known CHECK (purpose IN ('sign_in', 'step_up')),
  next_path varchar(2000) NOT NULL,
  banner_acknowledged boolean NOT NULL,
  session_id uuid,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  code_sha256 bytea UNIQUE,
  code_expires_at timestamptz,
  proved jsonb,
  CONSTRAINT card_sign_ins_code_whole CHECK ((code_sha256 IS NULL) = (code_expires_at IS NULL) AND (code_sha256 IS NULL) = (proved IS NULL))
);
CREATE INDEX idx_card_sign_ins_expires ON card_sign_ins (expires_at);
COMMENT ON TABLE card_sign_ins IS 'Sign-ins by card that have not come back yet. A row is taken away when its code comes, from whatever browser: none comes twice.';
COMMENT ON COLUMN card_sign_ins.state_sha256 IS 'SHA-256 of what is in the address of the port that asks for the card.';
COMMENT ON COLUMN card_sign_ins.browser_sha256 IS 'SHA-256 of what the cookie of the browser that began holds.';
COMMENT ON COLUMN card_sign_ins.session_id IS 'Of step_up: the session whose person proves again who they are.';
COMMENT ON COLUMN card_sign_ins.code_sha256 IS 'SHA-256 of the one-time code, valid for 60 seconds; null: no card was shown yet.';
COMMENT ON COLUMN card_sign_ins.proved IS 'Who the card proved: issuer, subject, and what is shown of it.';
