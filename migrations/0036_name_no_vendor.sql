-- The record says what a remote calls something without the name of one product: remote_id, parent_remote_id, scanner_uuid. Columns of the
-- plan keep their names; what is turned here is stored under names of fields: mappings, bases of links, what waits to be sent,
-- conflicts, and the kinds of identifiers.

UPDATE data_field_mappings
   SET internal_field_name = CASE
         WHEN entity_type = 'asset_context' AND internal_field_name = 'xacta_component_id' THEN 'component_remote_id'
         WHEN entity_type = 'asset_context' AND internal_field_name = 'xacta_system_id' THEN 'system_remote_id'
         WHEN entity_type = 'system' AND internal_field_name = 'xacta_system_id' THEN 'remote_id'
         WHEN entity_type = 'control' AND internal_field_name = 'xacta_control_id' THEN 'remote_id'
         WHEN entity_type = 'poam' AND internal_field_name = 'xacta_poam_id' THEN 'remote_id'
         WHEN entity_type = 'milestone' AND internal_field_name = 'xacta_poam_id' THEN 'parent_remote_id'
         WHEN internal_field_name = 'xacta_system_id' THEN 'parent_remote_id'
         WHEN internal_field_name = 'tenable_uuid' THEN 'scanner_uuid'
         ELSE internal_field_name END
 WHERE internal_field_name IN ('xacta_component_id', 'xacta_system_id', 'xacta_control_id', 'xacta_poam_id', 'tenable_uuid');

UPDATE sync_links SET base = base - 'xacta_system_id' || jsonb_build_object('remote_id', base -> 'xacta_system_id')
 WHERE entity_type = 'system' AND base ? 'xacta_system_id';
UPDATE sync_links SET base = base - 'xacta_control_id' || jsonb_build_object('remote_id', base -> 'xacta_control_id')
 WHERE entity_type = 'control' AND base ? 'xacta_control_id';
UPDATE sync_links SET base = base - 'xacta_poam_id' || jsonb_build_object('remote_id', base -> 'xacta_poam_id')
 WHERE entity_type = 'poam' AND base ? 'xacta_poam_id';
UPDATE sync_links SET base = base - 'xacta_component_id' || jsonb_build_object('component_remote_id', base -> 'xacta_component_id')
 WHERE entity_type = 'asset_context' AND base ? 'xacta_component_id';
UPDATE sync_links SET base = base - 'xacta_system_id' || jsonb_build_object('system_remote_id', base -> 'xacta_system_id')
 WHERE entity_type = 'asset_context' AND base ? 'xacta_system_id';

UPDATE sync_outbox
   SET payload = CASE WHEN payload ? 'xacta_component_id' THEN payload - 'xacta_component_id' || jsonb_build_object('component_remote_id', payload -> 'xacta_component_id') ELSE payload END,
       before_values = CASE WHEN before_values ? 'xacta_component_id' THEN before_values - 'xacta_component_id' || jsonb_build_object('component_remote_id', before_values -> 'xacta_component_id') ELSE before_values END
 WHERE entity_type = 'asset_context' AND (payload ? 'xacta_component_id' OR before_values ? 'xacta_component_id');
UPDATE sync_outbox
   SET payload = CASE WHEN payload ? 'xacta_system_id' THEN payload - 'xacta_system_id' || jsonb_build_object('system_remote_id', payload -> 'xacta_system_id') ELSE payload END,
       before_values = CASE WHEN before_values ? 'xacta_system_id' THEN before_values - 'xacta_system_id' || jsonb_build_object('system_remote_id', before_values -> 'xacta_system_id') ELSE before_values END
 WHERE entity_type = 'asset_context' AND (payload ? 'xacta_system_id' OR before_values ? 'xacta_system_id');

UPDATE sync_conflicts
   SET field_name = CASE
         WHEN entity_type = 'asset_context' AND field_name = 'xacta_component_id' THEN 'component_remote_id'
         WHEN entity_type = 'asset_context' THEN 'system_remote_id'
         ELSE 'remote_id' END
 WHERE entity_type IN ('system', 'control', 'poam', 'asset_context')
   AND field_name IN ('xacta_component_id', 'xacta_system_id', 'xacta_control_id', 'xacta_poam_id');

-- A policy of such a field, or consent that is asked for it, must not fall away.
UPDATE sync_policies p
   SET field_level_policies = (
         SELECT coalesce(jsonb_object_agg(n.name, f.value), '{}'::jsonb)
           FROM jsonb_each(p.field_level_policies) f
          CROSS JOIN LATERAL unnest(CASE
              WHEN f.key = 'xacta_component_id' THEN ARRAY['component_remote_id']
              WHEN f.key = 'xacta_system_id' AND p.entity_type = 'asset_context' THEN ARRAY['system_remote_id']
              WHEN f.key = 'xacta_system_id' AND p.entity_type = '*' THEN ARRAY['remote_id', 'system_remote_id']
              WHEN f.key IN ('xacta_system_id', 'xacta_control_id', 'xacta_poam_id') THEN ARRAY['remote_id']
              ELSE ARRAY[f.key] END) n(name))
 WHERE p.field_level_policies ?| ARRAY['xacta_component_id', 'xacta_system_id', 'xacta_control_id', 'xacta_poam_id'];
UPDATE sync_policies p
   SET approval_scope = jsonb_set(p.approval_scope, '{fields}', (
         SELECT jsonb_agg(DISTINCT n.name)
           FROM jsonb_array_elements_text(p.approval_scope -> 'fields') f(key)
          CROSS JOIN LATERAL unnest(CASE
              WHEN f.key = 'xacta_component_id' THEN ARRAY['component_remote_id']
              WHEN f.key = 'xacta_system_id' AND p.entity_type = 'asset_context' THEN ARRAY['system_remote_id']
              WHEN f.key = 'xacta_system_id' AND p.entity_type = '*' THEN ARRAY['remote_id', 'system_remote_id']
              WHEN f.key IN ('xacta_system_id', 'xacta_control_id', 'xacta_poam_id') THEN ARRAY['remote_id']
              ELSE ARRAY[f.key] END) n(name)))
 WHERE p.approval_scope -> 'fields' ?| ARRAY['xacta_component_id', 'xacta_system_id', 'xacta_control_id', 'xacta_poam_id'];

UPDATE asset_identifiers SET kind = 'scanner_uuid' WHERE kind = 'tenable_uuid';
UPDATE component_identifiers SET kind = 'scanner_uuid' WHERE kind = 'tenable_uuid';
UPDATE asset_sources SET record = record - 'tenable_uuid' || jsonb_build_object('scanner_uuid', record -> 'tenable_uuid')
 WHERE record ? 'tenable_uuid';
UPDATE asset_sources SET identifiers = replace(identifiers::text, '"tenable_uuid"', '"scanner_uuid"')::jsonb
 WHERE identifiers::text LIKE '%"tenable_uuid"%';
UPDATE asset_correlations SET evidence = replace(evidence::text, '"tenable_uuid"', '"scanner_uuid"')::jsonb
 WHERE evidence::text LIKE '%"tenable_uuid"%';
UPDATE asset_identity_decisions SET candidates = replace(candidates::text, '"tenable_uuid"', '"scanner_uuid"')::jsonb
 WHERE candidates::text LIKE '%"tenable_uuid"%';
UPDATE standing_matches SET evidence = replace(evidence::text, '"tenable_uuid"', '"scanner_uuid"')::jsonb
 WHERE evidence::text LIKE '%"tenable_uuid"%';

COMMENT ON TABLE remediation_scans IS 'Scans that people asked for to verify what was patched; src/canonical/vocabulary/scan-request.ts has the states, sync_changes (entity remediation_scan) each change of them.';
COMMENT ON TABLE poam_mentions IS 'The plugins and CVEs that the text of a POA&M names, by the rule in src/modules/weaknesses/poam-mentions.ts; renewed whenever the text differs from what was read.';
