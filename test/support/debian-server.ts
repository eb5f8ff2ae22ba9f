import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { isRoot, type ServerAccount } from '../../src/platform/embedded/server-account.ts';

export interface DebianServer {
  /** The superuser's URL, with the password; its database is `postgres`. */
  readonly url: string;
  /** Such as 15.14. */
  readonly version: string;
  /** Stops the server and removes its directory; resolves when both are done. */
  close(): Promise<void>;
}

/** The reason that a skipped test gives. */
export const howToInstall = 'needs the PostgreSQL of Debian: apt-get install postgresql';

const packages = '/usr/lib/postgresql';
const embeddedVersion = 18; // older ones only: the embedded server is this one
const longestStartMs = 60_000;

/**
 * Makes the cluster and runs the server for as long as its input stays open, that is, until `close()` or until the test
 * process ends by whatever cause; then stops it and removes the directory. It asks more than once: a shell starts what
 * it does not wait for with SIGINT ignored, and PostgreSQL hears it only when its own handlers are in place.
 */
const watcher = `
exec 3<&0 </dev/null
directory=$1 bin=$2
shift 2
trap 'rm -rf "$directory"' EXIT
"$bin/initdb" -D "$directory/cluster" --username=postgres --pwfile="$directory/password" --auth=scram-sha-256 \
  --encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null || exit 1
"$bin/postgres" -D "$directory/cluster" "$@" 3<&- &
server=$!
{ read -r _ <&3; while kill -INT $server 2>/dev/null; do sleep 0.1; done; } &
asker=$!
wait $server
kill $asker 2>/dev/null
`;

/**
 * A PostgreSQL older than the embedded one, on a cluster of its own, from Debian's package. undefined where the package
 * is not installed: the test is to be skipped then, with `howToInstall`.
 */
export async function startDebianServer(): Promise<DebianServer | undefined> {
  const bin = await findPrograms();
  if (bin === undefined) return undefined;
  for (let attempt = 1; ; attempt += 1) {
    const started = await start(bin);
    if (typeof started !== 'string') return started;
    // The port may have been taken between our look and its start.
    if (attempt === 3 || !started.includes('could not bind'))
      throw new Error(`PostgreSQL of ${bin} did not start: ${started.trim()}`);
  }
}

/** The directory with `initdb` and `postgres` of the newest version that is older than the embedded one. */
async function findPrograms(): Promise<string | undefined> {
  const names = await readdir(packages).catch(() => []);
  const versions = names.map(Number).filter((version) => version < embeddedVersion);
  for (const version of versions.toSorted((a, b) => b - a)) {
    const bin = join(packages, String(version), 'bin');
    const found = await stat(join(bin, 'initdb')).catch(() => undefined);
    if (found !== undefined) return bin;
  }
  return undefined;
}

/** What it said, if it did not start. */
async function start(bin: string): Promise<DebianServer | string> {
  const directory = await mkdtemp(join(tmpdir(), 'tieline-debian-'));
  const password = randomBytes(16).toString('hex');
  const account = isRoot() ? await findAccount() : undefined;
  await writeFile(join(directory, 'password'), password, { mode: 0o600 });
  if (account !== undefined)
    for (const path of [join(directory, 'password'), directory]) await chown(path, account.uid, account.gid);

  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: directory,
    max_connections: 60,
    fsync: 'off',
    full_page_writes: 'off',
    timezone: 'UTC',
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn('/bin/sh', ['-c', watcher, 'sh', directory, bin, ...args], {
    ...account,
    cwd: '/',
    detached: true, // Ctrl-C at the terminal reaches it only by way of its input
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
  const ended = untilEnded(child);
  const close = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };

  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const version = await Promise.race([untilAnswers(url), ended]);
  if (version !== undefined) return { url, version, close };
  await close();
  return said;
}

/** The account that the package makes; PostgreSQL refuses to run as root. */
async function findAccount(): Promise<ServerAccount> {
  const entries = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const entry = entries.find(([name]) => name === 'postgres') ?? entries.find(([name]) => name === 'nobody');
  if (entry === undefined) throw new Error('there is no account to run PostgreSQL as');
  return { uid: Number(entry[2]), gid: Number(entry[3]) };
}

function untilEnded(child: ChildProcess): Promise<undefined> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(undefined));
    child.once('exit', () => resolve(undefined));
  });
}

/** Its version, as soon as it takes connections. undefined: it did not in time. */
async function untilAnswers(url: string): Promise<string | undefined> {
  for (const deadline = Date.now() + longestStartMs; Date.now() < deadline; await sleep(50)) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      const { rows } = await client.query<{ version: string }>(
        `SELECT split_part(current_setting('server_version'), ' ', 1) AS version`,
      );
      return rows[0]?.version;
    } catch {
      // Not yet.
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return undefined;
}
