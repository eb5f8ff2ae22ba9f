-- Recovery codes that run out: their person reads it after the sign-in, administrators as an alert.

INSERT INTO alert_rules (kind, direction, levels, is_enabled, reason, changed_by, changed_at) VALUES
  ('recovery_codes_few', 'below', '[{"at": 2, "severity": "Low"}, {"at": 0, "severity": "Medium"}]', true, 'shipped', 'tieline', now());
