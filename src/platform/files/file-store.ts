/**
 * The one store of files, addressed by SHA-256: evidence that people attach, and whatever else the product keeps as a file. It is a folder
 * that every process sees (TIELINE_FILES), or rows of the database where none is set.
 *
 * What is promised: bytes that do not match their hash are never handed out, not even their first part; the same bytes are kept once; a
 * process that sees another store than the one whose row is in the database does nothing with files and does not start.
 *
 * Rejected: a path of the folder in the row (two machines mount it elsewhere), large objects of PostgreSQL (no dump of a table holds them).
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Kysely } from 'kysely';
import { messageOf, TielineError } from '../errors/index.ts';
import type { Database } from '../postgres/index.ts';
import {
  claimStore,
  deleteFile,
  type FileRow,
  findFile,
  findStore,
  listFiles,
  noteCheck,
  saveFile,
  type StoreRow,
} from './files.sql.ts';
import { databasePlace, folderPlace, type Place } from './places.ts';

export interface KeptFile {
  readonly sha256: string;
  readonly bytes: number;
}

export interface FilesChecked {
  readonly files: number;
  readonly bytes: number;
  readonly faults: readonly { readonly sha256: string; readonly fault: 'missing' | 'damaged' }[];
}

export interface FileStore {
  /** @throws TielineError FILES_ELSEWHERE if this process does not see the store that the database names. */
  confirm(): Promise<StoreRow['kind']>;
  /** Keeps a file as it comes. What fails leaves nothing behind. @throws TielineError FILES_ELSEWHERE, BODY_TOO_LARGE. */
  keep(body: AsyncIterable<Buffer>, limits: { readonly maxBytes: number }): Promise<KeptFile>;
  /** The whole of a file, after it was compared with its hash. @throws TielineError FILE_UNKNOWN, FILE_DAMAGED, FILES_ELSEWHERE. */
  open(sha256: string): Promise<KeptFile & { readonly stream: Readable }>;
  /**
   * What is kept under a hash, by what is known of it: its bytes are read only where they did not match when they were read last.
   * @throws TielineError FILE_UNKNOWN, FILE_DAMAGED, FILES_ELSEWHERE.
   */
  known(sha256: string): Promise<KeptFile>;
  /**
   * A file that is read once, and compared as it goes: for what is of no use without its end. The stream fails with FILE_DAMAGED before the last
   * piece, and that is known from then on. @throws TielineError FILE_UNKNOWN, FILES_ELSEWHERE.
   */
  read(sha256: string): Promise<KeptFile & { readonly stream: Readable }>;
  /** Removes a file that nothing refers to. */
  remove(sha256: string): Promise<void>;
  /** Reads every file and compares it; clears away what broken uploads left. */
  check(): Promise<FilesChecked>;
}

const markerName = 'tieline-files.id';
const dayMs = 86_400_000;

interface StoreParts {
  readonly db: Kysely<Database>;
  readonly now: () => Date;
  /** Undefined: rows of the database. */
  readonly folder: string | undefined;
}

const elsewhere = (message: string): TielineError => new TielineError('FILES_ELSEWHERE', message);

/** The id in the folder's marker; made where there is none. */
async function markedAs(folder: string, fresh: string): Promise<string> {
  const path = join(folder, markerName);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(path, `${fresh}\n`, { flag: 'wx', mode: 0o600 });
    return fresh;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST'))
      throw elsewhere(`${folder} cannot be used: ${messageOf(error)}`);
  }
  return (await readFile(path, 'utf8')).trim();
}

/** The id in the folder's marker; undefined where there is none. */
const markerIn = (folder: string): Promise<string | undefined> =>
  readFile(join(folder, markerName), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );

async function confirmStore({ db, now, folder }: StoreParts): Promise<StoreRow['kind']> {
  const kind = folder === undefined ? 'database' : 'folder';
  const isThisOne = async (store: StoreRow | undefined): Promise<boolean> =>
    store?.kind === kind && (folder === undefined || (await markerIn(folder)) === store.storeId);
  const named = await findStore(db);
  if (await isThisOne(named)) return kind;
  if (named?.isInUse === true) throw await elsewhereThan(named, folder);
  // Nobody has named it yet, or no file is kept there: this process names it.
  const fresh = randomUUID();
  const storeId = folder === undefined ? fresh : await markedAs(folder, fresh);
  await claimStore(db, { storeId, kind }, now());
  const store = await findStore(db);
  if (store === undefined || (await isThisOne(store))) return kind;
  throw await elsewhereThan(store, folder);
}

async function elsewhereThan(store: StoreRow, folder: string | undefined): Promise<TielineError> {
  if (store.kind === 'database')
    return elsewhere(`Files are kept in the database, and TIELINE_FILES names ${folder ?? 'another place'}.`);
  if (folder === undefined)
    return elsewhere('Files are kept in a folder, and TIELINE_FILES names none for this process.');
  const marker = await markerIn(folder);
  return elsewhere(
    marker === undefined
      ? `${folder} has no ${markerName}: it is not the folder in which files are kept, or is not mounted.`
      : `${folder} is another folder than the one in which files are kept: its ${markerName} says so.`,
  );
}

/** @param parts.folder every process must name the same one. */
export function openFileStore(parts: StoreParts): FileStore {
  const { db, now, folder } = parts;
  const place: Place = folder === undefined ? databasePlace(db, now) : folderPlace(folder);
  let confirmed: Promise<StoreRow['kind']> | undefined;
  const confirm = (): Promise<StoreRow['kind']> =>
    (confirmed ??= confirmStore(parts).catch((error: unknown) => {
      confirmed = undefined;
      throw error;
    }));
  return {
    confirm,
    async keep(body, { maxBytes }) {
      await confirm();
      return keepIn(place, parts, body, maxBytes);
    },
    async open(sha256) {
      await confirm();
      const file = await fetchFile(db, sha256);
      await requireWhole(place, parts, file);
      return { sha256, bytes: file.bytes, stream: Readable.from(compared(place, parts, file)) };
    },
    async known(sha256) {
      await confirm();
      const file = await fetchFile(db, sha256);
      if (file.fault !== null) await requireWhole(place, parts, file);
      return { sha256, bytes: file.bytes };
    },
    async read(sha256) {
      await confirm();
      const file = await fetchFile(db, sha256);
      return { sha256, bytes: file.bytes, stream: Readable.from(compared(place, parts, file)) };
    },
    async remove(sha256) {
      await confirm();
      const file = await findFile(db, sha256);
      if (!file) return;
      // The row first: a row without its bytes would be a file that is missing.
      await deleteFile(db, sha256);
      await place.forget(file);
    },
    async check() {
      await confirm();
      await place.clear(new Date(now().getTime() - dayMs));
      return checkAll(place, parts);
    },
  };
}

async function keepIn(
  place: Place,
  { db, now }: StoreParts,
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): Promise<KeptFile> {
  const arriving = await place.begin();
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const piece of body) {
      bytes += piece.length;
      if (bytes > maxBytes)
        throw new TielineError(
          'BODY_TOO_LARGE',
          `The file is larger than the ${maxBytes.toLocaleString('en')} bytes that are accepted.`,
          { remedy: 'Give a smaller one, or a part of it. Nothing was kept.' },
        );
      hash.update(piece);
      await arriving.write(piece);
    }
    const sha256 = hash.digest('hex');
    const before = await findFile(db, sha256);
    if (before && before.fault === null && (await faultOf(place, before)) === undefined) {
      await arriving.abandon();
      return { sha256, bytes };
    }
    await saveFile(db, { sha256, bytes, ...(await arriving.finish(sha256)) }, now());
    // In the folder the new bytes lie in the place of the old ones already.
    if (before && before.uploadId !== null) await place.forget(before);
    return { sha256, bytes };
  } catch (error) {
    await arriving.abandon().catch(() => undefined);
    throw error;
  }
}

async function fetchFile(db: Kysely<Database>, sha256: string): Promise<FileRow> {
  const file = /^[0-9a-f]{64}$/.test(sha256) ? await findFile(db, sha256) : undefined;
  if (!file) throw new TielineError('FILE_UNKNOWN', `There is no file ${sha256.slice(0, 12)}.`);
  return file;
}

/** Reads and compares all of it. @throws TielineError FILE_DAMAGED. */
async function requireWhole(place: Place, { db, now }: StoreParts, file: FileRow): Promise<void> {
  const fault = await faultOf(place, file);
  await noteCheck(db, file.sha256, { at: now(), fault: fault ?? null });
  if (fault) throw damaged(file, fault);
}

const damaged = ({ sha256 }: Pick<FileRow, 'sha256'>, fault: 'missing' | 'damaged'): TielineError =>
  new TielineError(
    'FILE_DAMAGED',
    fault === 'missing'
      ? `The bytes of the file ${sha256.slice(0, 12)} are gone from the store.`
      : `The bytes of the file ${sha256.slice(0, 12)} are not those that were kept: its hash differs.`,
  );

async function faultOf(place: Place, file: FileRow): Promise<'missing' | 'damaged' | undefined> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of place.read(file)) {
    bytes += piece.length;
    hash.update(piece);
  }
  if (hash.digest('hex') === file.sha256) return undefined;
  return bytes === 0 ? 'missing' : 'damaged';
}

/** Its bytes, compared as they go: the last piece leaves only when all of them match. */
async function* compared(place: Place, { db, now }: StoreParts, file: FileRow): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let held: Buffer | undefined;
  for await (const piece of place.read(file)) {
    hash.update(piece);
    if (held) yield held;
    held = piece;
  }
  if (hash.digest('hex') !== file.sha256) {
    const fault = held ? 'damaged' : 'missing';
    await noteCheck(db, file.sha256, { at: now(), fault });
    throw damaged(file, fault);
  }
  if (held) yield held;
}

const pageOfFiles = 100;

async function checkAll(place: Place, { db, now }: StoreParts): Promise<FilesChecked> {
  const faults: FilesChecked['faults'][number][] = [];
  let files = 0;
  let bytes = 0;
  for (let after = ''; ;) {
    const page = await listFiles(db, after, pageOfFiles);
    for (const file of page) {
      const fault = await faultOf(place, file);
      await noteCheck(db, file.sha256, { at: now(), fault: fault ?? null });
      if (fault) faults.push({ sha256: file.sha256, fault });
      files += 1;
      bytes += file.bytes;
    }
    const last = page.at(-1);
    if (!last || page.length < pageOfFiles) return { files, bytes, faults };
    after = last.sha256;
  }
}
