/**
 * A zip that is written as its files are read: of a large file only a piece is in memory. Files that are streamed are stored as they are (evidence
 * is mostly pictures and PDFs): so the bytes do not depend on the pieces in which they came, and the same parts make the same zip.
 */
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';

/** A file of the zip: whole, and then deflated; or opened when its turn comes. */
export type ZipPart =
  | { readonly path: string; readonly bytes: Uint8Array }
  | { readonly path: string; readonly open: () => Promise<AsyncIterable<Uint8Array>> };

/** Local midnight, which a zip writes as it is on the clock of the machine. */
const mtime = new Date(1980, 0, 1);

/** @throws the signal's reason; whatever keeps a part from being read. */
export async function* zipped(parts: Iterable<ZipPart>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  let failure: Error | undefined;
  const zip = new Zip((error, piece) => {
    if (error) failure = error;
    else ready.push(piece);
  });
  const written = (): Uint8Array[] => {
    if (failure) throw failure;
    return ready.splice(0);
  };
  for (const part of parts) {
    signal.throwIfAborted();
    const isWhole = 'bytes' in part;
    const file = isWhole ? new ZipDeflate(part.path, { level: 6 }) : new ZipPassThrough(part.path);
    file.mtime = mtime;
    zip.add(file);
    if (isWhole) file.push(part.bytes, true);
    else {
      for await (const piece of await part.open()) {
        signal.throwIfAborted();
        file.push(piece);
        yield* written();
      }
      file.push(new Uint8Array(), true);
    }
    yield* written();
  }
  zip.end();
  yield* written();
}
