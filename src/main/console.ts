/**
 * Where the built console is. The offline package ships it built (`console/dist`); from a checkout it is built at the first start, from its
 * sources, in seconds, and kept by their hash.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from './project.ts';

/** @returns the directory with index.html and static/. @throws what the build says is wrong. */
export async function builtConsole(): Promise<string> {
  const shipped = join(projectDir, 'console/dist');
  if (existsSync(join(shipped, 'index.html'))) return shipped;
  const { buildConsole } = await import('./build-console.ts');
  return buildConsole({ cacheDir: join(projectDir, 'node_modules/.cache/tieline-console') });
}
