-- Detections over the security log: rules of alerts, with thresholds that may be changed.

INSERT INTO alert_rules (kind, direction, levels, is_enabled, reason, changed_by, changed_at) VALUES
  ('many_refusals', 'above', '[{"at": 20, "severity": "Medium"}, {"at": 100, "severity": "High"}]', true, 'shipped', 'tieline', now()),
  ('sign_in_new_place', 'above', '[{"at": 90, "severity": "Medium"}]', true, 'shipped', 'tieline', now()),
  ('sign_in_odd_time', 'above', '[{"at": 1, "severity": "Low"}, {"at": 4, "severity": "Medium"}]', true, 'shipped', 'tieline', now()),
  ('privilege_to_self', 'above', '[{"at": 1, "severity": "High"}]', true, 'shipped', 'tieline', now()),
  ('mass_export', 'above', '[{"at": 10001, "severity": "High"}]', true, 'shipped', 'tieline', now()),
  ('policy_loosened', 'above', '[{"at": 1, "severity": "Medium"}]', true, 'shipped', 'tieline', now()),
  ('approval_by_asker', 'above', '[{"at": 1, "severity": "High"}]', true, 'shipped', 'tieline', now()),
  ('token_elsewhere', 'above', '[{"at": 1, "severity": "Medium"}, {"at": 10, "severity": "High"}]', true, 'shipped', 'tieline', now()),
  ('log_tampered', 'above', '[{"at": 1, "severity": "Critical"}]', true, 'shipped', 'tieline', now());
