/**
 * Builds the web console from its sources, once: the result is kept by the hash of what it is made of, so that a second start finds it.
 * `node src/main/build-console.ts` prints the folder. Scripts and styles lie there brotli-compressed too; index.html does not, since the
 * server writes a nonce into each copy. Vite is loaded only when something has to be built.
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';

const root = join(import.meta.dirname, '../..');
const consoleDir = join(root, 'console');
const compress = promisify(brotliCompress);

/** What the build reads. Pictures, fixtures and the text for people change nothing in it. */
const sources = (): string[] =>
  globSync('src/**/*', { cwd: consoleDir, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .concat(
      join(consoleDir, 'index.html'),
      join(consoleDir, 'vite.config.ts'),
      join(root, 'package-lock.json'),
    )
    .toSorted();

export function consoleHash(): string {
  const hash = createHash('sha256');
  for (const file of sources()) {
    const content = readFileSync(file);
    hash.update(`${file.slice(root.length)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 20);
}

async function compressAll(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.(js|css|svg)$/.test(entry.name));
  await Promise.all(
    files.map(async (entry) => {
      const file = join(entry.parentPath, entry.name);
      const packed = await compress(await readFile(file), {
        params: { [constants.BROTLI_PARAM_QUALITY]: 9 },
      });
      await writeFile(`${file}.br`, packed);
    }),
  );
}

const folderIn = (cacheDir: string): string => join(cacheDir, consoleHash());
const isBuilt = (folder: string): boolean => existsSync(join(folder, 'index.html'));

/** @returns the folder of what was built from these very sources; undefined where it must be built. */
export function keptConsole(cacheDir: string): string | undefined {
  const folder = folderIn(cacheDir);
  return isBuilt(folder) ? folder : undefined;
}

/** Takes seconds the first time. Two processes that build at once do so apart; the first to finish is kept. @returns the folder. */
export async function buildConsole({ cacheDir }: { readonly cacheDir: string }): Promise<string> {
  const folder = folderIn(cacheDir);
  if (isBuilt(folder)) return folder;
  const half = join(cacheDir, `building-${randomUUID()}`);
  await mkdir(cacheDir, { recursive: true });
  try {
    const { build } = await import('vite');
    await build({
      configFile: join(consoleDir, 'vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: half, emptyOutDir: true },
    });
    await compressAll(half);
    await rename(half, folder).catch((error: unknown) => {
      if (!isBuilt(folder)) throw error;
    });
  } finally {
    await rm(half, { recursive: true, force: true });
  }
  return folder;
}

export const consoleCache = join(root, 'node_modules', '.cache', 'tieline-console');

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.stdout.write(`${await buildConsole({ cacheDir: consoleCache })}\n`);
