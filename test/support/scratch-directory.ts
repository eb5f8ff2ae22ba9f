import { chmod, mkdtemp, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Linux keeps it in memory. */
const inMemory = '/dev/shm';
/** A whole test run leaves half of it free. */
const roomBytes = 2 * 1024 ** 3;

/**
 * Makes the directory of a test run: in memory where there is room, since a thousand files of each database copied on a
 * disk cost eight times the CPU time. Open to all as /tmp is: the account that runs PostgreSQL for root works in it too.
 */
export async function makeScratchDirectory(): Promise<string> {
  const found = await statfs(inMemory).catch(() => undefined);
  const hasRoom = found !== undefined && found.bavail * found.bsize > roomBytes;
  const directory = await mkdtemp(join(hasRoom ? inMemory : tmpdir(), 'tieline-test-'));
  await chmod(directory, 0o1777);
  return directory;
}
