-- A record that a remote reports as it did the last time is neither mapped nor merged again, as findings have it already.

ALTER TABLE sync_links
  ADD COLUMN report_digest uuid,
  ADD COLUMN seen_digest bigint,
  ADD COLUMN settled_digest bigint,
  ADD COLUMN waits_for text[];
COMMENT ON COLUMN sync_links.report_digest IS 'MD5 of the report that was merged last, with the mappings, policies and definition it was merged by; null: merge the next one whatever it says.';
COMMENT ON COLUMN sync_links.seen_digest IS 'Hash of our side (row, what lies beside it, the record it stands in) after that merge. Differs from the present hash where anybody edited it since.';
COMMENT ON COLUMN sync_links.settled_digest IS 'Hash of our row when no field of it differed from the base; null: compare it when edits are planned.';
COMMENT ON COLUMN sync_links.waits_for IS 'Machines that the report names and that were not known here: it is merged again when one of them is.';

-- What a full read has shown, a page a row: writing a row for each record took as long as merging it.
ALTER TABLE sync_seen DROP CONSTRAINT sync_seen_pkey;
ALTER TABLE sync_seen ALTER COLUMN external_id TYPE text[] USING ARRAY[external_id::text];
ALTER TABLE sync_seen RENAME COLUMN external_id TO external_ids;
-- Not in the order of the key that goes: the planner of migrations would take that for an index that serves already.
CREATE INDEX idx_sync_seen_read ON sync_seen (external_system_id, operation_id, entity_type);
COMMENT ON COLUMN sync_seen.external_ids IS 'The ids of the records of a page, as the remote calls them; an id may stand in several pages.';
