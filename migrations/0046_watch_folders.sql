-- Folders that `tieline import --watch` looks at, so that a page can say which are watched and which no longer are.

CREATE TABLE watched_folders (
  host varchar(255) NOT NULL,
  folder text NOT NULL,
  source_name varchar(50) NOT NULL,
  watched_by varchar(255) NOT NULL,
  every_seconds integer NOT NULL,
  began_at timestamptz NOT NULL,
  alive_at timestamptz NOT NULL,
  looked_at timestamptz NOT NULL,
  importing text,
  ended_at timestamptz,
  files integer NOT NULL DEFAULT 0,
  problem text,
  PRIMARY KEY (host, folder)
);
COMMENT ON TABLE watched_folders IS 'Folders that a process imports scan files from as they come, by machine.';
COMMENT ON COLUMN watched_folders.host IS 'The machine on which the process runs and the folder is.';
COMMENT ON COLUMN watched_folders.source_name IS 'The source that the files are filed under.';
COMMENT ON COLUMN watched_folders.alive_at IS 'When the process last said that it is there; one that was killed says nothing more.';
COMMENT ON COLUMN watched_folders.looked_at IS 'When it last looked into the folder; it may be alive and wait for a share that does not answer.';
COMMENT ON COLUMN watched_folders.importing IS 'The file that it is importing, during which it does not look.';
COMMENT ON COLUMN watched_folders.ended_at IS 'When the process ended as it should; null while it runs, or where it was killed.';
COMMENT ON COLUMN watched_folders.files IS 'Scan files that were there at the last look, imported or not.';
COMMENT ON COLUMN watched_folders.problem IS 'Why the folder could not be read at the last look.';
