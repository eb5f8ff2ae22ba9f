-- Absence is not deletion (design section 5): a record that a full read does not show is marked, and its rows stay.

ALTER TABLE sync_links
  ADD COLUMN missing_since timestamptz;
COMMENT ON COLUMN sync_links.missing_since IS 'Since when full reads of the remote no longer show the record; null while it is there. Nothing is sent meanwhile.';

CREATE TABLE sync_seen (
  external_system_id integer NOT NULL REFERENCES external_systems (id) ON DELETE CASCADE,
  entity_type varchar(50) NOT NULL,
  external_id varchar(255) NOT NULL,
  operation_id uuid NOT NULL,
  PRIMARY KEY (external_system_id, entity_type, external_id)
);
COMMENT ON TABLE sync_seen IS 'What a full read that is under way has shown so far; emptied when it ends. Committed with the records, so that an interrupted read forgets none.';
