-- Sources of scan files that were made before: of two texts of a plugin with one modification date that of the later scan stands.

INSERT INTO data_field_mappings (external_system_id, entity_type, external_field_name, internal_field_name, transformation_rule, is_required)
SELECT s.id, 'plugin', 'seen_at', 'observed_at', known.transformation_rule, false
  FROM external_systems s
  JOIN data_field_mappings known ON known.external_system_id = s.id AND known.entity_type = 'finding'
   AND known.external_field_name = 'seen_at' AND known.internal_field_name = 'observed_at'
 WHERE s.system_type = 'scan_files'
   AND NOT EXISTS (SELECT FROM data_field_mappings m
                    WHERE m.external_system_id = s.id AND m.entity_type = 'plugin' AND m.internal_field_name = 'observed_at');
