// The Node that we bring along comes from a second `npm install`, which the package "node" runs and the lock file does not cover. So
// its program is checked here against a sum that is pinned in the repository: when it was installed, and when its size, time or inode
// are not those that were checked. On any Node from 20.19 up, with nothing but Node itself.
import { createHash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';

/** SHA-256 of a file, in hexadecimal. */
function sumOf(file) {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(4 * 1024 * 1024);
  const handle = openSync(file, 'r');
  try {
    for (let read = readSync(handle, piece); read > 0; read = readSync(handle, piece))
      hash.update(piece.subarray(0, read));
  } finally {
    closeSync(handle);
  }
  return hash.digest('hex');
}

/**
 * @param program the file to check. @param sums { version, sums: { "linux-x64": hex, … } }.
 * @param stamp where it is noted which file was found right. @param platform as in sums.
 * @param given a sum that the operator vouches for (TIELINE_NODE_SHA256), for platforms that none is pinned for.
 * @returns undefined if it is the right one, else why it is not, in a sentence.
 */
export function faultOfNode({ program, sums, stamp, platform, given }) {
  const pinned = sums.sums[platform] ?? given?.trim().toLowerCase();
  if (pinned === undefined)
    return `No SHA-256 sum is pinned for the Node of this platform (${platform}). Compare it with what nodejs.org publishes for ${sums.version}, then set TIELINE_NODE_SHA256 to it: ${sumOf(program)}`;
  const { size, mtimeMs, ino } = statSync(program);
  const look = `${pinned} ${size} ${mtimeMs} ${ino}`;
  try {
    if (readFileSync(stamp, 'utf8') === look) return undefined;
  } catch {
    // It was never checked.
  }
  const found = sumOf(program);
  if (found !== pinned)
    return `${program} is not the Node ${sums.version} that was pinned (SHA-256 ${found}, expected ${pinned}). Nothing was started. Remove node_modules and install again; if it comes again, do not trust the registry.`;
  try {
    writeFileSync(stamp, look);
  } catch {
    // Where it cannot be noted, it is checked at each start.
  }
  return undefined;
}
