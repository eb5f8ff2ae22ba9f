/** Files that hold a key: whole or not at all, on disk before they are used, and the owner's of the directory they are in. */
import { randomBytes } from 'node:crypto';
import { chown, link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type MasterKey, masterKeyFrom } from '../../engine/connections/index.ts';
import { messageOf, TielineError } from '../../platform/errors/index.ts';
import { Secret } from '../../platform/values/index.ts';
import { makeDirectories } from '../../platform/embedded/index.ts';

/**
 * @returns undefined where the file is not there, or is empty: one that a full disk left behind holds no key.
 * @throws TielineError SETTING_INVALID, naming the file, if it cannot be read or holds no key.
 */
export async function readKeyFile(path: string): Promise<MasterKey | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new TielineError(
      'SETTING_INVALID',
      `The master key file ${path} could not be read: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
  if (text.trim() === '') return undefined;
  try {
    return masterKeyFrom(new Secret(text));
  } catch (error) {
    throw new TielineError('SETTING_INVALID', `The master key file ${path}: ${messageOf(error)}`, {
      cause: error,
      fields: [{ field: path, message: 'must hold 32 random bytes in base64' }],
      remedy:
        'Restore the file from its backup. Only if no secret was ever stored with it, remove it: a new one is made.',
    });
  }
}

/**
 * Writes a key that only its owner may read. The file appears under its name complete, or not at all; one that is there is left, unless
 * it is empty. Run by root in another account's directory, it is that account's.
 * @throws TielineError SETTING_INVALID where it cannot be written.
 */
export async function writeKeyFile(
  path: string,
  key: Secret,
  { what, setting } = { what: 'master key', setting: 'TIELINE_MASTER_KEY_FILE' },
): Promise<void> {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await makeDirectories(dirname(path), 0o700);
    const { uid, gid } = await stat(dirname(path));
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${key.reveal()}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    if (process.getuid?.() === 0 && uid !== 0) await chown(draft, uid, gid);
    await putInPlace(draft, path);
    await syncDirectory(dirname(path));
  } catch (cause) {
    throw new TielineError(
      'SETTING_INVALID',
      `The ${what} could not be written to ${path}: ${messageOf(cause)}.`,
      {
        cause,
        remedy: `Make room there, or choose a directory that you may write to with --data-dir (TIELINE_DATA_DIR); or give the key in ${setting}.`,
      },
    );
  } finally {
    await rm(draft, { force: true });
  }
}

/** A link, unlike a rename, never takes the place of a key that another process made meanwhile. */
async function putInPlace(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      if ((await stat(path)).size === 0) await rename(draft, path);
    } else if (code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP' || code === 'ENOSYS') {
      // A file system without links.
      await rename(draft, path);
    } else throw error;
  }
}

/** So that the name is on disk too. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r').catch(() => undefined);
  await directory?.sync().catch(() => undefined);
  await directory?.close();
}
