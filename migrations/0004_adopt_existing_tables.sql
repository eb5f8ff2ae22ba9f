-- What living in a database that another application uses needs: the list of what Tieline brought, columns by which
-- findings are joined and filtered whatever variant of the table is there, and how far the backfill has come.

CREATE TABLE tieline_objects (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  object_kind varchar(20) NOT NULL CONSTRAINT tieline_objects_kind_known
    CHECK (object_kind IN ('schema', 'table', 'column', 'index', 'constraint', 'function')),
  schema_name text NOT NULL,
  table_name text,
  object_name text NOT NULL,
  making_sql text,
  recorded_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX idx_tieline_objects_once ON tieline_objects (object_kind, schema_name, coalesce(table_name, ''), object_name);
COMMENT ON TABLE tieline_objects IS 'What Tieline brought into this database; a table that is not listed here was there before. `tieline db remove` takes out exactly these.';
COMMENT ON COLUMN tieline_objects.making_sql IS 'For an index on a table that was there: the statement that builds it, so that a build that was broken off is made good.';

CREATE TABLE tieline_backfill (
  rule_name varchar(100) PRIMARY KEY,
  last_id integer NOT NULL DEFAULT 0,
  rows_seen bigint NOT NULL DEFAULT 0,
  rows_filled bigint NOT NULL DEFAULT 0,
  values_filled jsonb NOT NULL DEFAULT '{}',
  rows_refused bigint NOT NULL DEFAULT 0,
  missed_ids integer[] NOT NULL DEFAULT '{}',
  operation_id uuid,
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
);
COMMENT ON TABLE tieline_backfill IS 'How far `tieline db backfill` has come, one row a table; it goes on from there.';
COMMENT ON COLUMN tieline_backfill.last_id IS 'The last id that was looked at; committed with the values that it got.';
COMMENT ON COLUMN tieline_backfill.values_filled IS 'Object: column to how many rows got a value.';
COMMENT ON COLUMN tieline_backfill.missed_ids IS 'Rows that somebody else held just then; looked at again at the end.';

ALTER TABLE ingestion_vulnerabilities
  ADD COLUMN asset_ref uuid,
  ADD COLUMN severity_rank smallint;
COMMENT ON COLUMN ingestion_vulnerabilities.asset_ref IS 'The asset, as a uuid: asset_uuid is text in one variant of this table, uuid in another, and may hold what is no uuid.';
COMMENT ON COLUMN ingestion_vulnerabilities.severity_rank IS '0 info, 1 low, 2 medium, 3 high, 4 critical; severity is a word in one variant of this table, a number in another.';

-- Rows that an earlier version of Tieline stored.
UPDATE ingestion_vulnerabilities
   SET asset_ref = asset_uuid::uuid,
       severity_rank = array_position('{Info,Low,Medium,High,Critical}'::text[], severity::text) - 1
 WHERE finding_key IS NOT NULL;

-- The weakness rule reads open, severe findings only; they are a small share of all.
DROP INDEX idx_ingestion_vulnerabilities_actionable;
CREATE INDEX idx_ingestion_vulnerabilities_severe ON ingestion_vulnerabilities (asset_ref, plugin_id)
  WHERE lifecycle_state IN ('open', 'reopened') AND severity_rank >= 3;
CREATE INDEX idx_ingestion_vulnerabilities_asset_ref ON ingestion_vulnerabilities (asset_ref);
-- Rows from before Tieline that are not identified yet: what a sync looks through before it inserts.
CREATE INDEX idx_ingestion_vulnerabilities_unidentified ON ingestion_vulnerabilities (plugin_id)
  WHERE finding_key IS NULL;
