-- Alerts: rules that say when one is raised and how grave it is, and what people did about each one.

CREATE TABLE alert_rules (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind varchar(40) NOT NULL,
  metric_name varchar(255),
  system_id varchar(50) REFERENCES ingestion_systems (system_id) ON DELETE CASCADE,
  direction varchar(10) NOT NULL CONSTRAINT alert_rules_direction_known CHECK (direction IN ('above', 'below')),
  levels jsonb NOT NULL CONSTRAINT alert_rules_levels_listed CHECK (jsonb_typeof(levels) = 'array' AND levels <> '[]'),
  is_enabled boolean NOT NULL,
  reason text,
  changed_by varchar(255) NOT NULL,
  changed_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX idx_alert_rules_place ON alert_rules (kind, coalesce(metric_name, ''), coalesce(system_id, ''));
CREATE INDEX idx_alert_rules_system ON alert_rules (system_id);
COMMENT ON TABLE alert_rules IS 'When an alert is raised: one row a kind (and metric) for every boundary, and one for a boundary where it differs. What a row said before is in the journal.';
COMMENT ON COLUMN alert_rules.kind IS 'What is looked at: src/canonical/vocabulary/alert-words.ts.';
COMMENT ON COLUMN alert_rules.metric_name IS 'Of kind metric: metrics_definitions.metric_name; null of every other kind.';
COMMENT ON COLUMN alert_rules.system_id IS 'ingestion_systems.system_id; null: every boundary that has no row of its own, and what is in none.';
COMMENT ON COLUMN alert_rules.direction IS 'above: the value alerts from the threshold upwards; below: from the threshold downwards.';
COMMENT ON COLUMN alert_rules.levels IS 'Array of {at, severity}: from which value on (in the unit of the kind) which severity. The gravest that is reached counts.';

ALTER TABLE alerts
  ADD COLUMN subject varchar(400),
  ADD COLUMN system_id varchar(50),
  ADD COLUMN rule_id integer,
  ADD COLUMN facts jsonb,
  ADD COLUMN assigned_principal_id uuid REFERENCES principals (id),
  ADD COLUMN assigned_team_id uuid REFERENCES teams (id),
  ADD COLUMN suppressed_until timestamptz,
  ADD COLUMN suppressed_by varchar(255),
  ADD COLUMN handling_reason text,
  ADD COLUMN updated_at timestamptz;
CREATE UNIQUE INDEX idx_alerts_open_once ON alerts (alert_type, subject) WHERE status <> 'resolved';
CREATE INDEX idx_alerts_system ON alerts (system_id, created_at);
CREATE INDEX idx_alerts_created ON alerts (created_at, id);
CREATE INDEX idx_alerts_principal ON alerts (assigned_principal_id);
CREATE INDEX idx_alerts_team ON alerts (assigned_team_id);
COMMENT ON COLUMN alerts.alert_type IS 'The kind of its rule: src/canonical/vocabulary/alert-words.ts.';
COMMENT ON COLUMN alerts.subject IS 'What tells it from others of its kind; of those that are open each exists once.';
COMMENT ON COLUMN alerts.system_id IS 'The authorization boundary; null: it is about the installation, or about what is in no boundary.';
COMMENT ON COLUMN alerts.rule_id IS 'The row of alert_rules by which it was raised or last rated.';
COMMENT ON COLUMN alerts.facts IS 'Object: what its title names.';
COMMENT ON COLUMN alerts.threshold_value IS 'The threshold of the level that was reached.';
COMMENT ON COLUMN alerts.current_value IS 'As the last evaluation found it, in the unit of the kind.';
COMMENT ON COLUMN alerts.assigned_team_id IS 'In place of a person.';
COMMENT ON COLUMN alerts.suppressed_until IS 'Until when nobody is told about it; it is active again then, where it still holds.';
COMMENT ON COLUMN alerts.handling_reason IS 'What the person gave who acknowledged, assigned or suppressed it last.';
COMMENT ON COLUMN alerts.resolution_notes IS 'Why it is over.';
COMMENT ON COLUMN alerts.updated_at IS 'When value, severity or handling changed last.';

INSERT INTO alert_rules (kind, direction, levels, is_enabled, reason, changed_by, changed_at) VALUES
  ('connection_unhealthy', 'above', '[{"at": 0, "severity": "High"}, {"at": 24, "severity": "Critical"}]', true, 'shipped', 'tieline', now()),
  ('connection_lagging', 'above', '[{"at": 24, "severity": "Medium"}, {"at": 72, "severity": "High"}]', true, 'shipped', 'tieline', now()),
  ('outbox_failed', 'above', '[{"at": 1, "severity": "Medium"}, {"at": 50, "severity": "High"}]', true, 'shipped', 'tieline', now()),
  ('outbox_old', 'above', '[{"at": 4, "severity": "Medium"}, {"at": 24, "severity": "High"}]', true, 'shipped', 'tieline', now()),
  ('sync_failed', 'above', '[{"at": 0, "severity": "High"}, {"at": 24, "severity": "Critical"}]', true, 'shipped', 'tieline', now()),
  ('sync_late', 'above', '[{"at": 0.5, "severity": "Medium"}, {"at": 4, "severity": "High"}]', true, 'shipped', 'tieline', now()),
  ('conflict_old', 'above', '[{"at": 7, "severity": "Medium"}, {"at": 30, "severity": "High"}]', true, 'shipped', 'tieline', now()),
  ('promise_due', 'below', '[{"at": 14, "severity": "Low"}, {"at": 3, "severity": "Medium"}, {"at": -1, "severity": "High"}]', true, 'shipped', 'tieline', now()),
  ('obligation_due', 'below', '[{"at": 14, "severity": "Low"}, {"at": 3, "severity": "Medium"}, {"at": -1, "severity": "High"}]', true, 'shipped', 'tieline', now()),
  ('deviation_ending', 'below', '[{"at": 90, "severity": "Low"}, {"at": 30, "severity": "Medium"}, {"at": 7, "severity": "High"}]', true, 'shipped', 'tieline', now()),
  ('known_exploited', 'above', '[{"at": 1, "severity": "High"}]', true, 'shipped', 'tieline', now()),
  ('coverage_falling', 'above', '[{"at": 5, "severity": "Medium"}, {"at": 20, "severity": "High"}]', true, 'shipped', 'tieline', now()),
  ('certificate_ending', 'below', '[{"at": 30, "severity": "Medium"}, {"at": 7, "severity": "High"}, {"at": 0, "severity": "Critical"}]', true, 'shipped', 'tieline', now()),
  ('token_ending', 'below', '[{"at": 14, "severity": "Low"}, {"at": 3, "severity": "Medium"}]', true, 'shipped', 'tieline', now()),
  ('partition_missing', 'above', '[{"at": 1, "severity": "High"}]', true, 'shipped', 'tieline', now()),
  ('disk_filling', 'above', '[{"at": 75, "severity": "Medium"}, {"at": 85, "severity": "High"}, {"at": 95, "severity": "Critical"}]', true, 'shipped', 'tieline', now()),
  ('feed_old', 'above', '[{"at": 1, "severity": "Medium"}, {"at": 7, "severity": "High"}]', true, 'shipped', 'tieline', now()),
  ('delivery_failing', 'above', '[{"at": 1, "severity": "High"}]', true, 'shipped', 'tieline', now());
