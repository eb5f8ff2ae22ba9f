import { readlink, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { findRecordedCluster, rootHome, shortSocketDirectory } from './placement.ts';

/**
 * Removes a data directory with all that belongs to it: the cluster that root's placement put under /var/lib/tieline
 * and the socket directory that a long path put under the temp directory. For data made to be thrown away; the
 * server must have stopped.
 */
export async function removeDataDirectory(dataDir: string): Promise<void> {
  const path = resolve(dataDir);
  const cluster = await findRecordedCluster(path);
  if (cluster?.startsWith(`${rootHome}/`)) await rm(dirname(cluster), { recursive: true, force: true });
  const sockets = await readlink(join(path, 'run')).catch(() => undefined);
  if (sockets !== undefined) await rm(sockets, { recursive: true, force: true });
  await rm(shortSocketDirectory(path), { recursive: true, force: true });
  await rm(path, { recursive: true, force: true });
}
