/**
 * A file as people carry it: plain, gzipped, or a zip of several. What it is its first bytes say, not its name. Names within a zip
 * are reported, never used as paths; what inflates beyond all measure is refused.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { fromFd, type Entry, type ZipFile } from 'yauzl';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { throwIfAborted } from '../../platform/values/index.ts';
import { readScanCsv } from './read-csv.ts';
import { readNessus } from './read-nessus.ts';
import type { FilesWithin, ScanFile, ScanFileEvent } from '../kit/index.ts';
import { scanFileFault, usualLimits, type ScanFileLimits } from './scan-file-fault.ts';

/** Beyond these a compressed file is taken for an attack: XML shrinks to a fifteenth, hardly ever to a hundredth. */
const inflation = { ratio: 300, freeBytes: 16 * 1024 * 1024, entries: 10_000 };

const newline = 0x0a;
const longestHeader = 8192;

/** The scan files in a file. @throws TielineError SCAN_FILE_INVALID where it cannot be opened. */
export async function* openScanFiles(
  path: string,
  limits: ScanFileLimits = usualLimits,
  {
    timeZone,
    within,
  }: { readonly timeZone?: string | undefined; readonly within?: FilesWithin | undefined } = {},
): AsyncGenerator<ScanFile, void, undefined> {
  const name = basename(path);
  const { start, size } = await beginningOf(path, name);
  const reading = { limits, timeZone, within };
  if (start[0] === 0x50 && start[1] === 0x4b) {
    yield* filesOfZip(path, name, reading);
    return;
  }
  if (start[0] === 0x1f && start[1] === 0x8b)
    yield scanFile(name, () => bounded(name, unpacked(path), size), reading);
  else yield scanFile(name, () => createReadStream(path, { highWaterMark: 256 * 1024 }), reading);
}

interface Reading {
  readonly limits: ScanFileLimits;
  readonly timeZone: string | undefined;
  readonly within: FilesWithin | undefined;
}

/** A fault of either stream ends both. */
function unpacked(path: string): Readable {
  const gunzip = createGunzip();
  pipeline(createReadStream(path), gunzip, () => undefined);
  return gunzip;
}

async function beginningOf(path: string, name: string): Promise<{ start: Buffer; size: number }> {
  try {
    const { size } = await stat(path);
    const handle = await open(path);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
      return { start: buffer.subarray(0, bytesRead), size };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw scanFileFault(name, { line: 1, byte: 0 }, `the file cannot be read: ${messageOf(error)}`, error);
  }
}

function scanFile(name: string, bytes: () => AsyncIterable<Uint8Array>, reading: Reading): ScanFile {
  return {
    name,
    async fingerprint(signal) {
      const hash = createHash('sha256');
      try {
        for await (const piece of bytes()) {
          if (signal) throwIfAborted(signal);
          hash.update(piece);
        }
      } catch (error) {
        if (error instanceof TielineError) throw error;
        throw scanFileFault(
          name,
          { line: 1, byte: 0 },
          `the file cannot be unpacked: ${messageOf(error)}`,
          error,
        );
      }
      return hash.digest('hex');
    },
    events: () => readByContent(name, bytes(), reading),
  };
}

/** Looks at the first bytes and reads on as what they say. Failures of decompression say where they came. */
async function* readByContent(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  { limits, timeZone }: Reading,
): AsyncGenerator<ScanFileEvent, void, undefined> {
  let read = 0;
  const iterator = counted(bytes, (length) => (read += length))[Symbol.asyncIterator]();
  try {
    const first = await iterator.next();
    const start = first.done ? new Uint8Array() : first.value;
    if (start.length === 0) throw scanFileFault(name, { line: 1, byte: 0 }, 'the file is empty');
    if (start[0] === 0x50 && start[1] === 0x4b)
      throw scanFileFault(name, { line: 1, byte: 0 }, 'an archive within an archive is not opened');
    if (isTar(start))
      throw scanFileFault(
        name,
        { line: 1, byte: 0 },
        'this is a tar archive, which is not opened; unpack it and import the files, or a zip of them',
      );
    const isXml = looksLikeXml(start);
    if (!isXml && start.length >= longestHeader && !start.subarray(0, longestHeader).includes(newline))
      throw scanFileFault(name, { line: 1, byte: 0 }, 'this is neither XML nor a table with a header row');
    const all = (async function* (): AsyncGenerator<Uint8Array> {
      yield start;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    })();
    yield* isXml ? readNessus(name, all, limits, timeZone) : readScanCsv(name, all, limits, timeZone);
  } catch (error) {
    if (error instanceof TielineError) throw error;
    throw scanFileFault(
      name,
      { line: 1, byte: read },
      `the file cannot be unpacked: ${messageOf(error)}`,
      error,
    );
  } finally {
    await iterator.return?.(undefined);
  }
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  count: (length: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of bytes) {
    if (piece.length === 0) continue;
    yield piece;
    count(piece.length);
  }
}

function looksLikeXml(start: Uint8Array): boolean {
  const head = Buffer.from(start.subarray(0, 64))
    .toString('latin1')
    .replaceAll(/[\0\u00ef\u00bb\u00bf\u00fe\u00ff\s]/g, '');
  return head.startsWith('<');
}

const isTar = (start: Uint8Array): boolean =>
  start.length > 262 && Buffer.from(start.subarray(257, 262)).toString('latin1') === 'ustar';

/** Refuses what inflates beyond all measure. @param packed the bytes it came from. */
async function* bounded(name: string, bytes: Readable, packed: number): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const piece of bytes as AsyncIterable<Buffer>) {
    total += piece.length;
    if (total > inflation.freeBytes && total > packed * inflation.ratio)
      throw scanFileFault(
        name,
        { line: 1, byte: total },
        `${packed} packed bytes have become more than ${total}: the file is taken for an attack; unpack it yourself if it is none`,
      );
    yield piece;
  }
}

const openedZip = (fd: number): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    fromFd(fd, { lazyEntries: true, autoClose: false }, (error, opened) => {
      if (error) reject(error);
      else resolve(opened);
    });
  });

/** @throws Error for more than `inflation` allows. */
async function entriesOf(zip: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = [];
  await new Promise<void>((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      if (entries.length > inflation.entries)
        reject(new Error(`it holds more than ${inflation.entries} files`));
      else zip.readEntry();
    });
    zip.on('end', resolve);
    zip.on('error', reject);
    zip.readEntry();
  });
  return entries;
}

async function* filesOfZip(
  path: string,
  name: string,
  reading: Reading,
): AsyncGenerator<ScanFile, void, undefined> {
  const handle = await open(path);
  try {
    const opened = await openedZip(handle.fd);
    const entries = await entriesOf(opened);
    let found = 0;
    for (const entry of entries) {
      if (entry.fileName.endsWith('/') || isBeside(entry.fileName)) continue;
      const inner = `${name}/${entry.fileName}`;
      const others = await filesWithin(opened, entry, { name: inner, within: reading.within });
      found += others.length;
      yield* others;
      if (others.length > 0) continue;
      // An export that was cut off before its first byte is named as a scan, and is said to be empty.
      if (
        !isNamedAsScan(entry.fileName) &&
        (entry.uncompressedSize === 0 || !(await beginsAsScan(opened, entry, inner)))
      )
        continue;
      found += 1;
      yield scanFile(inner, () => bytesOfEntry(opened, entry, inner), reading);
    }
    if (found === 0)
      throw scanFileFault(
        name,
        { line: 1, byte: 0 },
        `no scan file is in the archive${
          entries.length === 0
            ? ''
            : `, only ${entries
                .map((entry) => entry.fileName.slice(0, 60))
                .slice(0, 5)
                .join(', ')}`
        }`,
      );
  } catch (error) {
    if (error instanceof TielineError) throw error;
    throw scanFileFault(name, { line: 1, byte: 0 }, `the archive cannot be read: ${messageOf(error)}`, error);
  } finally {
    await handle.close().catch(() => undefined);
  }
}

/** What systems put beside the files of an archive for themselves. */
const isBeside = (path: string): boolean =>
  path.split('/').some((part) => part === '__MACOSX' || part.startsWith('._') || part === '.DS_Store');
/** As of a folder what looks like a scan file is read; an archive within, to be refused: what is in it would be missed. */
const isNamedAsScan = (path: string): boolean => /\.(?:nessus|xml|csv|zip|gz|tgz)$/i.test(path);

/** What a reader beside makes of an entry; none where it is not its kind. @throws TielineError SCAN_FILE_INVALID. */
async function filesWithin(
  zip: ZipFile,
  entry: Entry,
  { name, within }: { readonly name: string; readonly within: FilesWithin | undefined },
): Promise<readonly ScanFile[]> {
  if (!within || entry.isEncrypted()) return [];
  const pieces: Uint8Array[] = [];
  let length = 0;
  let isTaken = false;
  for await (const piece of bytesOfEntry(zip, entry, name)) {
    pieces.push(piece);
    length += piece.length;
    if (length > within.largest)
      throw scanFileFault(name, { line: 1, byte: length }, `at most ${within.largest} bytes of it are read`);
    if (isTaken || length < within.headBytes) continue;
    if (!within.takes(Buffer.concat(pieces))) return [];
    isTaken = true;
  }
  const bytes = Buffer.concat(pieces);
  return isTaken || within.takes(bytes) ? within.read(name, bytes, entry.getLastModDate()) : [];
}

/** Whether an entry of another name is a .nessus file all the same. */
async function beginsAsScan(zip: ZipFile, entry: Entry, name: string): Promise<boolean> {
  if (entry.isEncrypted()) return false;
  for await (const piece of bytesOfEntry(zip, entry, name))
    return Buffer.from(piece.subarray(0, 1024)).toString('latin1').includes('<NessusClientData');
  return false;
}

async function* bytesOfEntry(zip: ZipFile, entry: Entry, name: string): AsyncGenerator<Uint8Array> {
  if (entry.isEncrypted())
    throw scanFileFault(
      name,
      { line: 1, byte: 0 },
      'the archive is encrypted; unpack it with its password and import the files',
    );
  const stream = await new Promise<Readable>((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) => {
      if (error) reject(error);
      else resolve(opened);
    });
  });
  yield* bounded(name, stream, entry.compressedSize);
}
