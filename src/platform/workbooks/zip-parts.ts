/** The parts of a workbook's zip, each as bytes that are bounded while they are unpacked: what a part says of its size is not believed. */
import type { Readable } from 'node:stream';
import { type Entry, fromBuffer, type ZipFile } from 'yauzl';
import { messageOf, TielineError } from '../errors/index.ts';
import { workbookFault, type WorkbookLimits } from './workbook-fault.ts';

export interface ZipParts {
  /** Names as they are in the file; a part is found whatever the case of its name. */
  readonly names: readonly string[];
  has(name: string): boolean;
  /** @throws TielineError WORKBOOK_INVALID where it is not there, or inflates beyond all measure. */
  read(name: string): AsyncGenerator<Uint8Array>;
}

/** @throws TielineError WORKBOOK_INVALID where the bytes are no workbook's zip. */
export async function openParts(name: string, bytes: Buffer, limits: WorkbookLimits): Promise<ZipParts> {
  refuseOther(name, bytes, limits);
  const zip = await opened(name, bytes);
  const entries = await listEntries(name, zip, limits);
  /** Bytes of all parts, each as far as it was ever unpacked. */
  let read = 0;
  const reach = new Map<Entry, number>();
  const find = (part: string): Entry | undefined => entries.get(part.toLowerCase());
  return {
    names: [...entries.values()].map((entry) => entry.fileName),
    has: (part) => find(part) !== undefined,
    async *read(part) {
      const entry = find(part);
      if (!entry) throw workbookFault(`${name}, ${part}`, 'the part is missing: the workbook is broken');
      if (entry.isEncrypted())
        throw workbookFault(
          `${name}, ${part}`,
          'the part is encrypted; save the workbook without a password',
        );
      let inPart = 0;
      for await (const piece of await streamOf(name, zip, entry)) {
        const chunk = piece as Uint8Array; // the stream is not in object mode
        inPart += chunk.length;
        const before = reach.get(entry) ?? 0;
        read += Math.max(0, inPart - before);
        reach.set(entry, Math.max(before, inPart));
        const isBomb = inPart > limits.freeBytes && inPart > entry.compressedSize * limits.ratio;
        if (isBomb || read > limits.partBytes)
          throw workbookFault(
            `${name}, ${part}`,
            `${entry.compressedSize} packed bytes have become more than ${inPart}: the file is taken for an attack (a zip bomb)`,
          );
        yield chunk;
      }
    },
  };
}

function refuseOther(name: string, bytes: Buffer, limits: WorkbookLimits): void {
  if (bytes.length > limits.packedBytes)
    throw workbookFault(name, `the file has ${bytes.length} bytes, at most ${limits.packedBytes} are read`);
  if (bytes.subarray(0, 8).toString('hex') === 'd0cf11e0a1b11ae1')
    throw workbookFault(
      name,
      'this is a workbook of the old format (.xls), or one that is protected by a password; save it as .xlsx without a password',
    );
  if (bytes.length < 4 || bytes.readUInt32LE(0) !== 0x04034b50)
    throw workbookFault(name, 'this is no workbook: expected an .xlsx or .xlsm file');
}

const opened = (name: string, bytes: Buffer): Promise<ZipFile> =>
  new Promise((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true, strictFileNames: false }, (error, zip) => {
      if (error) reject(workbookFault(name, `the file cannot be unpacked: ${messageOf(error)}`, error));
      else resolve(zip);
    });
  });

function listEntries(name: string, zip: ZipFile, limits: WorkbookLimits): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  return new Promise((resolve, reject) => {
    zip.on('entry', (entry: Entry) => {
      if (entries.size >= limits.entries)
        reject(
          workbookFault(name, `it holds more than ${limits.entries} parts: the file is taken for an attack`),
        );
      else {
        entries.set(entry.fileName.replace(/^\//, '').toLowerCase(), entry);
        zip.readEntry();
      }
    });
    zip.on('end', () => resolve(entries));
    zip.on('error', (error: Error) =>
      reject(workbookFault(name, `the file cannot be unpacked: ${messageOf(error)}`, error)),
    );
    zip.readEntry();
  });
}

async function streamOf(name: string, zip: ZipFile, entry: Entry): Promise<AsyncIterable<unknown>> {
  const stream = await new Promise<Readable>((resolve, reject) => {
    // The sizes that the file names are not compared here: they are the attacker's, and the bytes are counted.
    zip.openReadStream(entry, (error, ready) => {
      if (error) reject(workbookFault(`${name}, ${entry.fileName}`, messageOf(error), error));
      else resolve(ready);
    });
  });
  return (async function* () {
    try {
      yield* stream as AsyncIterable<unknown>;
    } catch (error) {
      if (error instanceof TielineError) throw error;
      throw workbookFault(`${name}, ${entry.fileName}`, `cannot be unpacked: ${messageOf(error)}`, error);
    } finally {
      stream.destroy();
    }
  })();
}
