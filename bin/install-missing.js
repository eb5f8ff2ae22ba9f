// Makes sure that what package-lock.json names is installed, and with it our own Node 24. Runs on any Node from 20.19 up,
// before anything is installed, so it uses nothing but Node itself. Quick when nothing is missing: it compares one hash.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { faultOfNode } from './check-node.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'node_modules', '.tieline-installed');
export const ownNode = join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

const settings = JSON.parse(readFileSync(join(root, 'bin', 'node-settings.json'), 'utf8'));
/**
 * Young objects die young here, in streams; a larger space for them only lets more garbage lie (measured: 320 MB against 230). What of a
 * page outlives that is garbage a page later: V8 lets the heap double before it looks, and so holds 95 MB where 42 are in use. Looking
 * when it has grown by a third keeps a plan over 100,000 links at 169 MB instead of 249, at the same CPU. A server runs all day beside its
 * database and needs less still: an export of a million findings takes as long with 4 MB of space as with 16, and its heap is looked at when it has
 * grown by an eighth.
 */
export const nodeFlags = (command) => (command === 'serve' ? settings.serveFlags : settings.flags);
/**
 * Of glibc. Its usual ways keep what large pieces took: twenty sign-ins, 19 MiB each for a moment, left 100 MB behind. A threshold of its usual
 * first size, which a setting keeps from growing, gives back an eighth of a megabyte and more at once (12 MB at the peak of an export).
 */
export const nodeEnvironment = settings.env;

/** What must be installed: changes when the lock file or the platform does. */
function wanted() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  return createHash('sha256').update(lock).update(`${process.platform} ${process.arch}`).digest('hex');
}

function isInstalled() {
  if (!existsSync(join(root, 'package-lock.json'))) return existsSync(ownNode); // installed as a package
  return existsSync(ownNode) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted();
}

/** Before it is started, and at once after it was installed. */
function checkNode() {
  const fault = faultOfNode({
    program: ownNode,
    sums: JSON.parse(readFileSync(join(root, 'bin', 'node-sums.json'), 'utf8')),
    stamp: join(root, 'node_modules', '.tieline-node-checked'),
    platform: `${process.platform}-${process.arch}`,
    given: process.env.TIELINE_NODE_SHA256,
  });
  if (fault) fail(fault);
}

function fail(message) {
  process.stderr.write(`tieline: ${message}\n`);
  process.exit(1);
}

/** How npm is started: the one that runs us, else the one beside this Node, else the one on the path. */
function npmCommand() {
  const running = process.env.npm_execpath;
  if (running && /npm-cli\.c?js$/.test(running)) return [process.execPath, running];
  const beside = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  if (existsSync(beside)) return [process.execPath, beside];
  return ['npm'];
}

/** Takes the lock file for this process; one left by a process that is no more is taken over. */
function takeLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') fail(`cannot write to ${root} to install what is missing: ${error.message}`);
  }
  try {
    process.kill(Number(readFileSync(lock, 'utf8')) || process.pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') rmSync(lock, { force: true });
  }
  return false;
}

/** Installs what is missing, once even if two commands start together. Ends the process with a reason if it cannot. */
export function installMissing() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    fail(
      `Node ${process.versions.node} is too old to start Tieline: install Node 20.19 or newer (Tieline then brings its own Node 24).`,
    );
  if (isInstalled()) return checkNode();
  const lock = join(root, '.tieline-installing');
  while (!takeLock(lock)) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    if (isInstalled()) return checkNode();
  }
  process.once('exit', () => rmSync(lock, { force: true }));
  if (isInstalled()) return checkNode();
  process.stderr.write('tieline: installing what is missing (once, under a minute) …\n');
  const [command, ...first] = npmCommand();
  const result = spawnSync(command, [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, NODE_ENV: '' },
  });
  if (result.error || result.status !== 0)
    fail(
      `npm ci failed (${result.error ? result.error.message : `exit code ${result.status}`}). Check the network or the npm registry setting, then run the command again.`,
    );
  if (!existsSync(ownNode))
    fail(
      'npm ci ran, but brought no Node 24: allow the install script of the package "node" (npm config ignore-scripts must be false).',
    );
  checkNode();
  writeFileSync(stamp, wanted());
  rmSync(lock, { force: true });
}
