-- A SIEM may have an authority of its own, which nothing else is to trust.

ALTER TABLE security_log_forwarding ADD COLUMN ca text;
COMMENT ON COLUMN security_log_forwarding.ca IS 'PEM of the authorities that alone may have signed the certificate of the receiver; null: those that Tieline trusts.';
