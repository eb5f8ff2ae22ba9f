-- A person is told by mail what an administrator changed about how they sign in; it goes through the ledger of deliveries, as alerts do.
-- The new check bears a name of its own, so that it may come before the old one goes.
ALTER TABLE alert_deliveries ADD CONSTRAINT alert_deliveries_event_of_all
  CHECK (event IN ('raised', 'graver', 'returned', 'resolved', 'summary', 'digest', 'report', 'workflow', 'account', 'test'));
ALTER TABLE alert_deliveries DROP CONSTRAINT alert_deliveries_event_known;
COMMENT ON COLUMN alert_deliveries.alert_id IS 'Null of a summary, a digest, a report, a message of a workflow, one about an account, and a test.';
