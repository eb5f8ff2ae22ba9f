/** Rows of the file store. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../postgres/index.ts';

export interface StoreRow {
  readonly storeId: string;
  readonly kind: 'folder' | 'database';
  /** Whether a file is kept: from then on it stays where it is. */
  readonly isInUse: boolean;
}

export interface FileRow {
  readonly sha256: string;
  readonly bytes: number;
  /** Null: the bytes are a file of the folder. */
  readonly uploadId: string | null;
  readonly storedAt: Date;
  readonly fault: 'missing' | 'damaged' | null;
}

export async function findStore(db: Kysely<Database>): Promise<StoreRow | undefined> {
  const { rows } = await sql<StoreRow>`
    select store_id as "storeId", kind, exists (select from stored_files) as "isInUse" from file_store`.execute(
    db,
  );
  return rows[0];
}

/** Says where files are kept, unless a file is kept elsewhere already. */
export async function claimStore(
  db: Kysely<Database>,
  store: Pick<StoreRow, 'storeId' | 'kind'>,
  now: Date,
): Promise<void> {
  await sql`
    insert into file_store (store_id, kind, opened_at) values (${store.storeId}::uuid, ${store.kind}, ${now}::timestamptz)
    on conflict (is_the_one) do update set store_id = excluded.store_id, kind = excluded.kind, opened_at = excluded.opened_at
     where not exists (select from stored_files)`.execute(db);
}

const columns = sql`f.sha256, f.size_bytes::float8 as bytes, f.upload_id as "uploadId", f.stored_at as "storedAt", f.fault`;

export async function findFile(db: Kysely<Database>, sha256: string): Promise<FileRow | undefined> {
  const { rows } =
    await sql<FileRow>`select ${columns} from stored_files f where f.sha256 = ${sha256}`.execute(db);
  return rows[0];
}

/** Files after `after`, by their hash. */
export async function listFiles(db: Kysely<Database>, after: string, limit: number): Promise<FileRow[]> {
  const { rows } = await sql<FileRow>`
    select ${columns} from stored_files f where f.sha256 > ${after} order by f.sha256 limit ${limit}`.execute(
    db,
  );
  return rows;
}

/** A file that is whole now, also in place of one of the same hash that was damaged. */
export async function saveFile(
  db: Kysely<Database>,
  file: Pick<FileRow, 'sha256' | 'bytes' | 'uploadId'>,
  now: Date,
): Promise<void> {
  await sql`
    insert into stored_files (sha256, size_bytes, upload_id, stored_at, checked_at)
    values (${file.sha256}, ${file.bytes}, ${file.uploadId}::uuid, ${now}::timestamptz, ${now}::timestamptz)
    on conflict (sha256) do update set upload_id = excluded.upload_id, checked_at = excluded.checked_at, fault = null`.execute(
    db,
  );
}

export async function noteCheck(
  db: Kysely<Database>,
  sha256: string,
  checked: { readonly at: Date; readonly fault: FileRow['fault'] },
): Promise<void> {
  await sql`
    update stored_files set checked_at = ${checked.at}::timestamptz, fault = ${checked.fault} where sha256 = ${sha256}`.execute(
    db,
  );
}

export async function insertChunk(
  db: Kysely<Database>,
  chunk: { readonly uploadId: string; readonly number: number; readonly bytes: Buffer; readonly at: Date },
): Promise<void> {
  await sql`
    insert into stored_file_chunks (upload_id, chunk_number, bytes, written_at)
    values (${chunk.uploadId}::uuid, ${chunk.number}, ${chunk.bytes}, ${chunk.at}::timestamptz)`.execute(db);
}

/** The bytes of one row; undefined after the last. */
export async function findChunk(
  db: Kysely<Database>,
  uploadId: string,
  number: number,
): Promise<Buffer | undefined> {
  const { rows } = await sql<{ bytes: Buffer }>`
    select bytes from stored_file_chunks where upload_id = ${uploadId}::uuid and chunk_number = ${number}`.execute(
    db,
  );
  return rows[0]?.bytes;
}

export async function dropChunks(db: Kysely<Database>, uploadId: string): Promise<void> {
  await sql`delete from stored_file_chunks where upload_id = ${uploadId}::uuid`.execute(db);
}

/** Clears away what uploads left that were broken off before that time. @returns rows. */
export async function dropLeftChunks(db: Kysely<Database>, before: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from stored_file_chunks c
     where c.written_at < ${before}::timestamptz
       and not exists (select from stored_files f where f.upload_id = c.upload_id)`.execute(db);
  return Number(numAffectedRows ?? 0n);
}
