/** The least glibc that programs and libraries of a folder need: the highest version of a symbol that any of them asks for. */
import { closeSync, globSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';

const elf = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);

function isElf(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(4);
    return readSync(file, start, 0, 4, 0) === 4 && start.equals(elf);
  } finally {
    closeSync(file);
  }
}

const parts = (version: string): readonly number[] => version.split('.').map(Number);
const isHigher = (one: string, other: string): boolean => {
  const [a, b] = [parts(one), parts(other)];
  return (a[0] ?? 0) > (b[0] ?? 0) || (a[0] === b[0] && (a[1] ?? 0) > (b[1] ?? 0));
};

/** @returns such as `2.28`. */
export function leastGlibc(folder: string): string {
  let least = '2.0';
  for (const entry of globSync('**/*', { cwd: folder, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !isElf(path)) continue;
    for (const [, version = ''] of readFileSync(path, 'latin1').matchAll(/GLIBC_(\d+\.\d+)(?:\.\d+)?\0/g))
      if (isHigher(version, least)) least = version;
  }
  return least;
}
