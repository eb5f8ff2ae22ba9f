-- Tags have one place (ingestion_asset_tags), which decides; what was kept beside them by hand moves there, and the column shows all of them.
INSERT INTO ingestion_asset_tags (asset_uuid, tag_key, tag_value)
SELECT DISTINCT x.asset_uuid, left(own.key, 100), left(val.word, 255)
  FROM assets_extended x
 CROSS JOIN LATERAL jsonb_each(CASE WHEN jsonb_typeof(x.asset_tags) = 'object' THEN x.asset_tags ELSE '{}' END) own
 CROSS JOIN LATERAL jsonb_array_elements_text(CASE WHEN jsonb_typeof(own.value) = 'array' THEN own.value ELSE jsonb_build_array(own.value) END) val(word)
 WHERE NOT EXISTS (SELECT FROM ingestion_asset_tags t
                    WHERE t.asset_uuid = x.asset_uuid AND t.tag_key = left(own.key, 100) AND t.tag_value = left(val.word, 255));
COMMENT ON COLUMN assets_extended.asset_tags IS 'What the asset is tagged with, by scanners and here: object of category to array of values. Follows ingestion_asset_tags, which decides.';
COMMENT ON COLUMN ingestion_systems.tenable_asset_group_id IS 'The id of the tag that stands for the boundary at its scanner.';
COMMENT ON COLUMN ingestion_systems.external_system_mappings IS 'Object: name of each connection that the boundary is linked to, to its id there; other names are the host application''s.';
