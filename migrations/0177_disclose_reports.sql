-- Reports of schedules that leave the agency, and those that wait to be read; what a schedule is told stands beside it.

ALTER TABLE report_templates ADD COLUMN outside_recipients jsonb NOT NULL DEFAULT '[]';
COMMENT ON COLUMN report_templates.outside_recipients IS 'Of a schedule: whoever has no account and is sent the file itself. Objects of address, recipient, purpose, authority: each mail is an entry of the accounting of disclosures.';
COMMENT ON COLUMN report_templates.distribution_list IS 'Of a schedule: names of accounts that are to read the report. Each reads what their own grants allow.';

UPDATE report_templates SET parameters = coalesce(schedule_config -> 'parameters', '{}') WHERE schedule_config IS NOT NULL;
UPDATE report_templates SET schedule_config = schedule_config - 'parameters' WHERE schedule_config ? 'parameters';
COMMENT ON COLUMN report_templates.parameters IS 'What a schedule makes its report with, by name: boundary, days and the options of its kind.';
COMMENT ON COLUMN report_templates.schedule_config IS 'Of a schedule: object with cron, five fields in UTC.';

ALTER TABLE report_deliveries ADD COLUMN principal_id uuid REFERENCES principals (id),
  ADD COLUMN opened_at timestamptz,
  ADD COLUMN is_attached boolean NOT NULL DEFAULT false,
  ADD COLUMN disclosure_id uuid;
CREATE INDEX idx_report_deliveries_principal ON report_deliveries (principal_id, opened_at);
COMMENT ON COLUMN report_deliveries.recipient IS 'Name of an account, or the address of somebody outside, as the schedule has it.';
COMMENT ON COLUMN report_deliveries.principal_id IS 'The account that may read it: a row of that person''s inbox until it is opened. Null: nobody here, or they may not.';
COMMENT ON COLUMN report_deliveries.opened_at IS 'When that person first fetched the file, or said that it was read.';
COMMENT ON COLUMN report_deliveries.is_attached IS 'Whether the mail holds the file itself.';
COMMENT ON COLUMN report_deliveries.disclosure_id IS 'The entry of the accounting of disclosures, where it left the agency; not a reference, since these are forgotten after five years.';
COMMENT ON COLUMN report_deliveries.outcome IS 'told: a mail was written into alert_deliveries; disclosed: likewise, to an address outside; no_right: their own grants do not let them read all that it covers; not_active: the account is locked, disabled or gone; domain_not_allowed, not_attachable, owner_may_not: why nothing left.';

-- The new check bears a name of its own, so that it may come before the old one goes.
ALTER TABLE report_deliveries ADD CONSTRAINT report_deliveries_outcome_of_all
  CHECK (outcome IN ('told', 'no_right', 'no_address', 'no_channel', 'not_active', 'disclosed', 'domain_not_allowed', 'not_attachable', 'owner_may_not'));
ALTER TABLE report_deliveries DROP CONSTRAINT report_deliveries_outcome_known;
