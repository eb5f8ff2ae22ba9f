/**
 * A feed as people carry it: plain, gzipped, a zip of records, or a folder of them. What it is its first bytes say, not its name. What
 * unpacks beyond all measure is refused.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Entry, open as openZip, type ZipFile } from 'yauzl';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { throwIfAborted } from '../../platform/values/index.ts';

/** JSON of feeds shrinks to a twentieth; beyond this a packed file is taken for an attack. */
const inflation = { ratio: 200, freeBytes: 64 * 1024 * 1024, entries: 1_000_000 };

/** One document of a feed, unpacked as it is read. */
export interface FeedDocument {
  readonly name: string;
  readonly bytes: () => AsyncIterable<Uint8Array>;
}

export interface FeedFile {
  /** As it is shown and kept: the path or address. */
  readonly source: string;
  readonly name: string;
  /** Of the bytes as they came; of a folder, of its files one after the other. */
  readonly sha256: string;
  readonly bytes: number;
  readonly documents: () => AsyncIterable<FeedDocument>;
}

const refusal = (name: string, what: string, cause?: unknown): TielineError =>
  new TielineError('FEED_INVALID', `${name} was not loaded: ${what}.`, cause === undefined ? {} : { cause });

/** Opens a file or folder, and sums it. @param source what it is called where it is kept; default: the path. @throws FEED_INVALID. */
export async function openFeedFile(path: string, signal: AbortSignal, source = path): Promise<FeedFile> {
  const name = basename(source);
  try {
    const isFolder = (await stat(path)).isDirectory();
    const paths = isFolder ? await recordsIn(path) : [path];
    if (paths.length === 0) throw refusal(name, 'there is no .json file in the folder');
    const hash = createHash('sha256');
    let bytes = 0;
    for (const each of paths)
      for await (const piece of createReadStream(each, {
        highWaterMark: 1024 * 1024,
      }) as AsyncIterable<Buffer>) {
        throwIfAborted(signal);
        hash.update(piece);
        bytes += piece.length;
      }
    return {
      source,
      name,
      bytes,
      sha256: hash.digest('hex'),
      documents: async function* () {
        for (const each of paths) yield* documentsOf(each, isFolder ? basename(each) : name);
      },
    };
  } catch (error) {
    if (error instanceof TielineError || signal.aborted) throw error;
    throw refusal(name, `it cannot be read: ${messageOf(error)}`, error);
  }
}

async function recordsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.toLowerCase().endsWith('.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

async function* documentsOf(path: string, name: string): AsyncGenerator<FeedDocument> {
  const { start, size } = await beginningOf(path);
  if (size === 0) throw refusal(name, 'the file is empty');
  if (start[0] === 0x50 && start[1] === 0x4b) yield* documentsOfZip(path, name);
  else if (start[0] === 0x1f && start[1] === 0x8b)
    yield { name, bytes: () => bounded(name, gunzipped(path), size) };
  else yield { name, bytes: () => createReadStream(path, { highWaterMark: 256 * 1024 }) };
}

async function beginningOf(path: string): Promise<{ readonly start: Buffer; readonly size: number }> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return { start: buffer.subarray(0, bytesRead), size };
  } finally {
    await handle.close();
  }
}

/** A fault of either stream ends both. */
function gunzipped(path: string): Readable {
  const gunzip = createGunzip();
  pipeline(createReadStream(path), gunzip, () => undefined);
  return gunzip;
}

async function* bounded(name: string, bytes: Readable, packed: number): AsyncGenerator<Uint8Array> {
  let total = 0;
  try {
    for await (const piece of bytes as AsyncIterable<Buffer>) {
      total += piece.length;
      if (total > inflation.freeBytes && total > packed * inflation.ratio)
        throw refusal(
          name,
          `${packed} packed bytes became more than ${total}: the file is taken for an attack`,
        );
      yield piece;
    }
  } catch (error) {
    if (error instanceof TielineError) throw error;
    throw refusal(name, `it cannot be unpacked after ${total} bytes: ${messageOf(error)}`, error);
  }
}

async function* documentsOfZip(path: string, name: string): AsyncGenerator<FeedDocument> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    openZip(path, { lazyEntries: true, autoClose: false }, (error, opened) => {
      if (error) reject(refusal(name, `the archive cannot be read: ${messageOf(error)}`, error));
      else resolve(opened);
    });
  });
  try {
    const entries = await entriesOf(zip, name);
    for (const entry of entries) {
      const inner = `${name}/${entry.fileName}`;
      if (entry.isEncrypted()) throw refusal(inner, 'it is encrypted');
      yield { name: inner, bytes: () => bytesOfEntry(zip, entry, inner) };
    }
  } finally {
    zip.close();
  }
}

/** The documents in an archive. Archives within it are not opened, and said so where there is nothing else. */
function entriesOf(zip: ZipFile, name: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  let seen = 0;
  return new Promise((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      seen += 1;
      if (/\.(?:json|csv)$/i.test(entry.fileName) && !entry.fileName.includes('__MACOSX'))
        entries.push(entry);
      if (seen > inflation.entries) reject(refusal(name, `it holds more than ${inflation.entries} files`));
      else zip.readEntry();
    });
    zip.on('end', () =>
      entries.length > 0
        ? resolve(entries)
        : reject(
            refusal(
              name,
              'no .json or .csv file is in the archive; an archive within it is to be unpacked first',
            ),
          ),
    );
    zip.on('error', (error: Error) =>
      reject(refusal(name, `the archive cannot be read: ${messageOf(error)}`, error)),
    );
    zip.readEntry();
  });
}

async function* bytesOfEntry(zip: ZipFile, entry: Entry, name: string): AsyncGenerator<Uint8Array> {
  const stream = await new Promise<Readable>((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) => {
      if (error) reject(refusal(name, `it cannot be unpacked: ${messageOf(error)}`, error));
      else resolve(opened);
    });
  });
  yield* bounded(name, stream, entry.compressedSize);
}
