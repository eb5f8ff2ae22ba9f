-- Reports on paper: their templates. What each holds, and for whom: src/modules/reports/kinds.ts.

INSERT INTO report_templates (template_name, template_type, report_format, title, template_definition, is_shipped)
SELECT kind, kind, format, title, jsonb_build_object('keepDays', 1096), true
  FROM (VALUES
    ('executive-summary', 'pdf', 'Monthly executive summary'),
    ('boundary-posture', 'pdf', 'Boundary posture'),
    ('ao-briefing', 'pdf', 'Briefing for the authorizing official'),
    ('kev-status', 'pdf', 'Known exploited vulnerabilities and BOD 26-04'),
    ('ver-overview', 'pdf', 'FedRAMP vulnerability report with overview'),
    ('deviations-register', 'pdf', 'Deviations register'),
    ('sync-agreement', 'pdf', 'Sync agreement and audit'),
    ('access-review', 'pdf', 'Access review'),
    ('closure-evidence', 'zip', 'Closure evidence package')) AS shipped (kind, format, title);
