import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a directory and what is missing above it, like `mkdir -p`. Node's own `recursive` never ends where the file system lets nobody
 * make anything (/proc answers ENOENT): it goes up, finds the parent, and tries again.
 * @param mode of those that are made. @throws what the file system throws.
 */
export async function makeDirectories(path: string, mode = 0o777): Promise<void> {
  const missing: string[] = [];
  let at = path;
  for (;;) {
    const found = await stat(at).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' && dirname(at) !== at) return undefined;
      throw error;
    });
    if (found) break;
    missing.push(at);
    at = dirname(at);
  }
  for (const each of missing.toReversed())
    await mkdir(each, { mode }).catch((error: NodeJS.ErrnoException) => {
      // Another process made it a moment ago.
      if (error.code !== 'EEXIST') throw error;
    });
}
