-- POA&Ms out of files: what a file would change, until a person approves it; and what each record of a file says that has no field here.

CREATE TABLE poam_imports (
  import_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  file_name varchar(255) NOT NULL,
  file_sha256 varchar(64) NOT NULL,
  bytes bigint NOT NULL,
  layout varchar(100),
  source_name varchar(50),
  system_id varchar(50),
  state varchar(20) NOT NULL CONSTRAINT poam_imports_state_known CHECK (state IN ('planned', 'imported', 'unchanged', 'discarded', 'refused')),
  plan jsonb,
  plan_sha256 varchar(64),
  content jsonb,
  held jsonb NOT NULL DEFAULT '[]',
  problem jsonb,
  brought_by varchar(255) NOT NULL,
  brought_by_principal varchar(255),
  brought_at timestamptz NOT NULL,
  way varchar(20) NOT NULL CONSTRAINT poam_imports_way_known CHECK (way IN ('upload', 'command')),
  settled_by varchar(255),
  settled_at timestamptz,
  operation_id uuid REFERENCES ingestion_batches (batch_id) ON DELETE SET NULL
);
CREATE INDEX idx_poam_imports_brought ON poam_imports (brought_at, import_id);
CREATE INDEX idx_poam_imports_system ON poam_imports (system_id);
CREATE INDEX idx_poam_imports_operation ON poam_imports (operation_id);
COMMENT ON TABLE poam_imports IS 'Files of POA&Ms as they were brought, one row each: what each would change, who approved it, what was held and where.';
COMMENT ON COLUMN poam_imports.layout IS 'What the file was recognized as, by its headers; null where it was refused before.';
COMMENT ON COLUMN poam_imports.source_name IS 'The external system (external_systems.system_name) that stands for such files of the boundary.';
COMMENT ON COLUMN poam_imports.system_id IS 'The authorization boundary (ingestion_systems.system_id) that its POA&Ms belong to.';
COMMENT ON COLUMN poam_imports.state IS 'planned: it waits for a person; unchanged: it would change nothing; refused: nothing of it could be read.';
COMMENT ON COLUMN poam_imports.plan IS 'Object: counts, items (what would change, field by field). As it was shown; kept once it is settled.';
COMMENT ON COLUMN poam_imports.plan_sha256 IS 'Of the plan in canonical form: what is approved must come out the same.';
COMMENT ON COLUMN poam_imports.content IS 'What was read of the file, while the plan waits; null once it is settled.';
COMMENT ON COLUMN poam_imports.held IS 'Array of {sheet, cell, record, rule, remedy}: rows that are not imported until they are corrected.';
COMMENT ON COLUMN poam_imports.problem IS 'Object: code, message, remedy. Why nothing of it could be read.';
COMMENT ON COLUMN poam_imports.way IS 'upload: over the API; command: from a path on the machine.';
COMMENT ON COLUMN poam_imports.brought_by IS 'A name as it was then; brought_by_principal is who it is.';

CREATE TABLE poam_file_records (
  external_system_id integer NOT NULL REFERENCES external_systems (id) ON DELETE CASCADE,
  external_id varchar(255) NOT NULL,
  place varchar(255) NOT NULL,
  beside jsonb NOT NULL,
  import_id uuid NOT NULL,
  PRIMARY KEY (external_system_id, external_id)
);
COMMENT ON TABLE poam_file_records IS 'What the latest file says of a POA&M and has no field of the record: columns of its own, unknown properties. Written back where such a file is made.';
COMMENT ON COLUMN poam_file_records.external_id IS 'What the file calls the POA&M, as in sync_links.';
COMMENT ON COLUMN poam_file_records.place IS 'Sheet and row, or the path in the JSON.';
COMMENT ON COLUMN poam_file_records.beside IS 'Object: header (or name of a property) to what it says.';
COMMENT ON COLUMN poam_file_records.import_id IS 'poam_imports.import_id of the file.';
