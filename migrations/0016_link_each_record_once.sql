-- One record of ours is one record of a remote: living links are unique from either side. An asset may be several records of one scanner, and
-- several assets may be one component, so these are left out. Design section 5.

-- What is linked twice already is shown to a person as a duplicate; the earliest link that the remote still shows stays.
INSERT INTO sync_conflicts (entity_type, entity_id, conflict_type, internal_value, external_value)
SELECT l.entity_type, l.entity_id, 'duplicate', NULL,
       jsonb_build_object('same_as', l.external_id, 'external_system_id', l.external_system_id)
  FROM (SELECT every_link.*, row_number() OVER (PARTITION BY external_system_id, entity_type, entity_id
                                                ORDER BY missing_since IS NOT NULL, id) AS place
          FROM sync_links every_link
         WHERE retired_at IS NULL
           AND entity_type IN ('system', 'component', 'control', 'poam', 'milestone', 'acceptance')) l
 WHERE l.place > 1;
UPDATE sync_conflicts
   SET external_system_id = (external_value ->> 'external_system_id')::integer,
       external_value = external_value - 'external_system_id'
 WHERE conflict_type = 'duplicate' AND external_value ? 'external_system_id';
UPDATE sync_links
   SET retired_at = now()
 WHERE retired_at IS NULL
   AND entity_type IN ('system', 'component', 'control', 'poam', 'milestone', 'acceptance')
   AND EXISTS (SELECT FROM sync_links better
                WHERE better.external_system_id = sync_links.external_system_id AND better.entity_type = sync_links.entity_type
                  AND better.entity_id = sync_links.entity_id AND better.retired_at IS NULL
                  AND (better.missing_since IS NOT NULL, better.id) < (sync_links.missing_since IS NOT NULL, sync_links.id));
-- The next read gives the other record a row of its own.
UPDATE sync_reads
   SET mark = NULL
 WHERE EXISTS (SELECT FROM sync_conflicts c
                WHERE c.external_system_id = sync_reads.external_system_id AND c.entity_type = sync_reads.entity_type
                  AND c.conflict_type = 'duplicate' AND c.resolution_status = 'pending' AND c.internal_value IS NULL);

CREATE UNIQUE INDEX idx_sync_links_record_once ON sync_links (external_system_id, entity_type, entity_id)
  WHERE retired_at IS NULL AND entity_type IN ('system', 'component', 'control', 'poam', 'milestone', 'acceptance');

-- Two assets may be one component: there the pair is what is unique.
ALTER TABLE sync_links DROP CONSTRAINT sync_links_external_once;
CREATE UNIQUE INDEX idx_sync_links_external_once ON sync_links (external_system_id, entity_type, external_id)
  WHERE entity_type <> 'asset_component';
CREATE UNIQUE INDEX idx_sync_links_pair_once ON sync_links (external_system_id, external_id, entity_id)
  WHERE entity_type = 'asset_component';
-- Links of a system are walked in the order of their ids.
CREATE INDEX idx_sync_links_system ON sync_links (external_system_id, entity_type, id);
