-- The deviation request form with its evidence, in one file (grc-formats 5.1).

INSERT INTO report_templates (template_name, template_type, report_format, title, template_definition, is_shipped)
VALUES ('deviation-package', 'deviation-package', 'zip', 'Deviation request package', jsonb_build_object('keepDays', 1096), true);
