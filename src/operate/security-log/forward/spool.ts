/**
 * The spool: events on this machine's disk that are yet to be delivered, a file a batch, the oldest first. A file appears whole and on disk, and is
 * gone when the receiver has taken all of it. Whoever can write to the database alone cannot take back what is here.
 */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileWhole } from '../../../platform/files/index.ts';
import type { ForwardedEvent } from './formats.ts';

const folderOf = (directory: string): string => join(directory, 'spool');
const isBatch = (name: string): boolean => /^\d{13}-\d{6}-[0-9a-f]{8}\.jsonl$/.test(name);

let written = 0;

/** @param at by which batches are ordered. */
export async function spoolBatch(
  directory: string,
  events: readonly ForwardedEvent[],
  at: Date,
): Promise<void> {
  written += 1;
  const name = `${String(at.getTime()).padStart(13, '0')}-${String(written % 1_000_000).padStart(6, '0')}-${randomBytes(4).toString('hex')}.jsonl`;
  await writeFileWhole(
    join(folderOf(directory), name),
    events.map((event) => `${JSON.stringify(event)}\n`).join(''),
  );
}

/** Names of the batches that wait, the oldest first. */
export async function listBatches(directory: string): Promise<string[]> {
  try {
    return (await readdir(folderOf(directory))).filter(isBatch).toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export async function readBatch(directory: string, name: string): Promise<ForwardedEvent[]> {
  const text = await readFile(join(folderOf(directory), name), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ForwardedEvent); // written by `spoolBatch`
}

export const removeBatch = (directory: string, name: string): Promise<void> =>
  rm(join(folderOf(directory), name), { force: true });
