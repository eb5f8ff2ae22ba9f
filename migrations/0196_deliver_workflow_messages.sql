-- What a step of a workflow tells people or a receiver goes through the ledger of deliveries, as alerts do.
-- The new check bears a name of its own, so that it may come before the old one goes.
ALTER TABLE alert_deliveries ADD CONSTRAINT alert_deliveries_event_known
  CHECK (event IN ('raised', 'graver', 'returned', 'resolved', 'summary', 'digest', 'report', 'workflow', 'test'));
ALTER TABLE alert_deliveries DROP CONSTRAINT alert_deliveries_event_of_all;
COMMENT ON COLUMN alert_deliveries.alert_id IS 'Null of a summary, a digest, a report, a message of a workflow and a test.';
