/** Files of the store written to this machine. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';

/** Writes a stream to a path, whole or not at all. @throws TielineError OUTPUT_FAILED. */
export async function writeWhole(stream: Readable, to: string): Promise<void> {
  const part = `${to}.part`;
  try {
    await pipeline(stream, createWriteStream(part, { mode: 0o600 }));
    await rename(part, to);
  } catch (cause) {
    await rm(part, { force: true });
    if (cause instanceof TielineError) throw cause;
    throw new TielineError('OUTPUT_FAILED', `${to} could not be written: ${messageOf(cause)}`, { cause });
  }
}
