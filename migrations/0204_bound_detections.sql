-- Detections that run each minute read the sign-ins and exports of one person, not the whole log; a token that is used from elsewhere again and
-- again is one event an hour, with how often.

CREATE INDEX idx_security_events_extended_habits ON security_events_extended (principal_id, occurred_at)
  WHERE event_type IN ('sign_in', 'export_finished');
CREATE INDEX idx_approvals_by_asker ON approvals (decided_at) WHERE status = 'approved' AND decided_by = requested_by;

CREATE TABLE token_uses_elsewhere (
  token_id varchar(20) NOT NULL REFERENCES api_tokens (id) ON DELETE CASCADE,
  address inet NOT NULL,
  event_type varchar(100) NOT NULL CONSTRAINT token_uses_elsewhere_type_known CHECK (event_type IN ('token_used_elsewhere', 'token_moved')),
  begun_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  uses bigint NOT NULL,
  PRIMARY KEY (token_id, address, event_type)
);
CREATE INDEX idx_token_uses_elsewhere_begun ON token_uses_elsewhere (begun_at);
COMMENT ON TABLE token_uses_elsewhere IS 'Uses of tokens from another address, counted for an hour: the first is a security event at once, the others are one event when the hour is over.';
COMMENT ON COLUMN token_uses_elsewhere.uses IS 'With the first.';
