-- A token that is used without the certificate it is bound to is counted like one that is used from elsewhere (0204, which is why the number of
-- this file is higher): a program that asks each second does not bury the log.

-- The new check bears a name of its own, so that it may come before the old one goes.
ALTER TABLE token_uses_elsewhere ADD CONSTRAINT token_uses_elsewhere_type_of_all
  CHECK (event_type IN ('token_used_elsewhere', 'token_used_without_certificate', 'token_moved'));
ALTER TABLE token_uses_elsewhere DROP CONSTRAINT token_uses_elsewhere_type_known;
COMMENT ON TABLE token_uses_elsewhere IS 'Uses of tokens from another address, or without their certificate, counted for an hour: the first is a security event at once, the others are one event when the hour is over.';
