/**
 * Completes package-lock.json after `npm install`. Where the registry in use lacks a platform package of a version (a
 * mirror that lags), npm leaves its entry out of the lock without a word, and `npm ci` then refuses the lock on every
 * machine. This adds the missing entries (name, version and platform), and asks the registry for the integrity and licence of every
 * entry that lacks them, one look-up each: without its integrity a package is installed whatever it holds.
 * With `--check`, asks nobody, and exits 1 if any entry or integrity is missing.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

interface LockEntry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, LockEntry> };

const systems = [
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'aix',
  'win32',
  'windows',
];
const processors = [
  'x64',
  'arm64',
  'arm',
  'ia32',
  'ppc64',
  'riscv64',
  's390x',
  'loong64',
  'mips64el',
  'wasm32',
];

/** What npm needs to know to leave the package alone elsewhere; the names all end in system, processor, C library. */
function platformOf(name: string): Record<string, string[]> | undefined {
  const words = name.split(/[/-]/);
  const os = systems.find((system) => words.includes(system));
  const cpu = processors.find((processor) => words.includes(processor));
  if (cpu === 'wasm32') return { cpu: ['wasm32'] };
  if (os === undefined || cpu === undefined) return undefined;
  const libc =
    os === 'linux' ? (words.some((word) => word.startsWith('musl')) ? ['musl'] : ['glibc']) : undefined;
  return { os: [os === 'windows' ? 'win32' : os], cpu: [cpu], ...(libc ? { libc } : {}) };
}

const missing: string[] = [];
for (const [path, entry] of Object.entries(lock.packages))
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const nested = `${path}/node_modules/${name}`;
    if (lock.packages[`node_modules/${name}`] !== undefined || lock.packages[nested] !== undefined) continue;
    const platform = platformOf(name);
    if (!platform)
      throw new Error(`${name} (optional in ${path}) is not in the lock and its platform is not known`);
    missing.push(name);
    lock.packages[`node_modules/${name}`] = {
      version: range.replace(/^[\^~]/, ''),
      ...platform,
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
    };
  }

/** The name under which the package of a lock entry is published. */
const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

const unchecked = Object.entries(lock.packages).filter(
  ([path, entry]) => path !== '' && entry['link'] !== true && entry['integrity'] === undefined,
);

/** What the registry in use says of a version; undefined where it does not have it. */
function askRegistry(name: string, version: string): { integrity: string; license?: string } | undefined {
  const npm = process.env['npm_execpath'];
  const args = ['view', `${name}@${version}`, 'dist.integrity', 'license', '--json'];
  const { stdout, status } = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], { encoding: 'utf8' })
    : spawnSync('npm', args, { encoding: 'utf8' });
  if (status !== 0 || stdout.trim() === '') return undefined;
  const said = JSON.parse(stdout) as { 'dist.integrity'?: string; license?: string };
  const integrity = said['dist.integrity'];
  if (integrity === undefined || !integrity.startsWith('sha512-')) return undefined;
  return { integrity, ...(said.license === undefined ? {} : { license: said.license }) };
}

if (process.argv.includes('--check')) {
  if (missing.length > 0) console.log(`package-lock.json lacks ${missing.length} platform packages`);
  if (unchecked.length > 0)
    console.log(`package-lock.json lacks the integrity of ${unchecked.length} packages`);
  if (missing.length + unchecked.length > 0) {
    console.log('Run: node bin/run.js tools/complete-lock.ts');
    process.exitCode = 1;
  } else console.log('package-lock.json is complete');
} else {
  const unknown: string[] = [];
  for (const [path, entry] of unchecked) {
    const name = nameOf(path);
    const { version = '' } = entry;
    const found = version === '' ? undefined : askRegistry(name, version);
    if (found) lock.packages[path] = { version, ...found, ...entry };
    else unknown.push(`${name}@${entry.version ?? '?'}`);
  }
  const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(
    'package-lock.json',
    `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`,
  );
  console.log(`added ${missing.length} packages, ${unchecked.length - unknown.length} integrities`);
  if (unknown.length > 0) {
    console.log(`This registry does not have: ${unknown.join(', ')}. Ask another one.`);
    process.exitCode = 1;
  }
}
