import { open, realpath, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';

/**
 * Writes a result to a file, whole or not at all: beside it first, then renamed, so that a full disk leaves what was there before, and
 * nothing where nothing was. Pipes and devices are written as they are.
 * @throws TielineError OUTPUT_FAILED
 */
export async function writeOutput(path: string, text: string): Promise<void> {
  try {
    await writeWhole(path, text);
  } catch (cause) {
    throw new TielineError('OUTPUT_FAILED', `${path} could not be written: ${messageOf(cause)}.`, { cause });
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const before = await stat(path).catch(() => undefined);
  if (before && !before.isFile()) {
    await writeFile(path, text);
    return;
  }
  // A link keeps leading to its file.
  const target = before ? await realpath(path) : path;
  const draft = `${target}.${process.pid}.new`;
  let file: FileHandle;
  try {
    file = await open(draft, 'wx', before ? before.mode & 0o777 : 0o666);
  } catch (error) {
    // A file that may be written in a folder that may not.
    if (!before || !['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
    await writeFile(target, text);
    return;
  }
  try {
    await file.writeFile(text);
    await file.sync();
    await file.close();
    await rename(draft, target);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
}
