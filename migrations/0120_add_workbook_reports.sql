-- The POA&M workbook of eMASS: a template that a file of the user fills.

INSERT INTO report_templates (template_name, template_type, report_format, title, template_definition, is_shipped)
SELECT kind, kind, format, title, jsonb_build_object('keepDays', 1096), true
  FROM (VALUES
    ('emass-poam', 'xlsx', 'eMASS POA&M workbook')) AS shipped (kind, format, title);
