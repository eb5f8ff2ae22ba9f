/**
 * Where the built console is. The offline package ships it built (`console/dist`); from a checkout it is built at the first start, from its
 * sources, in seconds, and kept by their hash.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectDir } from './project.ts';

/** @returns the directory with index.html and static/. @throws what the build says is wrong. */
export async function builtConsole(): Promise<string> {
  const shipped = join(projectDir, 'console/dist');
  if (existsSync(join(shipped, 'index.html'))) return shipped;
  const { consoleCache, keptConsole } = await import('./build-console.ts');
  return keptConsole(consoleCache) ?? buildApart();
}

/** In a process of its own: the tools of the build take a gigabyte, of which a server would keep half for as long as it runs. */
async function buildApart(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(projectDir, 'src/main/build-console.ts'),
  ]);
  return stdout.trim().split('\n').at(-1) ?? '';
}
