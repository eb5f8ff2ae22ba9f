-- A token that is of use only together with a certificate: who finds its text alone can do nothing with it.

ALTER TABLE api_tokens ADD COLUMN certificate_sha256 varchar(64)
  CONSTRAINT api_tokens_certificate_form CHECK (certificate_sha256 ~ '^[0-9a-f]{64}$');
COMMENT ON COLUMN api_tokens.certificate_sha256 IS 'SHA-256 of the certificate (DER) that must be shown in the same connection, in lower hexadecimal; null: none is needed.';
