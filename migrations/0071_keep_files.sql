-- One store of files (evidence of people, later exports and reports): each addressed by its SHA-256, in a shared folder or in rows here.

CREATE TABLE file_store (
  is_the_one boolean PRIMARY KEY DEFAULT true CONSTRAINT file_store_is_one CHECK (is_the_one),
  store_id uuid NOT NULL,
  kind varchar(20) NOT NULL CONSTRAINT file_store_kind_known CHECK (kind IN ('folder', 'database')),
  opened_at timestamptz NOT NULL
);
COMMENT ON TABLE file_store IS 'Where files are kept: one row. A process that does not see this store refuses to start.';
COMMENT ON COLUMN file_store.store_id IS 'Of a folder: what the file tieline-files.id in it says, so that two folders of one path are told apart.';

CREATE TABLE stored_files (
  sha256 varchar(64) PRIMARY KEY CONSTRAINT stored_files_sha256_form CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  size_bytes bigint NOT NULL,
  upload_id uuid UNIQUE,
  stored_at timestamptz NOT NULL,
  checked_at timestamptz,
  fault varchar(20) CONSTRAINT stored_files_fault_known CHECK (fault IN ('missing', 'damaged'))
);
COMMENT ON TABLE stored_files IS 'Files by the SHA-256 of their bytes; what each is called is kept where it belongs.';
COMMENT ON COLUMN stored_files.upload_id IS 'Where its bytes are rows of stored_file_chunks; null: they are a file of the folder.';
COMMENT ON COLUMN stored_files.checked_at IS 'When its bytes were last read whole and compared with the hash.';
COMMENT ON COLUMN stored_files.fault IS 'What the last check found: the bytes are gone, or are not those of the hash. Such a file is not handed out.';

CREATE TABLE stored_file_chunks (
  upload_id uuid NOT NULL,
  chunk_number integer NOT NULL,
  bytes bytea NOT NULL,
  written_at timestamptz NOT NULL,
  PRIMARY KEY (upload_id, chunk_number)
);
ALTER TABLE stored_file_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE INDEX idx_stored_file_chunks_written ON stored_file_chunks (written_at);
COMMENT ON TABLE stored_file_chunks IS 'Bytes of files where no folder is set, a mebibyte a row. Rows without a file are of an upload that was broken off, and are cleared away after a day.';
