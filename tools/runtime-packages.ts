/** Which packages the product loads: what its sources import, and all that those need, as installed here. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';

const imported = /(?:from\s*|import\s*\(?\s*|url\(\s*)['"]([^'".][^'"]*)['"]/g;
const builtIn = new Set(builtinModules);
const nameOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

interface Installed {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** @returns the packages that the files name as imports. */
function importedBy(root: string, pattern: string, isCounted: (path: string) => boolean): Set<string> {
  const found = new Set<string>();
  for (const file of globSync(pattern, { cwd: root }))
    if (isCounted(file))
      for (const [, specifier = ''] of readFileSync(join(root, file), 'utf8').matchAll(imported))
        if (!specifier.startsWith('node:') && !builtIn.has(specifier)) found.add(nameOf(specifier));
  return found;
}

const isShipped = (path: string): boolean =>
  !/\.(test|proof|e2e|crash)\.ts$|test-support\.ts$|build-console\.ts$/.test(path);

/**
 * The dependencies of the project but for Vite and what the console is bundled from.
 * @param root of the project. @returns folders below node_modules, sorted; nested ones come with the package that has them.
 */
export function runtimePackages(root: string): string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Installed; // ours
  const ofProduct = importedBy(root, '{src,simulators,bin}/**/*.{ts,js}', isShipped);
  const ofConsole = importedBy(root, '{console,src/main}/**/*.{ts,tsx,css}', () => true);
  const wanted = Object.keys(dependencies).filter((name) => ofProduct.has(name) || !ofConsole.has(name));
  const found = new Set<string>();
  const visit = (name: string): void => {
    const manifest = join(root, 'node_modules', name, 'package.json');
    if (found.has(name) || !existsSync(manifest)) return; // optional, for another platform
    found.add(name);
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as Installed; // npm's
    for (const each of Object.keys({ ...dependencies, ...optionalDependencies })) visit(each);
  };
  for (const each of wanted) visit(each);
  return [...found].filter((name) => name !== 'node').toSorted();
}
