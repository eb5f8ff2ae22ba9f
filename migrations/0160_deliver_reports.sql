-- Who was told of a report that was made by itself, and who was not, with the reason.

CREATE TABLE report_deliveries (
  report_id uuid NOT NULL REFERENCES generated_reports (report_id) ON DELETE CASCADE,
  recipient varchar(255) NOT NULL,
  outcome varchar(20) NOT NULL CONSTRAINT report_deliveries_outcome_known
    CHECK (outcome IN ('told', 'no_right', 'no_address', 'no_channel', 'not_active')),
  delivery_id uuid,
  settled_at timestamptz NOT NULL,
  PRIMARY KEY (report_id, recipient)
);
COMMENT ON TABLE report_deliveries IS 'One row a scheduled report and recipient, written with the mail that tells of it: nobody is told twice, and nobody silently not.';
COMMENT ON COLUMN report_deliveries.recipient IS 'Name of an account, as the schedule has it.';
COMMENT ON COLUMN report_deliveries.outcome IS 'told: a mail was written into alert_deliveries; no_right: their own grants do not let them read all that it covers; not_active: the account is locked, disabled or gone.';
COMMENT ON COLUMN report_deliveries.delivery_id IS 'The mail (alert_deliveries.delivery_id), where there is one; not a reference, since these are forgotten earlier.';

-- The new check bears a name of its own, so that it may come before the old one goes.
ALTER TABLE alert_deliveries ADD CONSTRAINT alert_deliveries_event_of_all
  CHECK (event IN ('raised', 'graver', 'returned', 'resolved', 'summary', 'digest', 'report', 'test'));
ALTER TABLE alert_deliveries DROP CONSTRAINT alert_deliveries_event_known;
