/**
 * What is in a scan file becomes part of the record, batch by batch and in one transaction. Three things happen at once: the file is read
 * (read-ahead.ts), what was read is gathered (gather-file.ts), and the batch before is stored (store-file.ts). The database is
 * the slowest of them, so that it should never wait.
 */
import type { ScanFileEvent } from '../../connectors/kit/index.ts';
import { TielineError } from '../../platform/errors/index.ts';
import type { Tx } from '../../platform/postgres/index.ts';
import { FileGathering, sizeOf } from './gather-file.ts';
import { readAhead } from './read-ahead.ts';
import { FileStoring, type FileCounts, type FileReading } from './store-file.ts';

/** How much, in characters, is read of the file while a whole batch waits for the one before it to be stored. */
const ahead = 1024 * 1024;

/**
 * Stores a file as it is read, in the caller's transaction.
 * @returns what was stored, and where the file is cut off if that does not matter to the caller.
 * @throws SCAN_FILE_INVALID where it is cut off.
 */
export async function takeFile(
  tx: Tx,
  reading: FileReading,
): Promise<{ taken: FileCounts; problem: string | undefined; lacksTimes: boolean }> {
  const storing = new FileStoring(tx, reading);
  const gathering = new FileGathering(reading, storing);
  let problem: string | undefined;
  try {
    for await (const event of readAhead(reading.file.events(), ahead, charactersOf)) {
      reading.options.signal.throwIfAborted();
      await gathering.take(event);
    }
  } catch (error) {
    // The connection is in use until then; and what fails there came before this.
    await storing.settle();
    const isBroken = error instanceof TielineError && error.code === 'SCAN_FILE_INVALID';
    if (!isBroken || !reading.options.keepPartial) throw error;
    await gathering.dropOpenHost();
    problem = error.message;
  }
  await gathering.end();
  await storing.settle();
  return { taken: storing.taken, problem, lacksTimes: gathering.lacksTimes };
}

const charactersOf = (event: ScanFileEvent): number =>
  event.type === 'item' ? sizeOf(event.raw) : event.type === 'host' ? 2_000 : 100;
