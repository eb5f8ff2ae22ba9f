/**
 * Where bytes are kept: a folder that all processes see, or rows of the database. Both keep a file under the SHA-256 of its bytes, which is
 * known only when the last has arrived; until then it lies apart, where nobody finds it.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Database } from '../postgres/index.ts';
import { dropChunks, dropLeftChunks, type FileRow, findChunk, insertChunk } from './files.sql.ts';

/** A file that is arriving. */
export interface Arriving {
  write(piece: Buffer): Promise<void>;
  /** Puts it in its place. @returns what its row says of where it is. */
  finish(sha256: string): Promise<{ readonly uploadId: string | null }>;
  /** It is not wanted: nothing of it stays. */
  abandon(): Promise<void>;
}

export interface Place {
  begin(): Promise<Arriving>;
  /** Its bytes in pieces; ends at once where there are none. */
  read(file: Pick<FileRow, 'sha256' | 'uploadId'>): AsyncIterable<Buffer>;
  /** Removes bytes that no row points at any more. */
  forget(file: Pick<FileRow, 'uploadId'>): Promise<void>;
  /** Clears away what uploads left that were broken off before that time. */
  clear(before: Date): Promise<number>;
}

const pathOf = (folder: string, sha256: string): string => join(folder, sha256.slice(0, 2), sha256);
const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

export function folderPlace(folder: string): Place {
  const incoming = join(folder, 'incoming');
  return {
    async begin() {
      await mkdir(incoming, { recursive: true, mode: 0o700 });
      const path = join(incoming, randomUUID());
      const file = await open(path, 'wx', 0o600);
      return {
        async write(piece) {
          await file.writeFile(piece);
        },
        async finish(sha256) {
          await file.sync();
          await file.close();
          await mkdir(join(folder, sha256.slice(0, 2)), { recursive: true, mode: 0o700 });
          // Over a damaged one too: the bytes under a name are always those of its hash, or were.
          await rename(path, pathOf(folder, sha256));
          return { uploadId: null };
        },
        async abandon() {
          await file.close().catch(() => undefined);
          await rm(path, { force: true });
        },
      };
    },
    async *read({ sha256 }) {
      try {
        for await (const piece of createReadStream(pathOf(folder, sha256))) yield piece as Buffer; // opened without an encoding
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    },
    forget: () => Promise.resolve(),
    async clear(before) {
      let cleared = 0;
      for (const name of await readdir(incoming).catch(() => [])) {
        const left = await stat(join(incoming, name)).catch(() => undefined);
        if (left === undefined || left.mtimeMs >= before.getTime()) continue;
        await rm(join(incoming, name), { force: true });
        cleared += 1;
      }
      return cleared;
    },
  };
}

const chunkBytes = 1024 * 1024;

export function databasePlace(db: Kysely<Database>, now: () => Date): Place {
  return {
    begin() {
      const uploadId = randomUUID();
      let number = 0;
      let held: Buffer[] = [];
      let size = 0;
      const flush = async (): Promise<void> => {
        if (size === 0 && number > 0) return;
        await insertChunk(db, { uploadId, number, bytes: Buffer.concat(held), at: now() });
        number += 1;
        held = [];
        size = 0;
      };
      return Promise.resolve({
        async write(piece: Buffer) {
          for (let at = 0; at < piece.length;) {
            const part = piece.subarray(at, at + chunkBytes - size);
            held.push(part);
            size += part.length;
            at += part.length;
            if (size === chunkBytes) await flush();
          }
        },
        async finish() {
          await flush();
          return { uploadId };
        },
        abandon: () => dropChunks(db, uploadId),
      });
    },
    async *read({ uploadId }) {
      if (uploadId === null) return;
      for (let number = 0; ; number += 1) {
        const bytes = await findChunk(db, uploadId, number);
        if (bytes === undefined) return;
        yield bytes;
      }
    },
    async forget({ uploadId }) {
      if (uploadId !== null) await dropChunks(db, uploadId);
    },
    clear: (before) => dropLeftChunks(db, before),
  };
}
