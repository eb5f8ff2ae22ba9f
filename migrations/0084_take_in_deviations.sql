-- Decisions that others made are imported: what the GRC system says of the deviation of a POA&M, and rules that were made at a scanner's
-- server and that nobody approved.

ALTER TABLE ingestion_poams
  ADD COLUMN deviation_kind varchar(40),
  ADD COLUMN deviation_status varchar(20),
  ADD COLUMN deviation_reference varchar(60),
  ADD COLUMN deviation_summary text,
  ADD COLUMN deviation_decided_by varchar(255),
  ADD COLUMN deviation_decided_on date,
  ADD COLUMN deviation_expires_on date,
  ADD COLUMN deviation_rating varchar(20);
COMMENT ON COLUMN ingestion_poams.deviation_kind IS 'Of the deviation that the POA&M shows: the one that waits, else the one that holds, else the last one that ended. Both sides say it (src/modules/deviations/elsewhere).';
COMMENT ON COLUMN ingestion_poams.deviation_status IS 'Pending, Approved, Rejected, Withdrawn, Expired or Closed.';
COMMENT ON COLUMN ingestion_poams.deviation_reference IS 'Which deviation it is here, as both sides write it: deviation 12.';
COMMENT ON COLUMN ingestion_poams.deviation_summary IS 'What is asked, in a sentence, for who decides it in the GRC system.';
COMMENT ON COLUMN ingestion_poams.deviation_decided_by IS 'Who decided or ended it, in either system.';
COMMENT ON COLUMN ingestion_poams.deviation_expires_on IS 'The last day on which it holds.';
COMMENT ON COLUMN ingestion_poams.deviation_rating IS 'Of a risk adjustment: the rating that it gives.';

CREATE INDEX idx_ingestion_poams_deviation ON ingestion_poams (poam_id) WHERE deviation_status IS NOT NULL;

CREATE TABLE shown_deviations (
  poam_id varchar(50) PRIMARY KEY REFERENCES ingestion_poams (poam_id) ON DELETE CASCADE,
  slot jsonb NOT NULL,
  may_leave boolean NOT NULL,
  shown_at timestamptz NOT NULL
);
COMMENT ON TABLE shown_deviations IS 'What the POA&M said of its deviation when both sides last agreed, or we last wrote it: what differs from it at the GRC system was decided there.';
COMMENT ON COLUMN shown_deviations.may_leave IS 'Whether mappings and policies let out what is decided here.';
COMMENT ON COLUMN shown_deviations.slot IS 'The fields of ingestion_poams that begin with deviation_, as src/modules/deviations/elsewhere/slot.ts names them.';

ALTER TABLE deviations
  ADD COLUMN decided_in varchar(100),
  ADD COLUMN found_rule_id integer REFERENCES acceptances (id);
COMMENT ON COLUMN deviations.decided_in IS 'The connection in which it was decided or ended; null: here.';
COMMENT ON COLUMN deviations.found_rule_id IS 'Of one that was found: the rule at a scanner''s server (acceptances) that somebody made there.';
CREATE INDEX idx_deviations_found_rule ON deviations (found_rule_id);
CREATE UNIQUE INDEX idx_deviations_found_once ON deviations (found_rule_id, poam_id) WHERE state = 'found';

ALTER TABLE deviations DROP CONSTRAINT deviations_state_known;
ALTER TABLE deviations ADD CONSTRAINT deviations_state_told CHECK (state IN
  ('found', 'requested', 'approved', 'rejected', 'withdrawn', 'expired', 'lapsed'));
ALTER TABLE deviation_notices DROP CONSTRAINT deviation_notices_kind_known;
ALTER TABLE deviation_notices ADD CONSTRAINT deviation_notices_kind_told CHECK (kind IN
  ('ends_in_30', 'ends_in_7', 'check_in_due', 'review_due', 'plugin_changed', 'not_sent', 'adjust_due', 'found_there', 'ended_there'));
