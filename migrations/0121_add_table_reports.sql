-- Workbooks of our own tables: metrics with their definitions, exploited vulnerabilities, controls, agreement.

INSERT INTO report_templates (template_name, template_type, report_format, title, template_definition, is_shipped)
SELECT kind, kind, format, title, jsonb_build_object('keepDays', 1096), true
  FROM (VALUES
    ('metrics-pack', 'xlsx', 'Metrics pack'),
    ('kev-workbook', 'xlsx', 'Known exploited vulnerabilities, as a workbook'),
    ('controls-workbook', 'xlsx', 'Control posture'),
    ('agreement-workbook', 'xlsx', 'Agreement and changes, as a workbook')) AS shipped (kind, format, title);
