/**
 * `node bin/run.js tools/dump-release.ts CHECKOUT`: makes test/schema/release-before.* from the checkout of a release. Its
 * command line plays test/schema/first-days.ts over the simulators; then the database is dumped as SQL, beside what is
 * needed to bring the simulators back to that state. Needs PostgreSQL and pg_dump of Debian (apt-get install postgresql):
 * an older server than the embedded one, so that all that are supported can read the dump.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { workSomeDays, type Story } from '../test/schema/first-days.ts';
import {
  remoteKeys,
  runClock,
  startRecordingProxy,
  stopClock,
  type RecordedWrite,
  type RemoteName,
} from '../test/schema/recorded-remotes.ts';
import { countedLists, masterKeyOfDump, type ReleaseManifest } from '../test/schema/release-manifest.ts';
import { howToInstall, startDebianServer } from '../test/support/debian-server.ts';

const root = join(import.meta.dirname, '..');
const target = join(root, 'test/schema');
const now = new Date().toISOString();
const args: Record<RemoteName, string[]> = {
  tenable: ['--seed', '7', '--now', now, '--machines', '40', '--processing-ms', '30'],
  xacta: ['--seed', '7', '--now', now, '--systems', '3'],
};

const writes: RecordedWrite[] = [];
const closing: (() => Promise<unknown>)[] = [];

async function main(checkout: string): Promise<void> {
  const server = await startDebianServer();
  if (server === undefined) throw new Error(`This ${howToInstall}`);
  closing.push(() => server.close());
  const story = await prepare(checkout, server.url);
  const { undo, undecided } = await workSomeDays(story);
  const listed: Record<string, number> = {};
  for (const [name, words] of Object.entries(countedLists))
    listed[name] = ((await story.tieline(words.join(' '))) as unknown[]).length;
  const madeFrom = commandIn('git', ['-C', checkout, 'rev-parse', 'HEAD']).trim();
  const at = new Date().toISOString();
  const manifest: ReleaseManifest = {
    madeFrom,
    at,
    server: server.version,
    args,
    undo,
    undecided,
    listed,
    writes,
  };
  const dump = commandIn('pg_dump', ['--no-owner', '--no-privileges', `--dbname=${server.url}`]);
  await writeFile(join(target, 'release-before.sql.gz'), gzipSync(plainSql(dump), { level: 9 }));
  await writeFile(join(target, 'release-before.json.gz'), gzipSync(JSON.stringify(manifest), { level: 9 }));
  process.stdout.write(`${JSON.stringify(listed)}\n${writes.length} changes at the remotes\n`);
}

/** Both simulators behind recording proxies, a folder, and the command line of the checkout over the database. */
async function prepare(checkout: string, databaseUrl: string): Promise<Story> {
  const folder = await mkdtemp(join(tmpdir(), 'tieline-release-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const simulators = { tenable: await startSimulator('tenable'), xacta: await startSimulator('xacta') };
  const urls = {
    tenable: await proxied('tenable', simulators.tenable),
    xacta: await proxied('xacta', simulators.xacta),
  };
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  closing.push(() => database.end());
  return {
    database,
    urls,
    folder,
    tieline: (line, ...words) =>
      runCommand(checkout, [...line.split(' '), ...words], { databaseUrl, folder }),
    editThere: (poam, fields) => editAt(simulators.xacta, { entity: 'poam', id: poam, fields }),
  };
}

async function editAt(simulator: string, edit: object): Promise<void> {
  const path = '/__control/edit';
  const body = JSON.stringify(edit);
  const at = new Date().toISOString();
  await stopClock(simulator, at);
  const answer = await fetch(`${simulator}${path}`, { method: 'POST', body });
  await runClock(simulator);
  if (!answer.ok) throw new Error(await answer.text());
  writes.push({ remote: 'xacta', at, method: 'POST', path, body });
}

/** `tieline …` of the checkout, with --json. Exit code 3, which says that something waits, is no failure. */
async function runCommand(
  checkout: string,
  words: readonly string[],
  { databaseUrl, folder }: { readonly databaseUrl: string; readonly folder: string },
): Promise<unknown> {
  const child = spawn(process.execPath, [join(checkout, 'bin/tieline.js'), ...words, '--json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      TIELINE_MASTER_KEY: masterKeyOfDump,
      TENABLE_ACCESS_KEY: remoteKeys.access,
      TENABLE_SECRET_KEY: remoteKeys.secret,
      XACTA_PASSWORD: remoteKeys.password,
    },
  });
  const [out, [code]] = await Promise.all([
    text(child.stdout),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  process.stdout.write(`${code} tieline ${words.join(' ')}\n`);
  if (code !== 0 && code !== 3) throw new Error(`tieline ${words.join(' ')}: exit code ${code}`);
  return out.trim() === '' ? undefined : JSON.parse(out);
}

async function startSimulator(name: RemoteName): Promise<string> {
  const child = spawn(
    process.execPath,
    [join(root, 'simulators', name, 'main.ts'), '--port', '0', '--exit-with-parent', ...args[name]],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  closing.push(async () => {
    child.kill();
    await once(child, 'exit');
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return (JSON.parse(line) as { url: string }).url;
}

async function proxied(remote: RemoteName, url: string): Promise<string> {
  const proxy = await startRecordingProxy(remote, url, (write) => writes.push(write));
  closing.push(() => proxy.close());
  return proxy.url;
}

/** Without the commands of psql that newer versions of pg_dump write: PostgreSQL itself does not know them. */
function plainSql(dump: string): string {
  return dump
    .split('\n')
    .filter((line) => !/^\\(un)?restrict /.test(line))
    .join('\n');
}

function commandIn(command: string, words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
  return stdout;
}

const [given] = process.argv.slice(2);
if (given === undefined) throw new Error('usage: tools/dump-release.ts CHECKOUT');
try {
  await main(resolve(given));
} finally {
  for (const close of closing.toReversed()) await close();
}
