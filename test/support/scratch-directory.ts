import { chmod, mkdtemp, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Linux keeps it in memory. */
const inMemory = '/dev/shm';
/** A whole test run leaves half of it free. */
const roomBytes = 2 * 1024 ** 3;

/**
 * Makes the directory of a test run: in memory where there is room, since a thousand files of each database copied on a
 * disk cost twelve times the CPU time. Passable, so that the account that runs PostgreSQL for root reaches what is in it.
 */
export async function makeScratchDirectory(): Promise<string> {
  const found = await statfs(inMemory).catch(() => undefined);
  const hasRoom = found !== undefined && found.bavail * found.bsize > roomBytes;
  const directory = await mkdtemp(join(hasRoom ? inMemory : tmpdir(), 'tieline-test-'));
  await chmod(directory, 0o711);
  return directory;
}
