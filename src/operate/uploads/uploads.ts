/**
 * Files that came over the API and wait to be imported: each in a folder of its own, named by its import, so that its own name, which the
 * messages of the import bear, cannot be a path. Whatever ends the import removes the folder; one whose server was killed while it still
 * received is cleared away later.
 */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { App } from '../../engine/run/index.ts';
import { messageOf, TielineError } from '../../platform/errors/index.ts';

type Uploading = Pick<App, 'uploads'>;

function directoryOf({ uploads }: Uploading): NonNullable<App['uploads']> {
  if (uploads) return uploads;
  throw new TielineError('INTERNAL', 'This build of Tieline accepts no files.');
}

/** A name that is one: no folder, no control character, and not hidden. */
export function plainName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  // oxlint-disable-next-line no-control-regex -- these are what is taken out
  const plain = last.replaceAll(/[\u0000-\u001f\u007f]/g, '').replace(/^\.+/, '');
  const short = plain.length > 120 ? `${plain.slice(0, 80)}…${plain.slice(-30)}` : plain;
  return short.trim() === '' ? 'scan' : short.trim();
}

export const uploadPath = (app: Uploading, id: string, name: string): string =>
  join(directoryOf(app).directory, id, plainName(name));

/** A file of which nothing more comes for so long is given up. */
const stallMs = 120_000;

export interface ReceivedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

const tooLarge = (maxBytes: number): TielineError =>
  new TielineError(
    'BODY_TOO_LARGE',
    `The file is larger than the ${maxBytes.toLocaleString('en')} bytes that this server accepts.`,
    { remedy: 'Import it with `tieline import`, or raise TIELINE_IMPORT_MAX_BYTES. Nothing was kept.' },
  );

/** The SHA-256 in hexadecimal that a Content-Digest names (RFC 9530). @throws TielineError REQUEST_INVALID. */
function digestIn(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const encoded = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(header)?.[1];
  if (encoded !== undefined) return Buffer.from(encoded, 'base64').toString('hex');
  throw new TielineError('REQUEST_INVALID', 'Content-Digest has no SHA-256.', {
    fields: [{ field: 'content-digest', message: 'expected sha-256=:BASE64:' }],
  });
}

/**
 * Writes a file as it comes to the disk. What fails leaves nothing behind.
 * @param announced what the request says of it: its length and digest. @param signal the caller is gone.
 * @throws TielineError BODY_TOO_LARGE; REQUEST_INVALID where the digest is another one; OUTPUT_FAILED where it cannot be written.
 */
export async function receiveUpload(
  app: Uploading,
  { id, name }: { readonly id: string; readonly name: string },
  body: Readable,
  announced: {
    readonly bytes: number | undefined;
    readonly digest: string | undefined;
    readonly signal: AbortSignal;
  },
): Promise<ReceivedFile> {
  const { maxBytes } = directoryOf(app);
  const expected = digestIn(announced.digest);
  if ((announced.bytes ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const path = uploadPath(app, id, name);
  const hash = createHash('sha256');
  let bytes = 0;
  const stalled = new AbortController();
  const watch = setTimeout(() => stalled.abort(), stallMs);
  const measure = new Transform({
    transform(piece: Buffer, _encoding, done) {
      bytes += piece.length;
      watch.refresh();
      if (bytes > maxBytes) {
        done(tooLarge(maxBytes));
        return;
      }
      hash.update(piece);
      done(null, piece);
    },
  });
  try {
    await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
    const file = createWriteStream(path, { mode: 0o600, flush: true });
    // What is left of the body is read and thrown away: a connection that is cut would hide the answer.
    await pipeline(body.iterator({ destroyOnReturn: false }), measure, file, {
      signal: AbortSignal.any([announced.signal, stalled.signal]),
    });
    const sha256 = hash.digest('hex');
    if (expected !== undefined && expected !== sha256)
      throw new TielineError(
        'REQUEST_INVALID',
        'The file is not what Content-Digest says: it was damaged on its way.',
        {
          fields: [{ field: 'content-digest', message: `what arrived has SHA-256 ${sha256}` }],
          remedy: 'Send the file again. Nothing was kept.',
        },
      );
    return { path, bytes, sha256 };
  } catch (error) {
    body.resume();
    await removeUpload(app, id);
    throw asRefusal(error, announced.signal);
  } finally {
    clearTimeout(watch);
  }
}

function asRefusal(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof TielineError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (signal.aborted || code.startsWith('ERR_STREAM') || code === 'ABORT_ERR' || code === 'ECONNRESET')
    return new TielineError('REQUEST_INVALID', 'The file ended before it was whole.', {
      cause: error,
      remedy: 'Send the file again. Nothing was kept.',
    });
  return new TielineError('OUTPUT_FAILED', `The file could not be kept: ${messageOf(error)}`, {
    cause: error,
  });
}

/** Removes what is kept of an upload; one that is gone already is no fault. */
export async function removeUpload({ uploads }: Uploading, id: string): Promise<void> {
  if (uploads && /^[0-9a-f-]{36}$/.test(id))
    await rm(join(uploads.directory, id), { recursive: true, force: true });
}

/** How long ago something was last written that is still being received. */
const receivingMs = 3_600_000;

/**
 * Clears away what was left by a server that was killed. @param isWanted whether an import is still to be done.
 * @returns how many.
 */
export async function clearUploads(
  app: Uploading,
  now: Date,
  isWanted: (id: string) => Promise<boolean>,
): Promise<number> {
  const { uploads } = app;
  if (!uploads) return 0;
  const names = await readdir(uploads.directory).catch(() => []);
  let cleared = 0;
  for (const id of names) {
    if (!/^[0-9a-f-]{36}$/.test(id) || (await isWanted(id))) continue;
    if (now.getTime() - (await writtenAt(join(uploads.directory, id))) < receivingMs) continue;
    await removeUpload(app, id);
    cleared += 1;
  }
  return cleared;
}

/** When something of a folder was last written. */
async function writtenAt(folder: string): Promise<number> {
  const inside = await readdir(folder).catch(() => []);
  const times = await Promise.all(
    [folder, ...inside.map((name) => join(folder, name))].map((path) =>
      stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return Math.max(...times);
}
