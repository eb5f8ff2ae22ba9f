/** A PostgreSQL of its own that is stopped, killed and filled at will, and comes back on the same port. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '../support/free-port.ts';
import { copyBinaries, findBinaries } from '../../src/platform/embedded/binaries.ts';
import {
  canRun,
  findServerAccount,
  isRoot,
  type ServerAccount,
} from '../../src/platform/embedded/server-account.ts';

/** How it ends: gently, with its sessions cut, without a word to them, or from one moment to the next. */
export type Ending = 'fast' | 'immediate' | 'kill';

const signals: Readonly<Record<Ending, NodeJS.Signals>> = {
  fast: 'SIGINT',
  immediate: 'SIGQUIT',
  kill: 'SIGKILL',
};
const diskMegabytes = 700;

export interface FaultyServer {
  /** Its database part is `postgres`. */
  readonly url: string;
  /** Whether it lies on a small disk of its own, which can be filled. */
  readonly canBeFull: boolean;
  end(how: Ending): Promise<void>;
  /** Starts it, if it does not run; resolves when it answers. */
  ensureUp(): Promise<void>;
  /** Takes all the space of the disk, and gives it back when called. */
  fill(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export async function startFaultyServer(): Promise<FaultyServer> {
  const home = await mkdtemp(join(tmpdir(), 'tieline-faults-'));
  await chmod(home, 0o755);
  const disk = join(home, 'disk');
  await mkdir(disk);
  const canBeFull =
    spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMegabytes}m,mode=0755`, 'tmpfs', disk], {
      stdio: 'ignore',
    }).status === 0;
  const account = isRoot() ? await findServerAccount() : undefined;
  const found = await findBinaries();
  const runs = account === undefined || (await canRun(found.postgres, account));
  const { initdb, postgres } = runs ? found : await copyBinaries(found, home);
  const cluster = join(disk, 'cluster');
  await mkdir(cluster);
  if (account) await chown(cluster, account.uid, account.gid);
  const flags = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  const made = spawnSync(initdb, ['-D', cluster, ...flags], { ...account, cwd: '/', encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
  const port = await freePort();
  const process_ = new ServerProcess(postgres, cluster, port, account);
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const dispose = (): void => process_.child?.kill('SIGKILL') as unknown as undefined;
  process.once('exit', dispose);
  await process_.ensureUp(url);
  return {
    url,
    canBeFull,
    end: (how) => process_.end(signals[how]),
    ensureUp: () => process_.ensureUp(url),
    async fill() {
      const ballast = join(disk, 'ballast');
      const file = await open(ballast, 'w');
      const piece = Buffer.alloc(1024 * 1024);
      try {
        for (let written = 0; written < diskMegabytes; written += 1) await file.write(piece);
      } catch {
        // Full, as it should be.
      }
      await file.close();
      return () => rm(ballast, { force: true });
    },
    async close() {
      process.removeListener('exit', dispose);
      await process_.end('SIGKILL');
      if (canBeFull) {
        // Its own processes may hold the disk for a moment after it.
        for (let tried = 0; tried < 50; tried += 1) {
          if (spawnSync('umount', [disk], { stdio: 'ignore' }).status === 0) break;
          await delay(100);
        }
      }
      await rm(home, { recursive: true, force: true });
    },
  };
}

class ServerProcess {
  readonly #program: string;
  readonly #args: readonly string[];
  readonly #account: ServerAccount | undefined;
  child: ChildProcess | undefined;
  said = '';

  constructor(program: string, cluster: string, port: number, account: ServerAccount | undefined) {
    this.#program = program;
    this.#account = account;
    const settings = {
      listen_addresses: '127.0.0.1',
      port,
      unix_socket_directories: '',
      fsync: 'off',
      max_connections: 60,
      max_wal_size: '128MB',
      min_wal_size: '32MB',
      shared_buffers: '32MB',
      deadlock_timeout: '200ms',
    };
    this.#args = [
      '-D',
      cluster,
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ];
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  /** It is started as often as it takes: after a kill its orphans hold the shared memory for a moment. */
  async ensureUp(url: string): Promise<void> {
    for (let tried = 0; tried < 600; tried += 1) {
      if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) this.#spawn();
      if (await answers(url)) return;
      await delay(100);
    }
    throw new Error(`PostgreSQL does not come back: ${this.said}`);
  }

  #spawn(): void {
    this.said = '';
    this.child = spawn(this.#program, this.#args, {
      ...this.#account,
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => (this.said = (this.said + text).slice(-4000)));
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
