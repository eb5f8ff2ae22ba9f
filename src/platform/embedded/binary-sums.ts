/**
 * What the programs and libraries of the embedded PostgreSQL must be. npm checks the package by the lock file when it is installed;
 * this checks what is about to be run: at the first start in a data directory, and when size, time or inode of a file changed.
 */
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TielineError } from '../errors/index.ts';
import type { Binaries } from './binaries.ts';

/** By version and platform: `sumOfBinaries` of the package as published. Printed by tools/sum-binaries.ts. */
const pinned: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '18.4.0-beta.17': {
    // One program for both processors.
    'darwin-arm64': 'bae17a05a2c947cd796ea351751f183d0efb009e3e6af3b07ce03129bfb94946',
    'darwin-x64': 'bae17a05a2c947cd796ea351751f183d0efb009e3e6af3b07ce03129bfb94946',
    'linux-arm': '049d13eef5b75a6bbeca1ffde0a963e6c36e3cb27c9b8495fbae28318ff37e95',
    'linux-arm64': '0542559ad080d360f0c59594b2336f13259a7d32dbdaf518ecb70a64b69cc161',
    'linux-ia32': '28f18b757e3ef4fe4b44446b525c73101417da824ff6ae071c92aeea6bed6f10',
    'linux-ppc64': '952cc21c9bf0c870d5aa5ccffc6ba2f77f839804cf7e12385e85f54d54931f6e',
    'linux-x64': 'b99987629e45232ba7e809f2cc68143a4286efb2e92b819d9b4d9da83a51732c',
  },
};

const stampName = 'binaries.checked';

interface ProgramFile {
  readonly path: string;
  readonly look: string;
}

/** Every program and library, in the order of their paths. @throws DATABASE_UNSUITABLE for a link that leads elsewhere. */
async function listFiles(native: string): Promise<ProgramFile[]> {
  const found: ProgramFile[] = [];
  for (const folder of ['bin', 'lib'])
    for (const entry of await readdir(join(native, folder), { withFileTypes: true, recursive: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isSymbolicLink() && (await readlink(path)).includes('/'))
        throw new TielineError('DATABASE_UNSUITABLE', `${path} leads out of the package.`, { remedy });
      if (!entry.isFile()) continue;
      const { size, mtimeMs, ino } = await lstat(path);
      found.push({ path: path.slice(native.length + 1), look: `${size} ${mtimeMs} ${ino}` });
    }
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** SHA-256 over path and SHA-256 of each file below `bin` and `lib`, in hexadecimal. */
export async function sumOfBinaries(native: string, files?: readonly ProgramFile[]): Promise<string> {
  const whole = createHash('sha256');
  for (const { path } of files ?? (await listFiles(native))) {
    const sum = createHash('sha256')
      .update(await readFile(join(native, path)))
      .digest('hex');
    whole.update(`${sum}  ${path}\n`);
  }
  return whole.digest('hex');
}

const remedy =
  'Remove node_modules and install again; if it comes again, do not trust the registry. Or set DATABASE_URL.';

/** @throws DATABASE_UNSUITABLE where the binaries are not those that were pinned. */
export async function checkBinaries(binaries: Binaries, dataDir: string): Promise<void> {
  const platform = `${process.platform}-${process.arch}`;
  const wanted = pinned[binaries.version]?.[platform];
  if (wanted === undefined)
    throw new TielineError(
      'DATABASE_UNSUITABLE',
      `No sum is pinned for the embedded PostgreSQL ${binaries.version} on ${platform}.`,
      { remedy: 'Add it to src/platform/embedded/binary-sums.ts, or set DATABASE_URL.' },
    );
  const files = await listFiles(binaries.native);
  const looks = createHash('sha256').update(`${wanted} ${binaries.native}\n`);
  for (const { path, look } of files) looks.update(`${path} ${look}\n`);
  const look = looks.digest('hex');
  const stamp = join(dataDir, stampName);
  if ((await readFile(stamp, 'utf8').catch(() => '')) === look) return;
  const found = await sumOfBinaries(binaries.native, files);
  if (found !== wanted)
    throw new TielineError(
      'DATABASE_UNSUITABLE',
      `The embedded PostgreSQL in ${binaries.native} is not the one that was pinned (sum ${found}, expected ${wanted}).`,
      { remedy },
    );
  await writeFile(stamp, look, { mode: 0o600 });
}
