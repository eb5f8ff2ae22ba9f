// Where Node keeps what it compiled, so that the next start need not compile it again. Code is loaded from there, so it must be a place
// that nobody else can write to: beside the installation where this account may write there, else in the account's own cache directory.
import { accessSync, constants, lstatSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Node holds what it read of the cache for as long as the process lives: 20 MB for a server, which starts once and gains a second by it.
 *
 * @param root of the installation. @param env of the process. @param command of Tieline.
 * @returns a directory that this account may write to; undefined for `serve`, and where there is none: then each start compiles.
 */
export function compileCacheIn(root, env, command) {
  if (env.NODE_COMPILE_CACHE) return env.NODE_COMPILE_CACHE;
  if (command === 'serve') return undefined;
  const own = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tieline', 'compiled');
  return [join(root, 'node_modules', '.cache', 'compiled'), own].find(isOurs);
}

/** Whether the directory is there or could be made, is no link, is of this account, and may be written by it alone. */
function isOurs(directory) {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.W_OK);
    const found = lstatSync(directory);
    const owner = process.getuid?.();
    return found.isDirectory() && (owner === undefined || found.uid === owner) && (found.mode & 0o002) === 0;
  } catch {
    return false;
  }
}
