-- A conflict belongs to one external system: of a record that two of them know, each may disagree about the same field. Design section 5.

ALTER TABLE sync_conflicts
  ADD COLUMN external_system_id integer REFERENCES external_systems (id);
COMMENT ON COLUMN sync_conflicts.external_system_id IS 'The system with which our record disagrees. Null only on rows from before this was kept, where the record was linked to several or to none.';
CREATE INDEX idx_sync_conflicts_external_system ON sync_conflicts (external_system_id);

-- What was recorded before: by the run that found it, else by the only system that the record is linked to.
UPDATE sync_conflicts
   SET external_system_id = coalesce(
         (SELECT min(s.id) FROM ingestion_batches b JOIN external_systems s ON left(s.system_name, 50) = b.source_system
           WHERE b.batch_id = sync_conflicts.operation_id HAVING count(*) = 1),
         (SELECT min(l.external_system_id) FROM sync_links l
           WHERE l.entity_type = sync_conflicts.entity_type AND l.entity_id = sync_conflicts.entity_id
          HAVING count(DISTINCT l.external_system_id) = 1))
 WHERE external_system_id IS NULL;
