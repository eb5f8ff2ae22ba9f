import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readlink, realpath, stat, symlink, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { makeDirectories } from './make-directories.ts';
import { messageOf, TielineError } from '../errors/index.ts';
import { findServerAccount, isRoot } from './server-account.ts';

/** A data directory that exists, by its real path. */
export interface DataDirectory {
  readonly path: string;
  /** The account that owns it, and that the supervisor runs as. */
  readonly uid: number;
  readonly gid: number;
}

/** The sun_path of a socket holds 104 bytes on macOS and 108 on Linux, its end included. */
export const longestSocketPath = 100;
const socketNameLength = '/0123456789abcdef.sock'.length;

/**
 * Creates the data directory if it is missing, with mode 0700. Run by root it gets 0710 and the group of the account
 * that PostgreSQL runs as, so that this account, and no other, may pass through to its cluster in it. The modes of a
 * directory that was there are left as they are.
 *
 * Throws SETTING_INVALID if it cannot be created or entered.
 */
export async function prepareDataDirectory(dataDir: string): Promise<DataDirectory> {
  const wanted = resolve(dataDir);
  try {
    await makeDirectories(dirname(wanted));
    const created = await mkdir(wanted, { mode: 0o700 }).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false;
        throw error;
      },
    );
    if (created && isRoot()) {
      await chown(wanted, 0, (await findServerAccount()).gid);
      await chmod(wanted, 0o710);
    }
    const path = await realpath(wanted);
    const { uid, gid } = await stat(path);
    await prepareSocketDirectory({ path, uid, gid });
    return { path, uid, gid };
  } catch (cause) {
    if (cause instanceof TielineError) throw cause;
    throw new TielineError(
      'SETTING_INVALID',
      `The data directory ${wanted} cannot be used: ${messageOf(cause)}.`,
      {
        cause,
        remedy: 'Choose a directory that you may write to with --data-dir, or set DATABASE_URL.',
      },
    );
  }
}

/**
 * The directory of the supervisor's socket: `run` in the data directory. Where that makes the path too long for a
 * socket, `run` is a link to a short private directory under the temp directory.
 */
export async function socketDirectory(directory: DataDirectory): Promise<string> {
  const run = join(directory.path, 'run');
  const target = await readlink(run).catch(() => run);
  const found = await lstat(target);
  if (!found.isDirectory() || found.uid !== directory.uid || (found.mode & 0o077) !== 0)
    throw new TielineError('SETTING_INVALID', `${target} is not a private directory of this account.`, {
      remedy: `Remove ${run} and ${target}, or choose another --data-dir.`,
    });
  return target;
}

async function prepareSocketDirectory(directory: DataDirectory): Promise<void> {
  const run = join(directory.path, 'run');
  if (Buffer.byteLength(run) + socketNameLength <= longestSocketPath) {
    await makePrivate(run, directory);
    return;
  }
  const hash = createHash('sha256').update(`${directory.uid} ${directory.path}`).digest('hex').slice(0, 12);
  const recorded = await readlink(run).catch(() => '');
  // A link with another hash came along with a data directory that was copied or moved.
  const target = basename(recorded) === `tieline-${hash}` ? recorded : join(tmpdir(), `tieline-${hash}`);
  await makePrivate(target, directory);
  if (recorded === target) return;
  if (recorded !== '') await unlink(run);
  await symlink(target, run).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

async function makePrivate(path: string, directory: DataDirectory): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return; // fs rejects with nothing else
    throw error;
  }
  if (isRoot()) await chown(path, directory.uid, directory.gid);
}
