-- The security log becomes evidence that shows when it was touched: rows are linked by HMACs under a key that is not in the database, what was
-- recorded can be neither changed nor deleted by a statement, and what retention takes away is recorded.

ALTER TABLE security_events_extended
  ADD COLUMN chain_id integer,
  ADD COLUMN chain_seq bigint,
  ADD COLUMN chain_link bytea;
ALTER TABLE data_access_logs
  ADD COLUMN chain_id integer,
  ADD COLUMN chain_seq bigint,
  ADD COLUMN chain_link bytea;
CREATE INDEX idx_security_events_extended_chain ON security_events_extended (chain_id, chain_seq);
CREATE INDEX idx_data_access_logs_chain ON data_access_logs (chain_id, chain_seq);
CREATE INDEX idx_security_events_extended_correlation ON security_events_extended (correlation_id) WHERE correlation_id IS NOT NULL;
COMMENT ON COLUMN security_events_extended.chain_id IS 'security_log_chains.chain_id; null: recorded before the log was chained.';
COMMENT ON COLUMN security_events_extended.chain_seq IS 'Its place in the chain, without gaps from 1.';
COMMENT ON COLUMN security_events_extended.chain_link IS 'HMAC-SHA256 over the link before it and what was recorded.';
COMMENT ON COLUMN data_access_logs.chain_id IS 'As in security_events_extended.';
COMMENT ON COLUMN data_access_logs.chain_seq IS 'As in security_events_extended.';
COMMENT ON COLUMN data_access_logs.chain_link IS 'As in security_events_extended.';

CREATE TABLE security_log_chains (
  chain_id serial PRIMARY KEY,
  log varchar(60) NOT NULL CONSTRAINT security_log_chains_log_known CHECK (log IN ('security_events_extended', 'data_access_logs')),
  key_id varchar(32) NOT NULL,
  begun_at timestamptz NOT NULL,
  last_seq bigint NOT NULL,
  last_link bytea NOT NULL
);
CREATE INDEX idx_security_log_chains_log ON security_log_chains (log, key_id);
COMMENT ON TABLE security_log_chains IS 'Chains of the security log, so many as are written at once: a transaction takes one that is free, so nobody waits for another one.';
COMMENT ON COLUMN security_log_chains.key_id IS 'Which key made its links; says nothing of the key.';
COMMENT ON COLUMN security_log_chains.last_seq IS 'Place of the last row; 0: none yet.';
COMMENT ON COLUMN security_log_chains.last_link IS 'Link of the last row; of an empty chain, that of its beginning.';

CREATE TABLE security_log_marks (
  seq bigint PRIMARY KEY,
  kind varchar(20) NOT NULL CONSTRAINT security_log_marks_kind_known CHECK (kind IN ('begun', 'head', 'dropped')),
  log varchar(60),
  key_id varchar(32) NOT NULL,
  marked_at timestamptz NOT NULL,
  content jsonb NOT NULL,
  signature bytea NOT NULL
);
CREATE UNIQUE INDEX idx_security_log_marks_begun ON security_log_marks (log) WHERE kind = 'begun';
COMMENT ON TABLE security_log_marks IS 'What the security log says of itself, signed and in a chain of its own: where the chains begin, their heads of each day, months that retention took away.';
COMMENT ON COLUMN security_log_marks.kind IS 'begun: rows up to an id are older than the chains; head: the ends of all chains; dropped: a month is gone by retention.';
COMMENT ON COLUMN security_log_marks.log IS 'Of begun and dropped: which of the two tables.';
COMMENT ON COLUMN security_log_marks.signature IS 'HMAC-SHA256 over the signature before it and the mark.';

CREATE TABLE security_log_verifications (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  verified_at timestamptz NOT NULL,
  verified_by varchar(255) NOT NULL,
  row_count bigint NOT NULL,
  fault_count bigint NOT NULL,
  faults jsonb NOT NULL,
  took_ms integer NOT NULL
);
CREATE INDEX idx_security_log_verifications_at ON security_log_verifications (verified_at);
COMMENT ON TABLE security_log_verifications IS 'What each verification of the security log found.';
COMMENT ON COLUMN security_log_verifications.faults IS 'The first of them: kind, log, chain, place, row.';

-- Deletes of the function that moves rows of the default partition into a month pass: it inserts them again.
CREATE FUNCTION tieline_refuse_change_of_evidence() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
  stack text;
BEGIN
  IF TG_OP = 'DELETE' THEN
    GET DIAGNOSTICS stack = PG_CONTEXT;
    IF stack ~ '(?n)^PL/pgSQL function (\w+\.)?tieline_ensure_partitions\(integer\) line ' THEN
      RETURN OLD;
    END IF;
  ELSIF TG_OP = 'UPDATE' AND TG_NARGS > 0 THEN
    IF to_jsonb(OLD) - TG_ARGV = to_jsonb(NEW) - TG_ARGV THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'the security log is only added to: % of % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege',
      HINT = 'What was recorded stays. Retention drops whole months: tieline db retention.';
END
$$;
COMMENT ON FUNCTION tieline_refuse_change_of_evidence() IS 'Refuses to change or delete what was recorded, to the owner too. Its arguments are the columns that may be changed.';

CREATE TRIGGER security_events_extended_stays BEFORE UPDATE OR DELETE ON security_events_extended
  FOR EACH ROW EXECUTE FUNCTION tieline_refuse_change_of_evidence('resolved_at', 'investigated_by', 'investigation_notes', 'false_positive');
CREATE TRIGGER security_events_extended_whole BEFORE TRUNCATE ON security_events_extended
  FOR EACH STATEMENT EXECUTE FUNCTION tieline_refuse_change_of_evidence();
CREATE TRIGGER data_access_logs_stays BEFORE UPDATE OR DELETE ON data_access_logs
  FOR EACH ROW EXECUTE FUNCTION tieline_refuse_change_of_evidence();
CREATE TRIGGER data_access_logs_whole BEFORE TRUNCATE ON data_access_logs
  FOR EACH STATEMENT EXECUTE FUNCTION tieline_refuse_change_of_evidence();
CREATE TRIGGER security_log_marks_stays BEFORE UPDATE OR DELETE ON security_log_marks
  FOR EACH ROW EXECUTE FUNCTION tieline_refuse_change_of_evidence();
CREATE TRIGGER security_log_marks_whole BEFORE TRUNCATE ON security_log_marks
  FOR EACH STATEMENT EXECUTE FUNCTION tieline_refuse_change_of_evidence();
