-- What Tieline's own processes did, summed up for good: counters that only grow, whichever process did the work, as monitoring needs them.
-- The history is in performance_metrics.
CREATE TABLE performance_totals (
  metric_type varchar(50) NOT NULL,
  component varchar(100) NOT NULL,
  operation varchar(255) NOT NULL,
  calls bigint NOT NULL,
  failed bigint NOT NULL,
  total_ms double precision NOT NULL,
  histogram bigint[] NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT tieline_now(),
  PRIMARY KEY (metric_type, component, operation)
);
COMMENT ON TABLE performance_totals IS 'All that was ever measured of Tieline''s own work, by operation. What was not seen for 90 days is removed.';
COMMENT ON COLUMN performance_totals.metric_type IS 'api_call, sync_step, job, query or request.';
COMMENT ON COLUMN performance_totals.component IS 'What did the work: a connection by its name, postgres, worker, api.';
COMMENT ON COLUMN performance_totals.histogram IS 'Calls that took at most 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 60000, 600000 ms, each less those before; the last counts longer ones.';

-- One failure that the next try mends is no alert; what was set by a person stays.
UPDATE alert_rules SET levels = '[{"at": 0.25, "severity": "Medium"}, {"at": 1, "severity": "High"}, {"at": 24, "severity": "Critical"}]'
 WHERE kind = 'connection_unhealthy' AND system_id IS NULL AND changed_by = 'tieline' AND reason = 'shipped';
UPDATE alert_rules SET levels = '[{"at": 1, "severity": "Medium"}, {"at": 4, "severity": "High"}, {"at": 24, "severity": "Critical"}]'
 WHERE kind = 'sync_failed' AND system_id IS NULL AND changed_by = 'tieline' AND reason = 'shipped';
UPDATE alert_rules SET levels = '[{"at": 1, "severity": "Medium"}, {"at": 4, "severity": "High"}]'
 WHERE kind = 'sync_late' AND system_id IS NULL AND changed_by = 'tieline' AND reason = 'shipped';
